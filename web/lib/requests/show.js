// Small components that show a request.

import { alertOf } from "../alerts.js";
import { number, t, word } from "../i18n.js";
import { html } from "../preact.js";
import { areas } from "../store.js";
import { now, since, span } from "../time.js";
import { Alert, classes, Icon } from "../ui.js";
import { placePath } from "./desk.js";

/** Whether all assignments are done and no offer is open, so that the request should be ended. */
const allDone = (row) => row.state === "in_progress" && row.live.length === 0 && row.offers.length === 0;

/** The alert of a request, or that it is untouched, or that all its assignments are done. */
export function Standing({ row }) {
  const alert = alertOf(row, now.value);
  const untouched = !row.touched && row.ended_at === null;
  if (allDone(row))
    return html`<span class="mark-untouched"><${Icon} name="done" />${t("requests.all_done")}</span>`;
  if (!alert)
    return untouched
      ? html`<span class="mark-untouched"><span class="mark-dot" aria-hidden="true"></span>
        ${t("requests.untouched")}</span>`
      : null;
  if (alert.kind === "untouched")
    return html`<${Alert} level=${alert.level}>${t("requests.untouched")}</${Alert}>`;
  return html`<${Alert} level=${alert.level}>
    ${t("requests.overdue", { age: span(now.value - alert.since) })}${
      untouched && html`<span> · ${t("requests.untouched")}</span>`
    }</${Alert}>`;
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
