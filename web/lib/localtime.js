// Local dates and times as forms know them; the phone page has no such forms, and does not load this.
import { format, hhmm, localDate } from "./time.js";

/** Whole local days from one instant to another, the first counted as 1. */
export function dayNumber(from, to) {
  return Math.round((Date.parse(localDate(to)) - Date.parse(localDate(from))) / 86400000) + 1;
}

/** A local date and time from an input (YYYY-MM-DDTHH:MM) in the jurisdiction's zone as an RFC 3339 instant. */
export function fromLocal(text) {
  const guess = Date.parse(`${text}Z`);
  const shown = (at) => {
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

/** An instant as an input wants it: YYYY-MM-DDTHH:MM in the jurisdiction's zone. */
export function toLocal(instant) {
  return `${localDate(instant)}T${hhmm(instant)}`;
}
