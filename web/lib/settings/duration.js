// Lengths of time as people write them, such as 90 s, 5 min or 2 h.

const SECONDS = { s: 1, min: 60, h: 3600 };
const TEXT = /^(\d+(?:[.,]\d+)?)\s*(\p{L}+)$/u;

/** Return the seconds that a text means, or null. A number without a unit means seconds.
 *
 * @param {string} text
 * @param {Record<"s" | "min" | "h", string>} words Words of each unit, separated by spaces.
 */
export function secondsOf(text, words) {
  const said = text.normalize("NFKC").trim().toLowerCase();
  if (/^\d+$/.test(said)) return Number(said);
  const [, amount, word] = TEXT.exec(said) ?? [];
  const unit = word && Object.keys(SECONDS).find((one) => words[one].split(" ").includes(word));
  return unit ? Math.round(Number(amount.replace(",", ".")) * SECONDS[unit]) : null;
}

/** Return seconds in the largest unit that divides them: [amount, "s" | "min" | "h"].
 *
 * @param {number} seconds
 * @returns {[number, "s" | "min" | "h"]}
 */
export function inUnits(seconds) {
  if (seconds > 0 && seconds % 3600 === 0) return [seconds / 3600, "h"];
  if (seconds > 0 && seconds % 60 === 0) return [seconds / 60, "min"];
  return [seconds, "s"];
}
