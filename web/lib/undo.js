// Undo of the last act on the board: it was sent at once; undoing sends commands that compensate for it. The
// offer outlives a reload of the page.

import { commands, uuid } from "./api.js";
import { t } from "./i18n.js";
import { computed, signal } from "./preact.js";
import { reason } from "./refusals.js";
import { route } from "./router.js";
import { ACCEPTED, STAGES } from "./rules.js";
import { toast } from "./ui.js";

/** Seconds for which an act can be undone. */
const UNDO_S = 10;
const MOST = 500;
const KEPT = "muster-undo";
/** Reason of everything that is undone. */
const UNDONE = "undone";

/** @typedef {{ name: string, data: Record<string, any> }} Act */
/** @typedef {{ id: string, name: string, data: Record<string, any> }} Sent */
/** @typedef {{ text: string, jurisdiction: string, items: Sent[], until: number }} Offer */
/** @type {import("./preact.js").Signal<Offer | null>} */
const last = signal(kept());
if (last.peek()) expire(last.peek());
/** What can be undone now, or null. It stays while pages change. */
export const undoable = computed(() => last.value);

/** Offer to undo an act for ten seconds. `items` are the commands that compensate for it, in their order.
 *
 * @param {string} text What was done.
 * @param {Act[]} items
 */
export function offerUndo(text, items) {
  const until = Date.now() + UNDO_S * 1000;
  const { jurisdiction } = route.peek();
  const mine = { text, jurisdiction, items: items.map((item) => ({ id: uuid(), ...item })), until };
  put(mine);
  expire(mine);
}

/** Return the offer of this tab that a reload interrupted, if it still stands.
 *
 * @returns {Offer | null}
 */
function kept() {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    const left = (found?.until ?? 0) - Date.now();
    return left > 0 && left <= UNDO_S * 1000 ? found : null;
  } catch {
    return null; // no storage: a page that was reloaded offers nothing
  }
}

/** @param {Offer | null} offer */
function put(offer) {
  last.value = offer;
  try {
    if (offer) sessionStorage.setItem(KEPT, JSON.stringify(offer));
    else sessionStorage.removeItem(KEPT);
  } catch {
    // as above
  }
}

/** @param {Offer} offer */
function expire(offer) {
  setTimeout(() => {
    if (last.peek() === offer) put(null);
  }, offer.until - Date.now());
}

/** Withdraw the offer without undoing. */
export const keep = () => put(null);

/** Undo the last act. Resolves to whether all of it was undone. */
export async function undo() {
  const mine = last.peek();
  if (!mine) return false;
  put(null);
  try {
    const refused = [];
    for (let from = 0; from < mine.items.length; from += MOST) {
      const answers = await commands(mine.jurisdiction, mine.items.slice(from, from + MOST));
      refused.push(...answers.filter((one) => ["refused", "pending"].includes(one.outcome)));
    }
    if (refused.length) toast(t("undo.part", { why: reason(refused[0]) }), "error");
    else toast(t("undo.done"));
    return refused.length === 0;
  } catch (problem) {
    if (problem.code === undefined) throw problem;
    toast(t("undo.failed", { why: reason(problem) }), "error");
    return false;
  }
}

const unitOf = (row) => (row.team ? { team: row.team } : { worker: row.worker });
const why = (row, name) => (row[name] ? { [name]: row[name] } : {});

/** Return the commands that bring the unit of an assignment back to where it was: asked, accepted, sent, on
 * the way or there. It is a new assignment, so its times begin now; the released one keeps its own.
 *
 * @param {any} row
 * @returns {Act[]}
 */
export function again(row) {
  const assignment = uuid();
  const data = { assignment, request: row.request, ...unitOf(row), ...why(row, "unattended") };
  const asked = { name: "assignment.offer", data };
  if (!row.live) return [asked];
  if (row.state === ACCEPTED)
    return [asked, { name: "assignment.accept", data: { assignment, ...why(row, "override") } }];
  const sent = { name: "assignment.dispatch", data: { ...data, ...why(row, "override") } };
  return [sent, ...reached(row, assignment)];
}

/** Return the command that says which stage a unit has reached, if it is beyond being sent.
 *
 * @param {any} row
 * @param {string} assignment
 * @returns {Act[]}
 */
const reached = ({ state }, assignment) =>
  STAGES.includes(state) ? [{ name: "assignment.progress", data: { assignment, stage: state } }] : [];

/** Return the commands that hand assignments back to the units they were taken from: all or none, so that
 * nobody is sent beside a unit that has ended its task meanwhile. Who had only accepted comes back as sent.
 *
 * @param {any[]} rows As they were before.
 * @param {string[]} given The ids of the assignments that replaced them.
 * @returns {Act[]}
 */
export function takeBack(rows, given) {
  const items = rows.map((row, index) => ({ assignment: given[index], new: uuid(), ...unitOf(row) }));
  /** @type {Record<string, any>} */
  const data = { items, reason: UNDONE };
  for (const name of ["override", "unattended"]) {
    const found = rows.find((row) => row[name]);
    if (found) data[name] = found[name];
  }
  return [
    { name: "assignment.reassign", data },
    ...rows.flatMap((row, index) => reached(row, items[index].new)),
  ];
}

/** Return the commands that undo the end of a request: it is reopened, and who was on it goes again.
 *
 * @param {string} request
 * @param {any[]} rows Its assignments and offers before it ended.
 * @returns {Act[]}
 */
export const unend = (request, rows) => [
  { name: "request.reopen", data: { request, reason: UNDONE } },
  ...rows.flatMap(again),
];

/** Return the command that undoes a dispatch or an offer. */
export const unsend = (assignment) => ({
  name: "assignment.release",
  data: { assignment, reason: UNDONE },
});
