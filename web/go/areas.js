// Areas of the jurisdiction, stored on the phone for use without a network.

import { all, Problem } from "../lib/api.js";
import { signal } from "../lib/preact.js";
import { db, who } from "./state.js";

/** @typedef {LonLat & {area: string, name: string, parent: string}} AreaRow */

const FRESH_MS = 3600000;

/** Open areas by code, or null if they were never loaded on this phone. */
export const areas = signal(/** @type {Map<string, AreaRow> | null} */ (null));
let at = 0;

const table = (items) => new Map(items.map((row) => [row.area, row]));
const FIELDS = ["area", "name", "parent", "lon", "lat"];
const lean = (row) => /** @type {AreaRow} */ (Object.fromEntries(FIELDS.map((field) => [field, row[field]])));

/** Load the areas: first from the phone, then from the service once an hour. */
export async function needAreas() {
  /** @type {`areas ${string}`} */
  const key = `areas ${who.peek().jurisdiction}`;
  const kept = areas.peek() ? null : await db.get(key);
  if (kept) {
    areas.value = table(kept.items);
    at = kept.at;
  }
  if (areas.peek() && Date.now() - at < FRESH_MS) return;
  try {
    const items = (await all(who.peek().jurisdiction, "areas", { closed: false })).items.map(lean);
    areas.value = table(items);
    at = Date.now();
    await db.set(key, { items, at });
  } catch (error) {
    if (!(error instanceof Problem)) throw error; // offline: use the stored areas
  }
}

/** Return the name of an area, or its code if the name is not known.
 * @param {string} code
 */
export const areaName = (code) => areas.value?.get(code)?.name ?? code;

/** Return the distance in metres by the haversine formula, with the mean radius of the earth (6,371 km,
 * IUGG).
 * @param {LonLat} a
 * @param {LonLat} b
 */
export function metres(a, b) {
  const rad = (degrees) => (degrees * Math.PI) / 180;
  const half = (x) => Math.sin(rad(x) / 2) ** 2;
  const part = half(b.lat - a.lat) + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * half(b.lon - a.lon);
  return 2 * 6371000 * Math.asin(Math.sqrt(part));
}

/** Return the nearest areas that have coordinates, nearest first.
 * @param {LonLat} place
 */
export function nearest(place, most = 4) {
  const placed = [...(areas.value?.values() ?? [])].filter((row) => row.lon !== null && row.lat !== null);
  const found = placed.map((row) => ({ row, distance: metres(place, row) }));
  return found.sort((a, b) => a.distance - b.distance).slice(0, most);
}
