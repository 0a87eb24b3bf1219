// What the parts of the requests page share: what is checked, which panel is open, where the focus goes back to.
import { computed, signal, useEffect, useState } from "../preact.js";
import { all } from "../api.js";
import { go, route } from "../router.js";
import { areas, assignments, live, may, teams } from "../store.js";
import { now } from "../time.js";

/** Kind of panel -> the command that it sends. */
const SENDS = {
  assign: "assignment.dispatch",
  reassign: "assignment.reassign",
  end: "request.complete",
  merge: "request.merge",
  amend: "request.amend",
  reopen: "request.reopen",
  cancel: "request.cancel",
};
/** Whether the token may send what the panel of this kind sends. */
export const mayOpen = (kind) => Boolean(SENDS[kind]) && may(SENDS[kind]);

/** Ids of the requests that are checked. */
export const checked = signal(new Set());
/** Ids of the assignments that are checked, to be given to others: id -> row. */
export const checkedTasks = signal(new Map());
/** What stands in the place of the detail or over it: null or {kind, ...}; kind: assign, reassign, end, merge, amend, reopen, cancel. */
export const panel = signal(null);
/** Last known rows of requests that have ended: id -> row. */
export const endedRows = signal(new Map());

/** The service's time in ms, in steps of ten seconds: often enough for alerts, seldom enough for sorting. */
export const slow = computed(() => Math.floor(now.value / 10000) * 10000);

/** Live assignments and open offers by request: id -> rows. */
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

/** Remember a request that has ended, so that its row and detail stay as long as somebody looks. */
export function remember(row) {
  if (endedRows.peek().get(row.request) === row) return;
  endedRows.value = new Map(endedRows.peek()).set(row.request, row);
}

/** The row of a request: live, or as it ended. */
export const rowOf = (id) => live.value?.rows("requests").get(id) ?? endedRows.value.get(id);

/** Put the focus on the queue; where only the detail is shown, on that. */
export function focusQueue() {
  requestAnimationFrame(() => {
    (document.querySelector(".queue .grid-body") ?? document.querySelector(".detail-title"))?.focus({
      preventScroll: true,
    });
  });
}

/** Close the panel, and give the focus back to the queue. */
export function closePanel() {
  panel.value = null;
  focusQueue();
}

/** Show a request, or none. On a narrow page that is a step in the history. */
export function show(id, { step = false } = {}) {
  if (id === route.peek().id) return;
  panel.value = null;
  go("requests", { id, query: route.peek().query, replace: !step });
}

/** What a worker or team is called: a team by its name, a worker by their id. */
export const unitName = (row) => teams.value.get(row.team)?.name ?? row.unit ?? row.team ?? row.worker;

/** The link to the page of a worker or team. */
export const unitHref = (row) => (row.team ? ["teams", row.team] : ["workers", row.worker]);

/** All assignments of a request, newest first. Throws Problem. */
export async function assignmentsOf(jurisdiction, request) {
  const { items } = await all(jurisdiction, "assignments", { request });
  const began = (row) => Date.parse(row.dispatched_at ?? row.offered_at ?? row.accepted_at ?? row.ended_at);
  return items.sort((a, b) => began(b) - began(a));
}

/** The areas above a request's, without the root: outermost first. */
export const placePath = (code) => areas.value.path(code).filter((node) => node.level > 0);

/** False at first, true after so many ms: what is passed over quickly asks for nothing. */
export function useSettled(milliseconds) {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), milliseconds);
    return () => clearTimeout(timer);
  }, []);
  return settled;
}
