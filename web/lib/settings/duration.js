// Lengths of time as people write them: "90 s", "5 min", "2 h", or in Chinese.

const UNITS = { s: 1, sec: 1, 秒: 1, m: 60, min: 60, 分: 60, 分钟: 60, h: 3600, 小时: 3600, 时: 3600 };
const TEXT = /^(\d+(?:[.,]\d+)?)\s*([a-z\u4e00-\u9fff]+)$/;

/** Return the seconds that a text means, or null. A number without a unit means seconds.
 *
 * @param {string} text
 */
export function secondsOf(text) {
  const said = text.normalize("NFKC").trim().toLowerCase();
  if (/^\d+$/.test(said)) return Number(said);
  const [, amount, unit] = TEXT.exec(said) ?? [];
  if (!amount || !(unit in UNITS)) return null;
  return Math.round(Number(amount.replace(",", ".")) * UNITS[unit]);
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
