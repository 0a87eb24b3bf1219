// Uses of the stations that match, by hour of the day and by kind of service.

import { number, t } from "../i18n.js";
import { coded } from "../institution/show.js";
import { html } from "../preact.js";

const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour));

/** Sum the uses of days by hour and by service. */
export function usesOf(days) {
  /** @type {Record<string, number>} */
  const byHour = {};
  /** @type {Record<string, number>} */
  const byService = {};
  let all = 0;
  for (const day of days) {
    all += day.uses;
    for (const [hour, n] of Object.entries(day.by_hour)) byHour[hour] = (byHour[hour] ?? 0) + n;
    for (const [service, n] of Object.entries(day.by_service))
      byService[service] = (byService[service] ?? 0) + n;
  }
  return { all, byHour, byService };
}

const Bars = ({ lines, most }) =>
  html`<ul class="station-bars">${lines.map(
    ([name, n]) =>
      html`<li key=${name}><span>${name}</span><progress max=${most} value=${n} aria-label=${name}></progress>
      <span>${number(n)}</span></li>`,
  )}</ul>`;

export default function Uses({ rows, source }) {
  const keys = new Set(rows.map((row) => row.station));
  const { all, byHour, byService } = usesOf(
    [...source.rows("station_days").values()].filter((day) => keys.has(day.station)),
  );
  if (all === 0) return html`<p class="muted">${t("stations.no_uses")}</p>`;
  /** @type {[string, number][]} */
  const hours = HOURS.map((hour) => [`${hour.padStart(2, "0")}:00`, byHour[hour] ?? 0]);
  /** @type {[string, number][]} */
  const kinds = Object.entries(byService)
    .sort(([, a], [, b]) => b - a)
    .map(([code, n]) => [code ? coded("station_service", code) : t("stations.no_service"), n]);
  return html`<p>${t("stations.uses_all", { n: number(all) })}</p>
    <h2>${t("stations.by_hour")}</h2><${Bars} lines=${hours} most=${Math.max(...hours.map(([, n]) => n))} />
    <h2>${t("stations.by_service")}</h2>
    <${Bars} lines=${kinds} most=${Math.max(...kinds.map(([, n]) => n))} />`;
}
