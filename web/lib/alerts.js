// What is an alert, and of which level (GB/T 37230: I red, II orange, III yellow, IV blue). Pure; the one table.
import { UNFINISHED } from "./rules.js";

const MINUTE = 60000;

/** Minutes after which a request that nobody was asked or sent for is an alert, by priority. */
export const UNTOUCHED_MINUTES = { 1: 5, 2: 15, 3: 60, 4: 240 };
/** Level of an alert about a request of this priority. */
const LEVEL = { 1: 1, 2: 2, 3: 3, 4: 4 };

export const unfinished = (request) => UNFINISHED.includes(request.state);

/** The alert of a request at an instant (ms), or null: {level: 1..4, kind: overdue | untouched, since}. */
export function alertOf(request, at) {
  if (!unfinished(request)) return null;
  const level = LEVEL[request.priority];
  const due = request.due_at && Date.parse(request.due_at);
  if (due && due < at) return { level, kind: "overdue", since: due };
  const opened = Date.parse(request.opened_at) + UNTOUCHED_MINUTES[request.priority] * MINUTE;
  if (!request.touched && opened < at) return { level, kind: "untouched", since: opened };
  return null;
}

/** Which of two alerts is worse, for sorting; null last. */
export const worse = (a, b) => (a?.level ?? 9) - (b?.level ?? 9);

/** The order of the queue: priority, then age. */
export const byUrgency = (a, b) =>
  a.priority - b.priority || Date.parse(a.opened_at) - Date.parse(b.opened_at);
