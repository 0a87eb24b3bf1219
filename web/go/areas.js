// The areas of the jurisdiction, kept on the phone for choosing one without a network.
import { signal } from "../lib/preact.js";
import { Problem, all } from "../lib/api.js";
import { db, who } from "./state.js";

const FRESH_MS = 3600000;

/** All open areas: code -> row; null = not yet known on this phone. */
export const areas = signal(null);
let at = 0;

const table = (items) => new Map(items.map((row) => [row.area, row]));
const FIELDS = ["area", "name", "parent", "lon", "lat"];
const lean = (row) => Object.fromEntries(FIELDS.map((field) => [field, row[field]]));

/** Read them: first what is kept, then again once an hour. Without both it stays null. */
export async function needAreas() {
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
    if (!(error instanceof Problem)) throw error; // what is kept serves until the network is back
  }
}

/** The name of an area, or its code. */
export const areaName = (code) => areas.value?.get(code)?.name ?? code;

/** Metres between two places on the earth: mean radius 6,371 km (IUGG), by the haversine formula. */
export function metres(a, b) {
  const rad = (degrees) => (degrees * Math.PI) / 180;
  const half = (x) => Math.sin(rad(x) / 2) ** 2;
  const part = half(b.lat - a.lat) + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * half(b.lon - a.lon);
  return 2 * 6371000 * Math.asin(Math.sqrt(part));
}

/** The nearest areas that have a place: [{row, distance}]. */
export function nearest(place, most = 4) {
  const placed = [...(areas.value?.values() ?? [])].filter((row) => row.lon !== null && row.lat !== null);
  const found = placed.map((row) => ({ row, distance: metres(place, row) }));
  return found.sort((a, b) => a.distance - b.distance).slice(0, most);
}
