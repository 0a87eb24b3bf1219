// Undo of the last act on the board: it was sent at once; undoing sends commands that compensate for it.

import { commands, uuid } from "./api.js";
import { t } from "./i18n.js";
import { computed, signal } from "./preact.js";
import { reason } from "./refusals.js";
import { route } from "./router.js";
import { toast } from "./ui.js";

/** Seconds for which an act can be undone. */
export const UNDO_S = 10;
const MOST = 500;
/** Reason of everything that is undone. */
export const UNDONE = "undone";

/** @typedef {{ name: string, data: Record<string, any> }} Act */
/** @typedef {{ id: string, name: string, data: Record<string, any> }} Sent */
/** @typedef {{ text: string, jurisdiction: string, items: Sent[], until: number }} Offer */
/** @type {import("./preact.js").Signal<Offer | null>} */
const last = signal(null);
/** What can be undone now, or null. It stays while pages change. */
export const undoable = computed(() => last.value);

/** Offer to undo an act for ten seconds. `items` are the commands that compensate for it, in their order.
 *
 * @param {string} text What was done.
 * @param {Act[]} items
 */
export function offerUndo(text, items) {
  const until = performance.now() + UNDO_S * 1000;
  const { jurisdiction } = route.peek();
  const mine = { text, jurisdiction, items: items.map((item) => ({ id: uuid(), ...item })), until };
  last.value = mine;
  setTimeout(() => {
    if (last.peek() === mine) last.value = null;
  }, UNDO_S * 1000);
}

/** Withdraw the offer without undoing. */
export const keep = () => {
  last.value = null;
};

/** Undo the last act. Resolves to whether all of it was undone. */
export async function undo() {
  const mine = last.peek();
  if (!mine) return false;
  last.value = null;
  try {
    const refused = [];
    for (let from = 0; from < mine.items.length; from += MOST) {
      const answers = await commands(mine.jurisdiction, mine.items.slice(from, from + MOST));
      refused.push(...answers.filter((one) => ["refused", "pending"].includes(one.outcome)));
    }
    if (refused.length) toast(t("undo.part", { why: reason(refused[0]) }), "error");
    else toast(t("undo.done"));
    return refused.length === 0;
  } catch (problem) {
    if (problem.code === undefined) throw problem;
    toast(t("undo.failed", { why: reason(problem) }), "error");
    return false;
  }
}

/** Return the command that sends the unit of an assignment again, as it was sent or asked before.
 *
 * @param {any} row
 * @returns {Act}
 */
export function again(row) {
  const name = row.live ? "assignment.dispatch" : "assignment.offer";
  /** @type {Record<string, any>} */
  const data = { request: row.request, ...(row.team ? { team: row.team } : { worker: row.worker }) };
  if (row.live && row.override) data.override = row.override;
  if (row.unattended) data.unattended = row.unattended;
  return { name, data };
}

/** Return the commands that undo the end of a request: it is reopened, and who was on it goes again.
 *
 * @param {string} request
 * @param {any[]} rows Its assignments and offers before it ended.
 * @returns {Act[]}
 */
export const unend = (request, rows) => [
  { name: "request.reopen", data: { request, reason: UNDONE } },
  ...rows.map(again),
];

/** Return the command that undoes a dispatch or an offer. */
export const unsend = (assignment) => ({
  name: "assignment.release",
  data: { assignment, reason: UNDONE },
});
