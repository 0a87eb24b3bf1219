// The code at the door of a training session: the scan is an act of its own time, also without a network.

import { acts, who } from "./state.js";
import { act } from "./sync.js";

/** Return the data of the act; null if the code lacks something.
 * @param {Scan} scan
 * @param {string} worker
 */
export function dataOf({ session, door, n, sign }, worker) {
  const number = Number(n);
  if (!session || !door || !sign || !n || !Number.isInteger(number)) return null;
  return { session, worker, anchor: door, number, code: sign };
}

/** Record a scan. Returns what to say; null if nothing was stored, or if it was refused at once.
 * @param {Scan} scan
 */
export async function attend(scan) {
  const data = dataOf(scan, who.peek().worker);
  const kept = data && (await act("session.scan", data, { title: scan.session }, { at: scan.at }));
  const refused = acts.peek().some((one) => one.id === kept?.id && one.state === "refused");
  return kept && !refused ? { at: scan.at, text: "go.scan.attended" } : null;
}
