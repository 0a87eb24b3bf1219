// What stands beside a station: its last days, and what it is short of or has too much of.

import { number, t, word } from "../i18n.js";
import { coded } from "../institution/show.js";
import { both } from "../people/both.js";
import { Card, Sheets } from "../people/card.js";
import { print } from "../people/print.js";
import { html } from "../preact.js";
import { Icon } from "../ui.js";

const SHOWN = 7;

/** Return the live status of a row: what was said last, unless it has expired. A row as of an instant says so
 * by itself. */
export const shownStatus = (row, source) => {
  const over = !source?.at && row.status_until && Date.parse(row.status_until) <= Date.now();
  return row.status && !over ? row.status : "unknown";
};

/** The days of a station, the newest first. */
export const daysOf = (key, source) =>
  [...source.rows("station_days").values()]
    .filter((day) => day.station === key)
    .sort((a, b) => (a.day < b.day ? 1 : -1));

/** The last days: uses, and the most people that were there. */
export function Days({ row, source }) {
  const days = daysOf(row.station, source).slice(0, SHOWN);
  if (days.length === 0) return html`<p class="muted">${t("stations.no_days")}</p>`;
  return html`<ul class="folk-lines">${days.map(
    (day) =>
      html`<li key=${day.day}>${t("stations.day", { day: day.day, n: number(day.uses) })}${
        day.most_present === null ? "" : ` ${t("stations.most", { n: number(day.most_present) })}`
      }</li>`,
  )}</ul>`;
}

/** The code at the door, to be printed: whoever scans it with the courier's page records a use. */
export function Door({ row }) {
  const card = {
    kind: "station",
    key: row.station,
    id: row.station,
    name: row.name,
    sign: row.station,
    sort: both("people.card_station"),
    above: row.address ?? "",
  };
  return html`<${Card} card=${card} /><button type="button" class="button"
    onClick=${() => print(html`<${Sheets} cards=${[card]} size="poster" />`)}><${Icon} name="print" />
    ${t("stations.door_print")}</button>`;
}

/** Its open needs, the most urgent first. */
export function Needs({ row, source }) {
  const needs = [...source.rows("needs").values()]
    .filter((one) => one.station === row.station && one.state === "open")
    .sort((a, b) => a.priority - b.priority || (a.item < b.item ? -1 : 1));
  if (needs.length === 0) return html`<p class="muted">${t("stations.no_needs")}</p>`;
  return html`<ul class="folk-lines">${needs.map(
    (one) =>
      html`<li key=${one.need}>${word("need_side", one.side)} ${coded("need_item", one.item)}${
        one.quantity === null ? "" : ` ${number(one.quantity)}`
      } · ${t("stations.priority_of", { n: one.priority })}</li>`,
  )}</ul>`;
}
