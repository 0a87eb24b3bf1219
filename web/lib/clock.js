// The clock of an incident: which of its local days it is, of how many, in words.
import { number, t } from "./i18n.js";
import { dayNumber } from "./localtime.js";
import { now } from "./time.js";

/** How many local days a closed incident had; an end at midnight belongs to the day before. */
export const daysOf = (row) => Math.max(1, dayNumber(row.starts_at, Date.parse(row.ends_at) - 1));

/** Which day of an incident it is at an instant, and of how many; `of` is null where nobody knows. */
function clockOf(row, at) {
  if (row.ends_at) return { n: daysOf(row), of: daysOf(row) };
  return { n: dayNumber(row.starts_at, at), of: row.expected_days ?? null };
}

/** Day 8, day 8 of 14, or day 15 and how many over. Of a closed one its last day, of as many as it had. */
export function dayWords(row, at = now.value) {
  const { n, of } = clockOf(row, at);
  if (of === null) return t("day.nth", { n: number(n) });
  const over = n - of;
  if (over > 0) return t(over === 1 ? "day.over_one" : "day.over", { n: number(n), over: number(over) });
  return t("day.of", { n: number(n), of: number(of) });
}
