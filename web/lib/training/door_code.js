// The codes of a door: a chain of hashes, of which only this screen has the seed. See events/door_code.py.

const encoder = new TextEncoder();
export const STEP_MS = 30000;
/** Most codes of one door: twelve hours. */
export const MOST = 1440;

const hex = (bytes) => [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");

/** Return the value that follows one: SHA-256, as hex digits, of its hex digits.
 * @param {string} value
 */
export const after = async (value) =>
  hex(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(value))));

/** Return a new seed: 64 hex digits. */
export const seed = () => hex(crypto.getRandomValues(new Uint8Array(32)));

/** Return the codes of a door, the first one first, and what they lead to.
 * @param {string} from
 * @param {number} codes
 */
export async function chain(from, codes) {
  const found = [from];
  for (let n = 0; n < codes; n += 1) found.push(await after(found[n]));
  const [anchor, ...shown] = found.reverse();
  return { anchor, shown };
}

/** Return which code is shown at a time; null before the first and after the last.
 * @param {{begins: string, codes: number}} door
 * @param {number} now ms
 */
export function numberAt({ begins, codes }, now) {
  const number = Math.floor((now - Date.parse(begins)) / STEP_MS);
  return number >= 0 && number < codes ? number : null;
}

/** Return the address that a code opens on the phone.
 * @param {string} origin
 * @param {string} session
 * @param {string} anchor
 * @param {number} number
 * @param {string} code
 */
export const address = (origin, session, anchor, number, code) =>
  `${origin}/go#${new URLSearchParams({ session, door: anchor.slice(0, 8), n: String(number), sign: code })}`;
