// Verdicts on an entry and an enterprise: sent at once, and taken back with the usual undo.

import { uuid } from "../api.js";
import { t } from "../i18n.js";
import { useSend } from "../people/send.js";
import { offerUndo } from "../undo.js";

/** Verdict -> [key, reason unless another one is chosen]. u and z undo on every page, so q is "undecided". */
export const VERDICTS = {
  same: ["s", "same_firm"],
  different: ["d", "other_firm"],
  undecided: ["q", "to_ask"],
};

/** Return the verdict that a key gives, or undefined.
 *
 * @param {string} key
 */
export const verdictOf = (key) => Object.keys(VERDICTS).find((verdict) => VERDICTS[verdict][0] === key);

/** Return the data of a verdict.
 *
 * @param {string} entry
 * @param {string} enterprise
 * @param {string} verdict
 * @param {string} [reason] By default the usual one of the verdict.
 */
export const verdictData = (entry, enterprise, verdict, reason) => ({
  match: uuid(),
  entry,
  enterprise,
  verdict,
  reason: reason || VERDICTS[verdict][1],
});

/** Return the entry to go to next: the first one after this that waits for a verdict, in the order of names.
 *
 * @param {Iterable<any>} rows
 * @param {any} row
 * @param {(a: string, b: string) => number} compare
 */
export function nextOf(rows, row, compare) {
  const order = (one) => `${one.name} ${one.key}`;
  const open = [...rows].filter((one) => one.key !== row.key && ["candidate", "names"].includes(one.state));
  open.sort((a, b) => compare(order(a), order(b)));
  return open.find((one) => compare(order(one), order(row)) > 0) ?? open[0] ?? null;
}

/** Return a function that sends a verdict and offers to undo it, with its state as of `useAction`. */
export function useJudging() {
  const action = useSend();
  const judge = async (row, candidate, verdict, reason) => {
    const data = verdictData(row.key, candidate.enterprise, verdict, reason);
    const answer = await action.send("match.judge", data);
    if (answer?.outcome !== "accepted") return;
    const text = t(`comparison.judged_${verdict}`, { entry: row.name, name: candidate.name });
    offerUndo(text, [{ name: "match.undo", data: { match: data.match } }]);
  };
  return { ...action, judge };
}
