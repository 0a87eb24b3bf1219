// What needs action, and how urgently. Pure functions of rows and of the service's alerts.
//
// Levels are those of GB/T 37230: 1 red, 2 orange, 3 yellow, 4 blue.
import { requestSign } from "./names.js";
import { ALERT_KINDS, LIFE_SAFETY, UNFINISHED } from "./rules.js";

/** @typedef {{ id: string, kind: string, level: number, subject: string, request?: string,
 *   assignment?: string, worker?: string, team?: string, people?: number, area: string,
 *   priority?: number, number?: number,
 *   since: string, acknowledged_by?: string }} Alert */

/** Whether a request, or what an alert is about, is a matter of life and death.
 *
 * @param {{ priority?: number | null }} row
 */
export const isLife = ({ priority }) => priority === LIFE_SAFETY;
const ABOUT_PEOPLE = ["sos", "welfare", "long_duty"];
/** All kinds of alerts, in the order in which they are named. */
export const KINDS = ALERT_KINDS;
/** Those about requests. */
export const REQUEST_KINDS = KINDS.filter((kind) => !ABOUT_PEOPLE.includes(kind));
/** Kinds that arrive: somebody must say that they have seen them. */
const ARRIVING = ["sos", "unacknowledged"];

export const unfinished = (request) => UNFINISHED.includes(request.state);

/** Compare two alerts: the worse first, null last. */
export const worse = (a, b) => (a?.level ?? 9) - (b?.level ?? 9);

/** Compare two requests: by priority, then the older first. */
export const byUrgency = (a, b) =>
  a.priority - b.priority || Date.parse(a.opened_at) - Date.parse(b.opened_at);

/** Group alerts by the request that they are about, the worst first.
 *
 * @param {Alert[]} items The worst first.
 * @returns {Map<string, Alert[]>}
 */
export function byRequest(items) {
  const found = new Map();
  for (const one of items) {
    if (!one.request) continue;
    if (!found.has(one.request)) found.set(one.request, []);
    found.get(one.request).push(one);
  }
  return found;
}

/** What has arrived and nobody has acknowledged: SOS first, then by priority, then the newest.
 *
 * @param {Alert[]} items
 */
export const arrivals = (items) =>
  items
    .filter((one) => ARRIVING.includes(one.kind) && !one.acknowledged_by)
    .sort(
      (a, b) =>
        Number(b.kind === "sos") - Number(a.kind === "sos") ||
        (a.priority ?? 0) - (b.priority ?? 0) ||
        Date.parse(b.since) - Date.parse(a.since),
    );

/** What an alert is about: a request, however many alerts it has, or else a team, a person or an SOS.
 *
 * @param {Alert} one
 */
const thing = (one) => (one.request ? `request/${one.request}` : one.subject);

/** Return what needs somebody by the kind of its worst alert: {kind, level of the worst, count, also}, the
 * worst first. Each thing counts once; `also` has the other kinds of the same things: {kind, count}.
 *
 * @param {Alert[]} items The worst first.
 * @param {Record<string, number>} [counts] Things by worst kind, where the list is cut short.
 */
export function byKind(items, counts = {}) {
  const found = new Map();
  const first = new Map();
  for (const one of items) {
    const { kind, level } = first.get(thing(one)) ?? one;
    const group = found.get(kind) ?? { kind, level, count: 0, also: new Map() };
    found.set(kind, group);
    group.level = Math.min(group.level, level);
    if (first.has(thing(one))) group.also.set(one.kind, (group.also.get(one.kind) ?? 0) + 1);
    else group.count += one.kind === "long_duty" ? (one.people ?? 1) : 1;
    first.set(thing(one), first.get(thing(one)) ?? one);
  }
  const rank = (a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);
  return [...found.values()]
    .map(({ also, ...one }) => ({
      ...one,
      count: Math.max(one.count, counts[one.kind] ?? 0),
      also: [...also].map(([kind, count]) => ({ kind, count })).sort(rank),
    }))
    .sort((a, b) => a.level - b.level || rank(a, b));
}

/** Return one alert for each thing that needs somebody: the worst about each request, team, person or SOS.
 *
 * @param {Alert[]} items The worst first.
 */
export function things(items) {
  const seen = new Set();
  return items.filter((one) => {
    if (seen.has(thing(one))) return false;
    seen.add(thing(one));
    return true;
  });
}

/** Return how things stand. Never `clear` while anything waits, nobody is on duty, or the answer is stale.
 *
 * @param {{ items: Alert[], all_clear: boolean, on_duty: number } | null} answer
 * @param {boolean} fresh
 * @returns {"unknown" | "alerts" | "nobody" | "waiting" | "clear"}
 */
export function standing(answer, fresh) {
  if (!answer) return "unknown";
  if (answer.items.length) return "alerts";
  if (!fresh) return "unknown";
  if (answer.on_duty === 0) return "nobody";
  return answer.all_clear ? "clear" : "waiting";
}

/** Return the class of an unfinished request in the queue: 0 a life waits and nobody has touched it, 1 it
 * needs an act, 2 it is under way.
 *
 * @param {any} row
 * @param {Alert[] | undefined} alerts
 */
export function need(row, alerts) {
  if (!row.touched && isLife(row)) return 0;
  return !row.touched || alerts?.length || allDone(row) ? 1 : 2;
}

/** Whether all assignments are done and no offer is open, so that the request should be ended. */
export const allDone = (row) =>
  row.state === "in_progress" && row.live.length === 0 && row.offers.length === 0;

/** How a request is named aloud: R-0421, or its id where it has no number.
 *
 * @param {{ request?: string, number?: number | null }} row
 */
export const requestName = (row) => (row.number ? requestSign(row.number) : (row.request ?? ""));
