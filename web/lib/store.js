// State shared by the pages of the board: the session, the live rows and values computed from them.

import { get } from "./api.js";
import { tree } from "./areas.js";
import { Live } from "./live.js";
import { computed, effect, signal } from "./preact.js";
import { STANDING, UNENDED, UNFINISHED } from "./rules.js";
import { heardClock, now, scenario, timezone } from "./time.js";

/** The answer of GET /session; null: not signed in, undefined: not known yet.
 *
 * @type {import("./preact.js").Signal<any>}
 */
export const session = signal(undefined);
/** Codes of the jurisdictions that the token may access.
 *
 * @type {import("./preact.js").Signal<string[]>}
 */
export const jurisdictions = signal([]);
/** Code of a jurisdiction -> what it is called. */
export const names = signal({});

/** Return the name of a jurisdiction with its code, as it is offered to be chosen.
 *
 * @param {string} code
 */
export const named = (code) => {
  const name = names.value[code];
  return name && name !== code ? `${name} (${code})` : code;
};
/** Codes of those that are closed. They are read by their address, but not listed. */
export const closed = signal(/** @type {string[]} */ ([]));
/** The live rows of the current jurisdiction; null before one is chosen.
 *
 * @type {import("./preact.js").Signal<Live | null>}
 */
export const live = signal(null);

const VIEWS = [
  "jurisdictions",
  "areas",
  "incidents",
  "headcount",
  "ledger",
  "teams",
  "requests",
  "assignments",
  "timeline",
  "handovers",
  "terms",
];
/** Filter for all views with a state: ended rows stay on the server, only their counts are sent. */
const STATES = [...UNFINISHED, ...UNENDED, ...STANDING];

/** Load the session and its jurisdictions. Throws Problem, except after 401: nobody is signed in. */
export async function identify() {
  try {
    const me = await get("/session");
    scenario.value = Boolean(me.scenario);
    heardClock(me.now);
    const found = await get("");
    const over = new Set(found.closed);
    closed.value = found.closed;
    names.value = found.names ?? {};
    jurisdictions.value = found.jurisdictions.filter((code) => !over.has(code));
    session.value = me;
  } catch (problem) {
    if (problem.status !== 401) throw problem;
    session.value = null;
  }
}

/** Switch to a jurisdiction: close the old stream and open a new one.
 *
 * @param {string} jurisdiction
 */
export function attend(jurisdiction) {
  if (live.peek()?.jurisdiction === jurisdiction) return;
  live.peek()?.close();
  live.value = jurisdiction
    ? new Live(jurisdiction, VIEWS, { state: STATES, date: dates.peek().split(" ") })
    : null;
}

/** The UTC days that the last 24 hours touch. The timeline counts by UTC day. */
const dates = computed(() => {
  const utcDay = (at) => new Date(at).toISOString().slice(0, 10);
  return `${utcDay(now.value - 86400000)} ${utcDay(now.value)}`;
});
effect(() => {
  const wanted = dates.value;
  const current = live.peek();
  if (!current || current.filters.date.join(" ") === wanted) return;
  current.filters.date = wanted.split(" ");
  current.restart();
});

/** @returns {Map<string, any>} */
const rows = (view) => live.value?.rows(view) ?? new Map();

/** The row of the current jurisdiction, or undefined. */
export const place = computed(() => rows("jurisdictions").values().next().value);
effect(() => {
  if (place.value) timezone.value = place.value.timezone;
});

/** The tree of areas. */
export const areas = computed(() => tree(rows("areas")));
/** Unfinished requests. */
export const requests = computed(() => [...rows("requests").values()]);
// These copy the Map: a computed that returns the same object does not notify its subscribers.
/** Teams that have not stood down, by id. */
export const teams = computed(() => new Map(rows("teams")));
/** Live assignments and open offers, by id. */
export const assignments = computed(() => new Map(rows("assignments")));
/** Open incidents, newest first. The state filter of the stream excludes closed ones. */
export const incidents = computed(() =>
  [...rows("incidents").values()].sort((a, b) => Date.parse(b.starts_at) - Date.parse(a.starts_at)),
);

/** Whether the token may send this command. */
export const may = (command) => Boolean(session.value?.commands.includes(command));
/** Whether the token has this right. Rights are separate from commands. */
export const hasRight = (right) => Boolean(session.value?.rights.includes(right));
/** Whether the token may read this view. */
export const mayRead = (view) => Boolean(session.value?.views.includes(view));
/** Whether the token may reveal personal data. */
export const mayReveal = computed(() => hasRight("reveal"));
/** Forms of the page `enter` and the commands that they send. */
const ENTRIES = {
  request: "request.open",
  worker: "worker.register",
  team: "team.form",
  incident: "incident.declare",
  area: "area.define",
};
/** The forms of the page `enter` that the token may use. */
export const entries = computed(() => Object.keys(ENTRIES).filter((form) => may(ENTRIES[form])));

/** Add views to the stream while a component is mounted: `useEffect(() => needing("roster"), [])`.
 *
 * @param {...string} views
 * @returns {(() => void) | undefined} Release the views.
 */
export function needing(...views) {
  return live.peek()?.need(...views);
}
