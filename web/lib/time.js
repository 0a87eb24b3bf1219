// The service's clock, as told by it; and how instants and durations are written.
import { computed, signal } from "./preact.js";
import { lang, language, number, t } from "./i18n.js";

/** Whether the service runs on a scenario's clock: then the page shows what it is told, and runs no clock. */
export const scenario = signal(false);
/** IANA name of the jurisdiction's time zone. */
export const timezone = signal("Asia/Shanghai");

const offset = signal(0);
const told = signal(Date.now());
const second = signal(0);
setInterval(() => {
  second.value += 1;
}, 1000);

/** Take the service's time from an answer. */
export function heardClock(instant) {
  told.value = Date.parse(instant);
  const next = told.value - Date.now();
  if (Math.abs(next - offset.peek()) > 250) offset.value = next;
}

/** How far its clock is ahead of this machine's, in ms. Not from `now`, which a machine that slept has yet to renew. */
export const ahead = () => (scenario.peek() ? told.peek() - Date.now() : offset.peek());

/** The service's time in ms since 1970, renewed each second. */
export const now = computed(() => {
  void second.value;
  return scenario.value ? told.value : Date.now() + offset.value;
});

/** Anew each second, for ages that go by this machine's own clock. */
export const wall = computed(() => {
  void second.value;
  return performance.now();
});

const formats = new Map();
/** Intl's format with these options, in the jurisdiction's zone and the language shown. */
export function format(options) {
  const key = `${lang.value}|${timezone.value}|${JSON.stringify(options)}`;
  if (!formats.has(key)) {
    const settings = { timeZone: timezone.value, hourCycle: "h23", ...options };
    formats.set(key, new Intl.DateTimeFormat(language.value.format, settings));
  }
  return formats.get(key);
}

const ms = (instant) => (typeof instant === "number" ? instant : Date.parse(instant));

/** 14:05 in the jurisdiction's time. */
export const hhmm = (instant) => format({ hour: "2-digit", minute: "2-digit" }).format(ms(instant));
/** 14:05:09 in the jurisdiction's time. */
export const hhmmss = (instant) =>
  format({ hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(ms(instant));
/** The year is said where it is not the present one. */
const year = (instant) =>
  localDate(instant).slice(0, 4) === localDate(now.peek()).slice(0, 4) ? {} : { year: "numeric" };
/** Day and time. */
export const stamp = (instant) =>
  format({ ...year(instant), month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" }).format(
    ms(instant),
  );
/** Weekday and day. */
export const day = (instant) =>
  format({ ...year(instant), weekday: "short", month: "short", day: "numeric" }).format(ms(instant));

const iso = new Map();
/** YYYY-MM-DD of an instant in the jurisdiction's time zone. */
export function localDate(instant) {
  const zone = timezone.value;
  if (!iso.has(zone)) iso.set(zone, new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }));
  return iso.get(zone).format(ms(instant));
}

/** A duration in ms, short: 40 s, 12 min, 3 h 5 min, 2 d 4 h. */
export function span(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return t("time.s", { n: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t("time.min", { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return t("time.h_min", { h: hours, m: minutes % 60 });
  return t("time.d_h", { d: Math.floor(hours / 24), h: hours % 24 });
}

/** Time worked in seconds, in hours and minutes however long: a day of work has no fixed length. */
export function worked(seconds) {
  const minutes = Math.max(0, Math.floor(seconds / 60));
  return t("time.h_min", { h: number(Math.floor(minutes / 60)), m: minutes % 60 });
}

/** How long ago, by the service's clock. */
export const since = (instant) => span(now.value - ms(instant));
