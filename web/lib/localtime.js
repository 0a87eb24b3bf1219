// Local dates and times of form fields. Separate from time.js: the phone page has no such forms.
import { format, hhmm, localDate } from "./time.js";

const DAY_MS = 86400000;

/** Count the local days from one instant to another, starting with 1. */
export function dayNumber(from, to) {
  return Math.round((Date.parse(localDate(to)) - Date.parse(localDate(from))) / DAY_MS) + 1;
}

/** Parse the YYYY-MM-DDTHH:MM of an input, in the jurisdiction's zone, to an RFC 3339 instant.
 *
 * Where clocks change, the offset before the change decides: a time that is shown twice is the first one, and
 * a time that is skipped moves on by what was skipped.
 */
export function fromLocal(text) {
  const guess = Date.parse(`${text}Z`);
  const shown = (at) => {
    /** @type {Record<string, any>} */
    const parts = Object.fromEntries(
      format({ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" })
        .formatToParts(at)
        .map(({ type, value }) => [type, value]),
    );
    return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute);
  };
  const by = (offsetAt) => guess - (shown(offsetAt) - offsetAt);
  const [before, after] = [by(guess - DAY_MS), by(guess + DAY_MS)];
  const at = [before, after].find((one) => shown(one) === guess) ?? before;
  return new Date(at).toISOString();
}

/** Format an instant for an input: YYYY-MM-DDTHH:MM in the jurisdiction's zone. */
export function toLocal(instant) {
  return `${localDate(instant)}T${hhmm(instant)}`;
}
