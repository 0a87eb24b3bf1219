// Possible duplicates of a request: same category, near in place or time.

import { unfinished } from "../alerts.js";
import { number, t } from "../i18n.js";
import { html } from "../preact.js";
import { href, route } from "../router.js";
import { areas, requests } from "../store.js";
import { since, span } from "../time.js";
import { Priority, State } from "../ui.js";
import { requestName } from "../urgency.js";
import { mayOpen, panel } from "./desk.js";
import { What } from "./show.js";

const NEAR_METRES = 300;
const NEAR_MS = 24 * 3600000;
const EARTH_METRES = 6371008.8;
const COMMUNITY = 3;
const MOST = 8;

/** Return the metres between two points in WGS-84 degrees (haversine). */
export function metres(a, b) {
  const rad = (degrees) => (degrees * Math.PI) / 180;
  const half =
    Math.sin(rad(b.lat - a.lat) / 2) ** 2 +
    Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(rad(b.lon - a.lon) / 2) ** 2;
  return 2 * EARTH_METRES * Math.asin(Math.min(1, Math.sqrt(half)));
}

const community = (code) => areas.value.path(code).find((node) => node.level === COMMUNITY)?.area;

/** Return how near another request is, or null if it is no duplicate. `far` is in metres, `apart` in ms. */
function nearness(row, other, home) {
  if (other.request === row.request || other.category !== row.category || !unfinished(other)) return null;
  const apart = Math.abs(Date.parse(other.opened_at) - Date.parse(row.opened_at));
  const placed = row.lon !== null && other.lon !== null;
  const far = placed ? metres(row, other) : null;
  const same = other.area === row.area;
  const near = far !== null && far <= NEAR_METRES;
  if (same || near || (home && home === community(other.area) && apart <= NEAR_MS))
    return { other, same, far, apart };
  return null;
}

/** Format the distance, or the common area if there are no coordinates. */
const distance = (far, same) => {
  if (far !== null) return t("requests.metres", { n: number(Math.round(far / 10) * 10) });
  return t(same ? "requests.same_area" : "requests.same_community");
};

/** Return possible duplicates of a request, nearest in time first. */
export function duplicates(row) {
  const home = community(row.area);
  return requests.value
    .map((other) => nearness(row, other, home))
    .filter(Boolean)
    .sort((a, b) => a.apart - b.apart);
}

/** List of possible duplicates, with buttons to merge. */
export function Nearby({ row }) {
  const found = duplicates(row);
  if (!found.length) return html`<p class="muted">${t("requests.nearby_none")}</p>`;
  return html`<ul class="nearby">${found.slice(0, MOST).map(
    ({ other, same, far, apart }) => html`<li key=${other.request}>
      <a class="mono" href=${href("requests", { id: other.request, query: route.value.query })}>
        ${requestName(other)}</a>
      <${Priority} value=${other.priority} short /><span><${What} row=${other} /></span><${State}
          domain="request_state" value=${other.state} />
      <span class="muted nearby-how">
        ${distance(far, same)}
        · ${t("requests.apart", { span: span(apart) })} · ${since(other.opened_at)}</span>
      ${
        mayOpen("merge") &&
        html`<button type="button" class="button button-plain" onClick=${() => {
          panel.value = { kind: "merge", ids: [row.request, other.request] };
        }}
        aria-label=${t("requests.merge_with", { id: requestName(other) })}>${t("requests.merge")}</button>`
      }</li>`,
  )}
    ${
      found.length > MOST &&
      html`<li class="muted">${t("requests.nearby_more", { n: found.length - MOST })}
      </li>`
    }</ul>`;
}
