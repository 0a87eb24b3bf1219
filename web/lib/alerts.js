// Rules of alerts and their levels (GB/T 37230: I red, II orange, III yellow, IV blue). Pure functions.
import { UNFINISHED } from "./rules.js";

const MINUTE = 60000;

/** Minutes after which an untouched request becomes an alert, by priority. */
export const UNTOUCHED_MINUTES = { 1: 5, 2: 15, 3: 60, 4: 240 };
/** Level of an alert by priority of the request. */
const LEVEL = { 1: 1, 2: 2, 3: 3, 4: 4 };

export const unfinished = (request) => UNFINISHED.includes(request.state);

/** Return the alert of a request at an instant in ms, or null.
 *
 * @returns {{ level: number, kind: "overdue" | "untouched", since: number } | null}
 */
export function alertOf(request, at) {
  if (!unfinished(request)) return null;
  const level = LEVEL[request.priority];
  const due = request.due_at && Date.parse(request.due_at);
  if (due && due < at) return { level, kind: "overdue", since: due };
  const opened = Date.parse(request.opened_at) + UNTOUCHED_MINUTES[request.priority] * MINUTE;
  if (!request.touched && opened < at) return { level, kind: "untouched", since: opened };
  return null;
}

/** Compare two alerts: the worse first, null last. */
export const worse = (a, b) => (a?.level ?? 9) - (b?.level ?? 9);

/** Compare two requests: by priority, then the older first. */
export const byUrgency = (a, b) =>
  a.priority - b.priority || Date.parse(a.opened_at) - Date.parse(b.opened_at);
