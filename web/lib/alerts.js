// Alerts of the current jurisdiction, as the service works them out: the same for every page.
//
// They are fetched again soon after a change, and every ten seconds, because time alone makes alerts.
import { get } from "./api.js";
import { sums } from "./areas.js";
import { computed, effect, signal } from "./preact.js";
import { areas, live } from "./store.js";
import { wall } from "./time.js";
import { arrivals, byRequest, standing, things } from "./urgency.js";

export { byUrgency, unfinished, worse } from "./urgency.js";

/** Pause after a change, in ms: changes come in bursts. */
const SETTLE_MS = 400;
/** Least time between two fetches. The service works alerts out once a second. */
const LEAST_MS = 1500;
const EVERY_MS = 10000;
/** An answer older than this is stale: the page says since when. */
const STALE_MS = 25000;

/** The last answer, with the time in ms of performance.now() at which it came; null before the first.
 *
 * @type {import("./preact.js").Signal<any>}
 */
export const answer = signal(null);
/** The problem of the last fetch, or null. */
export const alertProblem = signal(/** @type {any} */ (null));

let timer = 0;
let asked = -Infinity;
let busy = false;

async function fetchNow() {
  const jurisdiction = live.peek()?.jurisdiction;
  if (!jurisdiction || busy) return;
  busy = true;
  asked = performance.now();
  try {
    const found = await get(`/${jurisdiction}/alerts`);
    if (live.peek()?.jurisdiction === jurisdiction) {
      answer.value = { ...found, heard: performance.now() };
      alertProblem.value = null;
    }
  } catch (problem) {
    if (problem.code === undefined) throw problem;
    alertProblem.value = problem;
  } finally {
    busy = false;
    plan(EVERY_MS);
  }
}

/** Fetch after a pause, unless an earlier fetch is planned. */
function plan(pause) {
  clearTimeout(timer);
  timer = window.setTimeout(fetchNow, pause);
}

/** Fetch soon: something changed, or somebody acted. */
export function lookAgain() {
  plan(Math.max(SETTLE_MS, asked + LEAST_MS - performance.now()));
}

effect(() => {
  void live.value;
  answer.value = null;
  alertProblem.value = null;
  asked = -Infinity;
});
effect(() => {
  if (live.value?.state?.value.position != null) lookAgain();
});

/** Whether the answer is fresh. */
export const fresh = computed(() => answer.value !== null && wall.value - answer.value.heard < STALE_MS);
/** All alerts, the worst first. They stay when the service cannot be reached; `fresh` tells.
 *
 * @type {import("./preact.js").Signal<import("./urgency.js").Alert[]>}
 */
export const alerts = computed(() => answer.value?.items ?? []);
/** How things stand: see `standing`. */
export const stand = computed(() => standing(answer.value, fresh.value));
/** What has arrived and waits to be acknowledged. */
export const arrived = computed(() => arrivals(alerts.value));

const NONE = /** @type {import("./urgency.js").Alert[]} */ ([]);
const ofRequests = computed(() => byRequest(alerts.value));
/** The alerts of a request, the worst first. */
export const alertsOf = (request) => ofRequests.value.get(request) ?? NONE;
/** The worst alert of a row of the view `requests`, or null. */
export const alertOf = (row) => alertsOf(row.request)[0] ?? null;

/** Sums of alerts of an area and all areas inside it. `levels` counts things by the level of their worst.
 *
 * @returns {Record<string, any>}
 */
const noAlerts = () => ({ total: 0, worst: null, levels: { 1: 0, 2: 0, 3: 0, 4: 0 } });

/** Add an alert to sums of `noAlerts()`. */
function plusAlert(sum, alert) {
  sum.total += 1;
  sum.levels[alert.level] += 1;
  if (sum.worst === null || alert.level < sum.worst) sum.worst = alert.level;
}

const byArea = computed(() => sums(areas.value, things(alerts.value), noAlerts, plusAlert));
const root = computed(() => areas.value.root?.area);
/** Alerts in an area, by default in the whole jurisdiction. */
export const alertsIn = (area = root.value) => byArea.value.get(area) ?? noAlerts();
/** The alerts of an area and all areas inside it, the worst first. */
export const alertsAt = (area) =>
  alerts.value.filter((one) => areas.value.path(one.area).some((node) => node.area === area));
