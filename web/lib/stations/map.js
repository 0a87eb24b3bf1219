// The stations that match on a sketch, without a tile server: each where it is, with its status. The list has
// the same in words, and a tap opens one.

import { drawn } from "../../near/core.js";
import { number, t, word } from "../i18n.js";
import { html } from "../preact.js";
import { shownStatus } from "./parts.js";

/** Radius of a dot, of the square's 100. */
const DOT = 1.3;
const CHOSEN = 2.2;
const STATUSES = ["open", "full", "closed", "unknown"];

/** Return the stations with a place, each with where it is drawn and its status.
 * @param {any[]} rows
 * @param {any} source
 */
export function dots(rows, source) {
  const placed = rows.filter((row) => row.lat !== null && row.lon !== null);
  return drawn(placed).map(({ x, y }, index) => ({
    row: placed[index],
    x,
    y,
    status: shownStatus(placed[index], source),
  }));
}

export default function Sketch({ rows, source, open, id }) {
  const found = dots(rows, source);
  if (found.length === 0) return html`<p class="muted">${t("stations.no_places")}</p>`;
  const named = ({ row, status }) => `${row.name} · ${word("station_status", status)}`;
  const many = (status) => found.filter((one) => one.status === status).length;
  const radius = (one) => (one.row.station === id ? CHOSEN : DOT);
  const label = t("stations.map_of", { n: number(found.length) });
  return html`<figure class="station-map">
    <svg viewBox="0 0 100 100" role="img" aria-label=${label}>${found.map(
      (one) => html`<circle key=${one.row.station} cx=${one.x} cy=${one.y} r=${radius(one)}
        class=${`station-dot station-${one.status}`} onClick=${() => open(one.row.station)}>
        <title>${named(one)}</title></circle>`,
    )}</svg>
    <figcaption><ul class="station-key">${STATUSES.map(
      (
        status,
      ) => html`<li key=${status}><span class=${`station-mark station-${status}`} aria-hidden="true"></span>
        ${word("station_status", status)} ${number(many(status))}</li>`,
    )}</ul>${
      found.length < rows.length &&
      html`<p class="muted">${t("stations.without_place", { n: number(rows.length - found.length) })}</p>`
    }<p class="muted">${t("stations.map_note")}</p></figcaption></figure>`;
}
