// The printed list of requests: all that match the filters, not only visible rows.

import { number, t, word } from "../i18n.js";
import { html, render, useEffect, useRef } from "../preact.js";
import { areas, place } from "../store.js";
import { now, since, stamp } from "../time.js";
import { requestName } from "../urgency.js";
import { placePath } from "./desk.js";
import { ANY } from "./filter.js";
import { Standing } from "./show.js";

/** Container of the list. Empty except while the page is printed. */
export function Paper({ queue }) {
  const sheet = useRef();
  const shown = useRef(queue);
  shown.current = queue;
  useEffect(() => {
    // Keep the element: the reference is already empty when the cleanup runs.
    const box = sheet.current;
    const fill = () => render(html`<${Sheet} queue=${shown.current} />`, box);
    const clear = () => render(null, box);
    const media = matchMedia("print");
    const changed = () => (media.matches ? fill() : clear());
    addEventListener("beforeprint", fill);
    addEventListener("afterprint", clear);
    media.addEventListener("change", changed);
    return () => {
      removeEventListener("beforeprint", fill);
      removeEventListener("afterprint", clear);
      media.removeEventListener("change", changed);
      clear();
    };
  }, []);
  return html`<div class="list-paper" ref=${sheet}></div>`;
}

function criteria({ filters }) {
  return [
    filters.area && areas.value.name(filters.area),
    ...filters.state.map((one) => (one === "ended" ? t("requests.ended") : word("request_state", one))),
    ...filters.priority.map((one) => `${one} ${word("priority", one)}`),
    ...filters.category.map((one) => word("category", one)),
    ...filters.alert.map((one) => t(one === ANY ? "requests.alert_any" : `alerts.${one}`)),
    filters.unit,
    filters.text,
  ]
    .filter(Boolean)
    .join(" · ");
}

function Sheet({ queue }) {
  const what = t("requests.paper_of", { at: stamp(now.value), n: number(queue.matching.length) });
  const filters = criteria(queue);
  return html`<h1>${t("requests.paper_title", { place: place.value?.name ?? "" })}</h1>
    <p>${what}${filters && ` · ${filters}`}</p>
    ${
      queue.filters.ended &&
      queue.ended.next &&
      html`<p><strong>
      ${t("requests.paper_newest", { n: number(queue.ended.rows.length) })}</strong></p>`
    }
    <table><thead><tr><th>${t("requests.priority")}</th><th>${t("requests.alert")}</th><th>
      ${t("requests.opened")}</th><th>${t("requests.category")}</th><th>${t("requests.area")}</th>
      <th>${t("requests.state")}</th><th>${t("requests.slots")}</th><th>${t("requests.due")}</th><th>
        ${t("requests.id")}</th><th class="list-paper-note">${t("requests.paper_note")}</th></tr></thead>
    <tbody>${queue.matching.map(
      (
        row,
      ) => html`<tr><td>${row.priority} ${word("priority", row.priority)}</td><td><${Standing} row=${row} />
        </td>
      <td>${stamp(row.opened_at)} (${since(row.opened_at)})</td><td>
        ${word("category", row.category)}${row.quantity > 1 ? ` ×${row.quantity}` : ""}</td>
      <td>${
        placePath(row.area)
          .map((node) => node.name)
          .join(" › ") || row.area
      }</td><td>${word("request_state", row.state)}</td>
      <td>${row.taken}/${row.slots ?? "∞"}</td><td>${row.due_at ? stamp(row.due_at) : ""}</td><td>
        ${requestName(row)}</td><td></td></tr>`,
    )}</tbody></table>`;
}
