// Stations on the courier's page: what is nearest, what a keeper said, what was counted. Pure.

import { listed } from "../near/core.js";

/** Within this time, the same code at the door is the same use. */
const SAME_MS = 600000;
/** How long a keeper's word from this page counts. */
const WORD_MS = 4 * 3600000;

/** Whether a scan is the one that was recorded before, once more.
 * @param {Scan | null | undefined} before
 * @param {Scan} scan
 */
export const again = (before, scan) =>
  before?.station === scan.station && Math.abs(Date.parse(scan.at) - Date.parse(before.at)) < SAME_MS;

/** The services that the stations offer, the most frequent first.
 * @param {any[]} stations
 * @returns {string[]}
 */
export function offered(stations) {
  const found = new Map();
  for (const code of stations.flatMap((one) => one.services ?? []))
    found.set(code, (found.get(code) ?? 0) + 1);
  return [...found].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([code]) => code);
}

/** Return the stations that offer something: those that are certainly open, or all of them once nobody knows
 * what is open.
 *
 * @param {any} map The answer of the public map.
 * @param {{from: import("../near/core.js").Point | null, now: number, service: string, most?: number}} wanted
 */
export function nearest(map, { from, now, service, most = 3 }) {
  const knownUntil = Date.parse(map.known_until);
  const known = now < knownUntil;
  const found = listed(map.stations, { from, now, knownUntil, onlyOpen: known, service });
  return { known, found: found.slice(0, most) };
}

/** What a keeper says from now on, with until when it counts.
 * @param {string} station
 * @param {Record<string, any>} said
 * @param {number} now
 */
export const word = (station, said, now) => ({
  station,
  ...said,
  until: new Date(now + WORD_MS).toISOString(),
});

/** Return the row of a station with what was said at `at`.
 * @param {any} row
 * @param {any} said
 * @param {string} at
 */
export function withWord(row, { until, station, ...said }, at) {
  if (station !== row.station) return row;
  const after = { ...row, ...said };
  if (said.status) Object.assign(after, { status_at: at, status_until: until });
  for (const name of Object.keys(said)) after.until = { ...after.until, [name]: until };
  return after;
}

/** Return the row with the keeper's words that the service has not answered yet.
 * @param {any} row
 * @param {Act[]} acts
 */
export const withUnsent = (row, acts) =>
  acts
    .filter((one) => one.name === "station.report" && one.state === "waiting")
    .reduce((found, one) => withWord(found, one.data, one.at), row);

/** Return what is known of the status at an instant: an expired word is no longer known.
 * @param {any} row
 * @param {number} now
 * @returns {string}
 */
export const statusOf = (row, now) =>
  row.status && row.status_until && now < Date.parse(row.status_until) ? row.status : "unknown";

/** Until when each thing that was said last counts, from the reports of a row: {present: "2026-..."}.
 * @param {any} row
 * @returns {Record<string, string>}
 */
export function untilOf(row) {
  const found = {};
  for (const { until, present, ...report } of row.reports ?? []) {
    if (present !== undefined && present !== null) found.present = until;
    for (const unit of UNITS) if (typeof report[unit] === "number") found[`free_${unit}`] = until;
  }
  return { ...found, ...row.until };
}

export const UNITS = ["seats", "charging_points", "beds", "rooms"];

/** Return a number of the row that still counts, or null.
 * @param {any} row
 * @param {string} name
 * @param {number} now
 * @returns {number | null}
 */
export function numberOf(row, name, now) {
  const until = untilOf(row)[name];
  return row[name] !== undefined && row[name] !== null && until && now < Date.parse(until) ? row[name] : null;
}

/** How many uses of a station were counted on a day.
 * @param {{station: string, day: string}[]} uses
 * @param {string} station
 * @param {string} day
 */
export const counted = (uses, station, day) =>
  uses.filter((one) => one.station === station && one.day === day).length;

/** Return what this phone knows once the service has told what was recorded on any device. What was said here
 * and is not known there yet stays.
 * @param {Keeping} known
 * @param {{station: string, uses_today: number, needs: {need: string, item: string, side: string}[]}[]} items
 * @param {Act[]} acts
 * @param {string} day
 * @returns {Keeping}
 */
export function reconciled(known, items, acts, day) {
  const unknown = acts.filter(({ state }) => state !== "refused");
  const said = (name) => new Set(unknown.filter((one) => one.name === name).map(({ data }) => data.need));
  const [opening, closing] = [said("need.open"), said("need.close")];
  const ids = new Set(unknown.map(({ id }) => id));
  const told = items.flatMap(({ station, needs }) =>
    needs.map(({ need, item, side }) => ({ need, station, item, side })),
  );
  const seen = new Set(told.map(({ need }) => need));
  const elsewhere = Object.fromEntries(
    items.map(({ station, uses_today: all }) => {
      const sent = known.uses.filter((one) => !ids.has(one.act));
      return [station, Math.max(0, all - counted(sent, station, day))];
    }),
  );
  return {
    ...known,
    elsewhere: { day, uses: elsewhere },
    needs: [
      ...told.filter(({ need }) => !closing.has(need)),
      ...known.needs.filter(({ need }) => opening.has(need) && !seen.has(need)),
    ],
  };
}

/** Return how many uses a station had on a day, as far as this phone knows.
 * @param {Keeping} known
 * @param {string} station
 * @param {string} day
 */
export const usesOf = (known, station, day) =>
  counted(known.uses, station, day) +
  (known.elsewhere?.day === day ? (known.elsewhere.uses[station] ?? 0) : 0);
