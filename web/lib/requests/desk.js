// State shared by the parts of the requests page: checked rows, the open panel, the focus.

import { all } from "../api.js";
import { called } from "../called.js";
import { computed, signal, useEffect, useState } from "../preact.js";
import { go, route } from "../router.js";
import { areas, assignments, live, may, teams } from "../store.js";
import { now } from "../time.js";

/** Kinds of panels and the commands that they send. */
const SENDS = {
  assign: "assignment.dispatch",
  reassign: "assignment.reassign",
  end: "request.complete",
  merge: "request.merge",
  amend: "request.amend",
  reopen: "request.reopen",
  many: "request.complete",
};
/** Whether the token may send the command of a panel. */
export const mayOpen = (kind) => Boolean(SENDS[kind]) && may(SENDS[kind]);

/** Ids of checked requests. */
export const checked = signal(new Set());
/** Assignments checked for reassignment, by id. */
export const checkedTasks = signal(new Map());
/** The open panel, {kind, ...} with a kind of `SENDS`, or null. It replaces or covers the detail. */
export const panel = signal(null);
/** Last known rows of ended requests, by id. */
export const endedRows = signal(new Map());

/** The service's time in ms, in steps of ten seconds. Fine enough for alerts, coarse enough for sorting. */
export const slow = computed(() => Math.floor(now.value / 10000) * 10000);

/** Live assignments and open offers, by request. */
export const tasksOf = computed(() => {
  const found = new Map();
  for (const row of assignments.value.values()) {
    if (!found.has(row.request)) found.set(row.request, []);
    found.get(row.request).push(row);
  }
  return found;
});

/** Check or uncheck a request. */
export function toggle(id) {
  const next = new Set(checked.value);
  if (!next.delete(id)) next.add(id);
  checked.value = next;
}

/** Check or uncheck an assignment. */
export function toggleTask(row) {
  const next = new Map(checkedTasks.value);
  if (!next.delete(row.assignment)) next.set(row.assignment, row);
  checkedTasks.value = next;
}

/** Keep the row of an ended request, so that its detail stays visible. */
export function remember(row) {
  if (endedRows.peek().get(row.request) === row) return;
  endedRows.value = new Map(endedRows.peek()).set(row.request, row);
}

/** Return the row of a request, live or as it ended. */
export const rowOf = (id) => live.value?.rows("requests").get(id) ?? endedRows.value.get(id);

/** Return the first element of a selector.
 *
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export const element = (selector) => document.querySelector(selector);

/** Focus the queue, or the detail if the queue is hidden. */
export function focusQueue() {
  requestAnimationFrame(() => {
    (element(".queue .grid-body") ?? element(".detail-title"))?.focus({
      preventScroll: true,
    });
  });
}

/** Close the panel and focus the queue. */
export function closePanel() {
  panel.value = null;
  focusQueue();
}

/** Show a request, or none. `step` adds an entry to the history, for narrow pages. */
export function show(id, { step = false } = {}) {
  if (id === route.peek().id) return;
  panel.value = null;
  go("requests", { id, query: route.peek().query, replace: !step });
}

/** Return how a unit is shown: a team by name, a worker by name and call sign. */
export function unitName(row) {
  const team = teams.value.get(row.team);
  if (team) return team.name;
  const id = row.unit ?? row.team ?? row.worker;
  return called(row.worker ? "worker" : "team", id);
}

/** Return the page and id of a worker or team. */
export const unitHref = (row) => (row.team ? ["teams", row.team] : ["workers", row.worker]);

/** Return all assignments of a request, newest first. Throws Problem. */
export async function assignmentsOf(jurisdiction, request) {
  const { items } = await all(jurisdiction, "assignments", { request });
  const began = (row) => Date.parse(row.dispatched_at ?? row.offered_at ?? row.accepted_at ?? row.ended_at);
  return items.sort((a, b) => began(b) - began(a));
}

/** Return the path to an area without the root, outermost first. */
export const placePath = (code) => areas.value.path(code).filter((node) => node.level > 0);

/** Return false, then true after a delay, so that rows passed over quickly load nothing. */
export function useSettled(milliseconds) {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), milliseconds);
    return () => clearTimeout(timer);
  }, []);
  return settled;
}
