// What requests, workers, teams and other things are called, by id: live rows at once, others once read.

import { get } from "./api.js";
import { calledBy, UUID } from "./names.js";
import { signal } from "./preact.js";
import { live } from "./store.js";
import { stamp } from "./time.js";
import { requestName } from "./urgency.js";

/** Kind -> view and how a row is called. */
const KINDS = {
  request: { view: "requests", name: requestName },
  worker: {
    view: "roster",
    name: (row) => [row.name, calledBy(row.worker, row)].filter(Boolean).join(" "),
  },
  team: { view: "teams", name: (row) => row.name },
  incident: { view: "incidents", name: (row) => row.name },
  meeting: { view: "meetings", name: (row) => row.title },
  activity: { view: "activities", name: (row) => row.title },
  visit: { view: "visits", name: (row) => stamp(row.visited_at) },
};
/** Kinds whose ids, if people gave them, are what these are called by. */
const GIVEN = ["worker", "team"];
const PAUSE_MS = 50;
/** Rows that are remembered. */
const MOST = 500;
/** Characters of a shortened id. */
const SHORT = 8;

/** Rows that are not live, by `jurisdiction/view/id`; null if there is none. */
const read = signal(/** @type {Map<string, any>} */ (new Map()));
/** @type {Set<string>} */
const asked = new Set();
/** @type {string[]} */
let waiting = [];

const path = (key) => `/${key.split("/").map(encodeURIComponent).join("/")}`;

async function readAll() {
  const keys = waiting;
  waiting = [];
  const found = await Promise.all(keys.map((key) => get(path(key)).catch(() => null)));
  const all = [
    ...read.peek(),
    ...keys.map((key, index) => /** @type {[string, any]} */ ([key, found[index]])),
  ];
  for (const [key] of all.slice(0, -MOST)) asked.delete(key);
  read.value = new Map(all.slice(-MOST));
}

function need(key) {
  if (asked.has(key)) return;
  asked.add(key);
  if (!waiting.length) setTimeout(readAll, PAUSE_MS);
  waiting.push(key);
}

/** Return the first characters of an id that a machine made; an id that people gave is kept.
 *
 * @param {string} id
 */
export const shortened = (id) => (UUID.test(id) ? `${id.slice(0, SHORT)}…` : id);

/** Return what something is called. Until its row is read, an id of a machine is shortened.
 *
 * @param {"request" | "worker" | "team" | "incident" | "meeting" | "visit" | "activity"} kind
 * @param {string} id
 * @returns {string}
 */
export function called(kind, id) {
  const { view, name } = KINDS[kind];
  const mine = live.value?.rows(view).get(id);
  if (mine) return name(mine);
  if (!live.value || (GIVEN.includes(kind) && !UUID.test(id))) return shortened(id);
  const key = `${live.value.jurisdiction}/${view}/${id}`;
  need(key);
  const row = read.value.get(key);
  return row ? name(row) : shortened(id);
}
