// The clock of the service, and the format of instants and durations.

import { lang, language, number, t } from "./i18n.js";
import { computed, signal } from "./preact.js";

/** Whether the service runs on the clock of a scenario. Then time moves only with its answers. */
export const scenario = signal(false);
/** IANA name of the jurisdiction's time zone. */
export const timezone = signal("Asia/Shanghai");

const offset = signal(0);
const told = signal(Date.now());
const second = signal(0);
setInterval(() => {
  second.value += 1;
}, 1000);

/** Set the clock from the time in an answer. */
export function heardClock(instant) {
  told.value = Date.parse(instant);
  const next = told.value - Date.now();
  if (Math.abs(next - offset.peek()) > 250) offset.value = next;
}

/** Return how far the service's clock is ahead of this machine's, in ms.
 *
 * Does not use `now`, which is stale for a moment after this machine slept.
 */
export const ahead = () => (scenario.peek() ? told.peek() - Date.now() : offset.peek());

/** The service's time in ms since 1970, updated every second. */
export const now = computed(() => {
  void second.value;
  return scenario.value ? told.value : Date.now() + offset.value;
});

/** This machine's performance clock in ms, updated every second, for ages. */
export const wall = computed(() => {
  void second.value;
  return performance.now();
});

const formats = new Map();
/** Return a cached Intl.DateTimeFormat in the jurisdiction's zone and the current language.
 *
 * @param {Intl.DateTimeFormatOptions} options
 */
export function format(options) {
  const key = `${lang.value}|${timezone.value}|${JSON.stringify(options)}`;
  if (!formats.has(key)) {
    /** @type {Intl.DateTimeFormatOptions} */
    const settings = { timeZone: timezone.value, hourCycle: "h23", ...options };
    formats.set(key, new Intl.DateTimeFormat(language.value.format, settings));
  }
  return formats.get(key);
}

/** @param {number | string} instant */
const ms = (instant) => (typeof instant === "number" ? instant : Date.parse(instant));

/** Format a time as 14:05. */
export const hhmm = (instant) => format({ hour: "2-digit", minute: "2-digit" }).format(ms(instant));
/** Format a time as 14:05:09. */
export const hhmmss = (instant) =>
  format({ hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(ms(instant));
/** Show the year unless it is the current one.
 *
 * @returns {Intl.DateTimeFormatOptions}
 */
const year = (instant) =>
  localDate(instant).slice(0, 4) === localDate(now.peek()).slice(0, 4) ? {} : { year: "numeric" };
/** Format day and time. */
export const stamp = (instant) =>
  format({ ...year(instant), month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" }).format(
    ms(instant),
  );
/** Format weekday and day. */
export const day = (instant) =>
  format({ ...year(instant), weekday: "short", month: "short", day: "numeric" }).format(ms(instant));

const iso = new Map();
/** Format the local date as YYYY-MM-DD. */
export function localDate(instant) {
  const zone = timezone.value;
  if (!iso.has(zone)) iso.set(zone, new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }));
  return iso.get(zone).format(ms(instant));
}

/** Format a duration in ms: 40 s, 12 min, 3 h 5 min, 2 d 4 h. */
export function span(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return t("time.s", { n: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t("time.min", { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return t("time.h_min", { h: hours, m: minutes % 60 });
  return t("time.d_h", { d: Math.floor(hours / 24), h: hours % 24 });
}

/** Format time worked in seconds as hours and minutes. Not as days: a day of work has no fixed length. */
export function worked(seconds) {
  const minutes = Math.max(0, Math.floor(seconds / 60));
  return t("time.h_min", { h: number(Math.floor(minutes / 60)), m: minutes % 60 });
}

/** Format how long ago an instant is, by the service's clock. */
export const since = (instant) => span(now.value - ms(instant));
