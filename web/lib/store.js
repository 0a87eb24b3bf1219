// What the pages of the board share: who is signed in, the live rows, and what follows from them.
import { computed, effect, signal } from "./preact.js";
import { get } from "./api.js";
import { Live } from "./live.js";
import { heardClock, now, scenario, timezone } from "./time.js";
import { tree } from "./areas.js";
import { STANDING, UNENDED, UNFINISHED } from "./rules.js";

/** Who is signed in, as GET /session tells; null = nobody, undefined = not known yet. */
export const session = signal(undefined);
/** Codes of the jurisdictions that the token reaches. */
export const jurisdictions = signal([]);
/** The live rows of the jurisdiction shown; null before one is chosen. */
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
];
/** One filter for all views that have the field: what has ended does not travel, its counts do. */
const STATES = [...UNFINISHED, ...UNENDED, ...STANDING];

/** Ask who is signed in, and which jurisdictions there are. */
export async function identify() {
  try {
    const me = await get("/session");
    scenario.value = Boolean(me.scenario);
    heardClock(me.now);
    jurisdictions.value = (await get("")).jurisdictions;
    session.value = me;
  } catch (problem) {
    if (problem.status !== 401) throw problem;
    session.value = null;
  }
}

/** Show a jurisdiction: close the stream of the one before, open its own. */
export function attend(jurisdiction) {
  if (live.peek()?.jurisdiction === jurisdiction) return;
  live.peek()?.close();
  live.value = jurisdiction
    ? new Live(jurisdiction, VIEWS, { state: STATES, date: dates.peek().split(" ") })
    : null;
}

/** The UTC days that the lines of the last 24 hours touch, as the timeline counts them. */
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

const rows = (view) => live.value?.rows(view) ?? new Map();

/** The one row of the jurisdiction, or undefined. */
export const place = computed(() => rows("jurisdictions").values().next().value);
effect(() => {
  if (place.value) timezone.value = place.value.timezone;
});

/** The tree of areas. */
export const areas = computed(() => tree(rows("areas")));
/** Unfinished requests. */
export const requests = computed(() => [...rows("requests").values()]);
// Copies: a computed whose value is the same Map would tell nobody that its rows changed.
/** Teams that have not stood down. */
export const teams = computed(() => new Map(rows("teams")));
/** Live assignments and open offers. */
export const assignments = computed(() => new Map(rows("assignments")));
/** The open incidents, newest first; the state filter of the stream leaves closed ones out. */
export const incidents = computed(() =>
  [...rows("incidents").values()].sort((a, b) => Date.parse(b.starts_at) - Date.parse(a.starts_at)),
);

/** Whether the token may send this command, as the service says. */
export const may = (command) => Boolean(session.value?.commands.includes(command));
/** Whether the token has a right beside its commands, as the service says. */
export const hasRight = (right) => Boolean(session.value?.rights.includes(right));
/** Whether the token may see personal data when it asks. */
export const mayReveal = computed(() => hasRight("reveal"));
/** Form of the page `enter` -> the command that it sends. */
const ENTRIES = {
  request: "request.open",
  worker: "worker.register",
  team: "team.form",
  incident: "incident.declare",
  area: "area.define",
};
/** The forms of the page `enter` that the token may send. */
export const entries = computed(() => Object.keys(ENTRIES).filter((form) => may(ENTRIES[form])));

/** Keep further views in the stream as long as a component lives: useEffect(() => needing("roster"), []). */
export function needing(...views) {
  return live.peek()?.need(...views);
}
