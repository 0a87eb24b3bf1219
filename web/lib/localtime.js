// Local dates and times of form fields. Separate from time.js: the phone page has no such forms.
import { format, hhmm, localDate } from "./time.js";

/** Count the local days from one instant to another, starting with 1. */
export function dayNumber(from, to) {
  return Math.round((Date.parse(localDate(to)) - Date.parse(localDate(from))) / 86400000) + 1;
}

/** Parse the YYYY-MM-DDTHH:MM of an input, in the jurisdiction's zone, to an RFC 3339 instant. */
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
  let at = guess - (shown(guess) - guess);
  at -= shown(at) - guess;
  return new Date(at).toISOString();
}

/** Format an instant for an input: YYYY-MM-DDTHH:MM in the jurisdiction's zone. */
export function toLocal(instant) {
  return `${localDate(instant)}T${hhmm(instant)}`;
}
