// What the overview and the wall both show: the sums of the live rows by area, as signals.
import { computed } from "./preact.js";
import { areas, live, requests } from "./store.js";
import { now } from "./time.js";
import {
  askedByArea,
  ledgerByArea,
  lines,
  nobody,
  noLedger,
  noTeams,
  nothingAsked,
  peopleByArea,
  teamsByArea,
  uncovered,
} from "./counts.js";

const STEP_MS = 5000;
/** Alerts come by the clock as well as by rows: recounted this often. */
const step = computed(() => Math.floor(now.value / STEP_MS) * STEP_MS);
const rows = (view) => live.value?.rows(view) ?? new Map();

const people = computed(() => peopleByArea(areas.value, rows("headcount")));
const asked = computed(() => askedByArea(areas.value, requests.value, step.value));
const ledgers = computed(() => ledgerByArea(areas.value, rows("ledger")));
const teams = computed(() => teamsByArea(areas.value, rows("teams")));
const root = computed(() => areas.value.root?.area);

/** Who is on duty in an area and all inside it; without one, in the whole jurisdiction. */
export const peopleIn = (area = root.value) => people.value.get(area) ?? nobody();
/** What is asked for there. */
export const askedIn = (area = root.value) => asked.value.get(area) ?? nothingAsked();
/** The ledger there. */
export const ledgerIn = (area = root.value) => ledgers.value.get(area) ?? noLedger();
/** The teams there. */
export const teamsIn = (area = root.value) => teams.value.get(area) ?? noTeams();
/** The lines of the last 24 hours, of the whole jurisdiction. */
export const trend = computed(() => lines(rows("timeline"), peopleIn().on, step.value));

/** The level of the alert that something waits in an area and nobody is on duty in it; null: no alert. */
export const uncoveredIn = (area) => uncovered(peopleIn(area), askedIn(area));
/** Whether there is such an area at a node of the tree or below. */
export const uncoveredAt = (node) => uncoveredIn(node.area) !== null || node.children.some(uncoveredAt);
/** The lowest such areas at a node of the tree and below. */
export function uncoveredFrom(node) {
  const below = node.children.flatMap(uncoveredFrom);
  return below.length || uncoveredIn(node.area) === null ? below : [node];
}
