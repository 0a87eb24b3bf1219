// People against places: a bar for each station of which both are known, the fullest first.

import { number, t } from "../i18n.js";
import { html } from "../preact.js";

/** Rows with people and places, each with its share, the fullest first. */
export function occupied(rows) {
  const known = rows.flatMap((row) => {
    const places = row.beds ?? row.seats;
    return row.present === null || !places ? [] : [{ row, places, share: row.present / places }];
  });
  return known.sort((a, b) => b.share - a.share || (a.row.name < b.row.name ? -1 : 1));
}

export default function Occupancy({ rows, open }) {
  const found = occupied(rows);
  if (found.length === 0) return html`<p class="muted">${t("stations.no_occupancy")}</p>`;
  const said = ({ row, places, share }) =>
    t("stations.of_places", {
      n: number(row.present),
      of: number(places),
      percent: number(Math.round(share * 100)),
    });
  return html`<ul class="station-bars">${found.map(
    ({ row, places, share }) =>
      html`<li key=${row.station}><button type="button" class="station-link"
        onClick=${() => open(row.station)}>${row.name}</button>
      <progress max="1" value=${Math.min(1, share)} aria-label=${row.name}></progress>
      <span>${said({ row, places, share })}</span></li>`,
  )}</ul>`;
}
