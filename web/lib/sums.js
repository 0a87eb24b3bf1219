// Sums of the live rows by area, as signals, for the overview and the wall.

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
import { computed } from "./preact.js";
import { areas, live, requests } from "./store.js";
import { now } from "./time.js";

const STEP_MS = 5000;
/** The lines depend on the time too, so they are worked out again at this interval. */
const step = computed(() => Math.floor(now.value / STEP_MS) * STEP_MS);
const rows = (view) => live.value?.rows(view) ?? new Map();

const people = computed(() => peopleByArea(areas.value, rows("headcount")));
const asked = computed(() => askedByArea(areas.value, requests.value));
const ledgers = computed(() => ledgerByArea(areas.value, rows("ledger")));
const teams = computed(() => teamsByArea(areas.value, rows("teams")));
const root = computed(() => areas.value.root?.area);

/** People on duty in an area and all areas inside it, by default in the whole jurisdiction. */
export const peopleIn = (area = root.value) => people.value.get(area) ?? nobody();
/** Requests there. */
export const askedIn = (area = root.value) => asked.value.get(area) ?? nothingAsked();
/** Ledger there. */
export const ledgerIn = (area = root.value) => ledgers.value.get(area) ?? noLedger();
/** Teams there. */
export const teamsIn = (area = root.value) => teams.value.get(area) ?? noTeams();
/** Lines of the last 24 hours for the whole jurisdiction. */
export const trend = computed(() => lines(rows("timeline"), peopleIn().on, step.value));

/** Level of the alert for an area with open requests and nobody on duty; null: no alert. */
export const uncoveredIn = (area) => uncovered(peopleIn(area), askedIn(area));
/** Whether a node or one below it has such an alert. */
export const uncoveredAt = (node) => uncoveredIn(node.area) !== null || node.children.some(uncoveredAt);
/** Return the lowest nodes with such an alert, at a node or below. */
export function uncoveredFrom(node) {
  const below = node.children.flatMap(uncoveredFrom);
  return below.length || uncoveredIn(node.area) === null ? below : [node];
}
