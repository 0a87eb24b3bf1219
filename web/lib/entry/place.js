// Coordinates as people have them: copied from a map, in that map's datum; sent as WGS-84.
import { html } from "../preact.js";
import { DATUMS, toWgs84 } from "../datum.js";
import { t } from "../i18n.js";
import { session } from "../store.js";
import { Line, Pick } from "./form.js";

const OF_MAP = { wgs84: "WGS-84", gcj02: "GCJ-02", bd09: "BD-09" };

/** The values of the fields, empty: the datum is that of the map that this service shows. */
export const noPlace = () => ({ place: "", datum: OF_MAP[session.peek()?.map?.datum] ?? "WGS-84" });

/** The two numbers of a text such as "128.9, 47.7"; null where it holds no such place. */
export function parsed(text) {
  const found = text
    .trim()
    .split(/[\s,;\uff0c]+/)
    .map(Number);
  if (found.length !== 2 || found.some((one) => !Number.isFinite(one))) return null;
  const [lon, lat] = found;
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? [lon, lat] : null;
}

/** What the fields mean: {data: {lon, lat} in WGS-84 or {}, errors}. */
export function placed({ place, datum }) {
  if (place.trim() === "") return { data: {}, errors: {} };
  const point = parsed(place);
  if (!point) return { data: {}, errors: { place: t("entry.place_bad") } };
  const [lon, lat] = toWgs84(point, datum);
  return { data: { lon, lat }, errors: {} };
}

/** Longitude and latitude in one field, as maps give them, and the datum they are in. */
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
