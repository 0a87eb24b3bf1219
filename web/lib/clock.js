// The day count of an incident, in local days and in words.
import { number, t } from "./i18n.js";
import { dayNumber } from "./localtime.js";
import { now } from "./time.js";

/** Count the local days of a closed incident. An end at midnight belongs to the day before. */
export const daysOf = (row) => Math.max(1, dayNumber(row.starts_at, Date.parse(row.ends_at) - 1));

/** Return day `n` of an incident at an instant, and its expected number of days, null if unknown. */
function clockOf(row, at) {
  if (row.ends_at) return { n: daysOf(row), of: daysOf(row) };
  return { n: dayNumber(row.starts_at, at), of: row.expected_days ?? null };
}

/** Return the day count in words: day 8, day 8 of 14, day 15 and 1 over. Stops when the incident ends. */
export function dayWords(row, at = now.value) {
  const { n, of } = clockOf(row, at);
  if (of === null) return t("day.nth", { n: number(n) });
  const over = n - of;
  if (over > 0) return t(over === 1 ? "day.over_one" : "day.over", { n: number(n), over: number(over) });
  return t("day.of", { n: number(n), of: number(of) });
}
