// Coordinates copied from a map, in the datum of that map. The API gets WGS-84.

import { DATUMS, toWgs84 } from "../datum.js";
import { t } from "../i18n.js";
import { html } from "../preact.js";
import { session } from "../store.js";
import { Line, Pick } from "./form.js";

const OF_MAP = { wgs84: "WGS-84", gcj02: "GCJ-02", bd09: "BD-09" };

/** Return empty values, with the datum of the map of this service. */
export const noPlace = () => ({ place: "", datum: OF_MAP[session.peek()?.map?.datum] ?? "WGS-84" });

/** Parse a text such as "128.9, 47.7". Returns null if it is no point.
 *
 * @param {string} text
 * @returns {import("../datum.js").Point | null}
 */
export function parsed(text) {
  const found = text
    .trim()
    .split(/[\s,;\uff0c]+/)
    .map(Number);
  if (found.length !== 2 || found.some((one) => !Number.isFinite(one))) return null;
  const [lon, lat] = found;
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? [lon, lat] : null;
}

/** Convert the values to WGS-84.
 *
 * @returns {{ data: { lon?: number, lat?: number }, errors: { place?: string } }}
 */
export function placed({ place, datum }) {
  if (place.trim() === "") return { data: {}, errors: {} };
  const point = parsed(place);
  if (!point) return { data: {}, errors: { place: t("entry.place_bad") } };
  const [lon, lat] = toWgs84(point, datum);
  return { data: { lon, lat }, errors: {} };
}

/** Longitude and latitude in one field, as maps show them, and their datum. */
export function PlaceLine({ entry }) {
  const { data } = placed(entry.values);
  const shown = data.lon !== undefined && entry.values.datum !== "WGS-84";
  return html`<div class="form-row"><${Line} entry=${entry} name="place" label=${t("entry.lon_lat")}
    inputmode="decimal" placeholder="128.90000, 47.72700"
      hint=${
        shown
          ? t("entry.place_as", { lon: data.lon.toFixed(6), lat: data.lat.toFixed(6) })
          : t("entry.place_hint")
      } />
    <${Pick} entry=${entry} name="datum" label=${t("entry.datum")}
      options=${DATUMS.map((one) => [one, t(`entry.datum.${one}`)])} /></div>`;
}
