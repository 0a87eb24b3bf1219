// The filters of the queue, each with the number of requests it would show.

import { alerts } from "../alerts.js";
import { number, t, word } from "../i18n.js";
import { html, useMemo } from "../preact.js";
import { param } from "../router.js";
import { PRIORITIES, UNFINISHED } from "../rules.js";
import { areas, incidents, requests } from "../store.js";
import { Icon } from "../ui.js";
import { AreaPick } from "./area.js";
import { LABELS } from "./columns.js";
import { element, panel, tasksOf, unitName } from "./desk.js";
import { ALERTS, ANY, clearFilters, filtered, passer, setFilter, tally, toggleFilter } from "./filter.js";

export function Filters({ queue, phone, cards }) {
  const { filters } = queue;
  const set = filtered(filters);
  const inner = html`<${Groups} queue=${queue} />`;
  return html`<div class="filters" role="search">
    <div class="filters-row">
      <label class="filters-text"><span class="visually-hidden">${t("requests.filter_text")}</span><${Icon}
          name="search" />
        <input type="search" class="filters-input" value=${param("q") ?? ""}
            placeholder=${t("requests.filter_text")} aria-keyshortcuts="/"
          onInput=${(event) => setFilter("q", event.currentTarget.value)}
          onKeyDown=${leaveOn} /></label>
      <${AreaPick} value=${filters.area} pick=${(area) => setFilter("area", area)}
          counts=${useAreaCounts(queue)} />
      ${
        incidents.value.length > 1 &&
        html`<select aria-label=${t("view.incidents")} value=${filters.incident[0] ?? ""}
          onChange=${(event) => setFilter("incident", event.currentTarget.value)}>
        <option value="">${t("requests.incident_all")}</option>
        ${incidents.value.map((one) => html`<option value=${one.incident}>${one.name}</option>`)}</select>`
      }
      ${
        filters.unit &&
        html`<span class="filters-unit">${t("requests.of_unit", { unit: unitName(unitRow(filters.unit)) })}
        <button type="button" class="button button-plain" onClick=${() => setFilter("unit", null)}
            aria-label=${t("requests.unit_all")}><${Icon} name="close" /></button>
        <button type="button" class="button" onClick=${() => giveAll(filters.unit)}>
          ${t("requests.reassign_all")}</button></span>`
      }
      ${cards && html`<${Sorting} queue=${queue} />`}
      ${
        set &&
        html`<button type="button" class="button button-plain" onClick=${clearFilters}>
        ${t("requests.filters_clear")}</button>`
      }
    </div>
    ${
      phone
        ? html`<details class="filters-more"><summary>${t("ui.filter")}</summary>${inner}
      </details>`
        : inner
    }
  </div>`;
}

/** A select of the order, for cards, which have no headings. */
function Sorting({ queue: { order, filters } }) {
  const keys = [
    filters.ended ? "ended" : "needs",
    "priority",
    "due",
    "age",
    "category",
    "area",
    "state",
    "slots",
    "id",
  ];
  const label = (key) => {
    const name = key.replace("-", "");
    return `${t(`requests.${LABELS[name] ?? name}`)} ${key.startsWith("-") ? "↓" : "↑"}`;
  };
  return html`<select aria-label=${t("requests.sort")} value=${`${order.down ? "-" : ""}${order.key}`}
      onChange=${(event) => setFilter("sort", event.currentTarget.value)}>
    ${keys
      .flatMap((key) => [key, `-${key}`])
      .map((key) => html`<option value=${key}>${label(key)}</option>`)}</select>`;
}

const unitRow = (unit) => [...tasksOf.value.values()].flat().find((row) => row.unit === unit) ?? { unit };

/** Open the panel that reassigns all live assignments of a unit. */
function giveAll(unit) {
  const rows = [...tasksOf.value.values()].flat().filter((row) => row.unit === unit && row.live);
  panel.value = { kind: "reassign", rows };
}

function leaveOn(event) {
  if (event.key === "Escape" || event.key === "Enter" || event.key === "ArrowDown") {
    event.preventDefault();
    element(".queue .grid-body")?.focus();
  }
}

/** Count the requests that each area would show, including areas inside it. */
function useAreaCounts({ filters, at, ofUnit }) {
  const source = requests.value;
  const tree = areas.value;
  return useMemo(() => {
    const counts = new Map();
    if (filters.ended) return counts;
    const passes = passer(filters, at, ofUnit, "area");
    for (const row of source) {
      if (!passes(row)) continue;
      for (const node of tree.path(row.area)) counts.set(node.area, (counts.get(node.area) ?? 0) + 1);
    }
    return counts;
  }, [source, tree, filters, at, ofUnit]);
}

function Groups({ queue }) {
  const { filters, at, ofUnit } = queue;
  const source = requests.value;
  const told = alerts.value;
  const counted = useMemo(
    () =>
      Object.fromEntries(
        ["alert", "state", "priority", "category"].map((name) => [
          name,
          tally(source, name, filters, at, ofUnit),
        ]),
      ),
    [source, filters, at, ofUnit, told],
  );
  const categories = [...new Set([...source.map((row) => row.category), ...filters.category])].sort();
  const kinds = ALERTS.filter((one) => one === ANY || counted.alert.get(one) || filters.alert.includes(one));
  return html`<div class="filters-groups">
    <${Group} name="alert" filters=${filters} counts=${counted.alert}
        values=${kinds}
        text=${(kind) => t(kind === ANY ? "requests.alert_any" : `alerts.${kind}`)} />
    <${Group} name="state" values=${[...UNFINISHED, "ended"]} filters=${filters} counts=${counted.state}
      text=${(state) => (state === "ended" ? t("requests.ended") : word("request_state", state))} />
    <${Group} name="priority" values=${PRIORITIES.map(String)} filters=${filters} counts=${counted.priority}
      text=${(value) => html`<b>${value}</b> ${word("priority", value)}`} />
    <${Group} name="category" values=${categories} filters=${filters} counts=${counted.category}
        text=${(value) => word("category", value)} />
  </div>`;
}

function Group({ name, values, filters, counts, text }) {
  const on = (value) => filters[name].includes(value) || (value === "ended" && filters.ended);
  return html`<div class="toggles" role="group" aria-label=${t(`requests.by_${name}`)}>${values.map(
    (value) => html`<button type="button" key=${value}
    class="toggle" aria-pressed=${on(value) ? "true" : "false"} onClick=${() => toggleFilter(name, value)}>
      ${text(value)}${
        value !== "ended" &&
        !filters.ended &&
        html`<span class="toggle-count">${number(counts.get(value) ?? 0)}</span>`
      }</button>`,
  )}</div>`;
}
