// Small components that show a request.

import { alertsOf } from "../alerts.js";
import { number, t, word } from "../i18n.js";
import { html } from "../preact.js";
import { areas } from "../store.js";
import { hhmm, localDate, now, since, span, stamp } from "../time.js";
import { Alert, classes, Icon } from "../ui.js";
import { allDone } from "../urgency.js";
import { placePath, tasksOf, unitName } from "./desk.js";

/** The worst alert of a request in words and how many more it has, or that it is untouched, or all done. */
export function Standing({ row }) {
  const [alert, ...more] = row.ended_at === null ? alertsOf(row.request) : [];
  if (alert) {
    const age = span(now.value - Date.parse(alert.since));
    const others = more.map((one) => t(`alerts.${one.kind}`)).join(", ");
    return html`<span class="standing"><${Alert} level=${alert.level}>${t(`alerts.${alert.kind}`)}
      <span class="standing-age">${age}</span></${Alert}>${
        more.length > 0 &&
        html`<span class="standing-more" title=${others}>+${number(more.length)}<span
        class="visually-hidden"> ${others}</span></span>`
      }</span>`;
  }
  if (allDone(row))
    return html`<span class="mark-untouched"><${Icon} name="done" />${t("requests.all_done")}</span>`;
  return row.touched || row.ended_at !== null
    ? null
    : html`<span class="mark-untouched"><span class="mark-dot" aria-hidden="true"></span>
        ${t("requests.untouched")}</span>`;
}

/** The time by which a request is due, red once it has passed. */
export function Due({ row }) {
  if (!row.due_at) return html`<span class="faint">–</span>`;
  const late = row.ended_at === null && Date.parse(row.due_at) < now.value;
  return html`<time datetime=${row.due_at} title=${stamp(row.due_at)} class=${late && "due-late"}>${
    localDate(row.due_at) === localDate(now.value) ? hhmm(row.due_at) : stamp(row.due_at)
  }</time>`;
}

/** Slots, and who is on it or asked. */
export function Units({ row }) {
  const tasks = tasksOf.value.get(row.request) ?? [];
  const live = tasks.filter((task) => task.live);
  const names = [...new Set((live.length ? live : tasks).map(unitName))];
  return html`<${Slots} row=${row} /> <span class=${classes("units", !live.length && "muted")}
    title=${names.join(", ")}>${names.join(", ")}</span>`;
}

/** Age of a request. */
export const OpenedAgo = ({ row }) => html`<time datetime=${row.opened_at}>${since(row.opened_at)}</time>`;

/** Slots taken and needed, and the number of open offers. */
export function Slots({ row }) {
  const full = row.ended_at !== null || (row.slots !== null && row.taken >= row.slots);
  return html`<span class=${classes("slots", full && "slots-full")}>
    ${number(row.taken)}/${row.slots === null ? "∞" : number(row.slots)}${
      row.slots === null && html`<span class="visually-hidden"> ${t("requests.open_ended")}</span>`
    }</span>${
      row.offers.length > 0 &&
      html` <span class="slots-asked" title=${t("requests.asked_n", { n: row.offers.length })}><${Icon}
        name="wait" />${number(row.offers.length)}<span
      class="visually-hidden"> ${t("requests.asked_n", { n: row.offers.length })}</span></span>`
    }`;
}

/** The name of an area, with its county and street. */
export function Place({ code, short }) {
  const path = placePath(code);
  const last = path.at(-1);
  if (!last) return html`<span title=${code}>${areas.value.name(code)}</span>`;
  const above = path
    .slice(0, -1)
    .map((node) => node.name)
    .join(" › ");
  return html`<span title=${path.map((node) => node.name).join(" › ")}>${last.name}${
    above && html` <span class="place-above">${short ? path[0].name : above}</span>`
  }</span>`;
}

/** Category, and quantity if more than one. */
export const What = ({ row }) =>
  html`${word("category", row.category)}${
    row.quantity > 1 ? html` <span class="muted">×${number(row.quantity)}</span>` : null
  }`;
