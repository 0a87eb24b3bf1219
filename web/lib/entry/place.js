// Coordinates copied from a map, in the datum of that map. The API gets WGS-84.

import { DATUMS, toWgs84 } from "../datum.js";
import { t } from "../i18n.js";
import { areaAt } from "../map/inside.js";
import { Picker } from "../map/picker.js";
import { html, useState } from "../preact.js";
import { areas, session } from "../store.js";
import { Icon } from "../ui.js";
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

/** Whether a place taken from the map lies in an area, and a button that takes that area. */
function Found({ entry, area }) {
  if (area === undefined) return null;
  if (area === null) return html`<p class="place-found" role="status">${t("map.pick_none")}</p>`;
  const same = entry.values.area === area;
  return html`<p class="place-found" role="status">${t("map.pick_in", { area: areas.value.name(area) })}
    ${
      same
        ? html`<span class="muted"><${Icon} name="done" />${t("map.pick_used")}</span>`
        : html`<button type="button" class="button" onClick=${() => entry.set({ area })}>${t(
            "map.pick_use",
          )}</button>`
    }</p>`;
}

/** A button that opens a map to pick the place on. An empty area becomes the one that the place lies in. */
export function PlaceOnMap({ entry }) {
  const [open, setOpen] = useState(false);
  const [area, setArea] = useState(undefined);
  const { lon, lat } = placed(entry.values).data;
  const pick = ([east, north], rows) => {
    const found = areaAt(rows, (code) => areas.peek().node(code), [east, north]);
    setArea(rows.length ? found : undefined);
    const place = `${east.toFixed(6)}, ${north.toFixed(6)}`;
    entry.set({ place, datum: "WGS-84", ...(found && !entry.values.area && { area: found }) });
  };
  return html`<div class="place-pick"><button type="button" class="button" aria-expanded=${
    open ? "true" : "false"
  } onClick=${() => setOpen(!open)}><${Icon} name="pin" />
      ${t(open ? "map.pick_close" : "map.pick_open")}</button>
    <${Found} entry=${entry} area=${area} />
    ${
      open &&
      html`<${Picker} place=${lon === undefined ? null : [lon, lat]}
        area=${entry.values.area} pick=${pick} />`
    }</div>`;
}
