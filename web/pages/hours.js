// Hours per person and period, from the service, page by page. The filter is in the address.

import { get } from "../lib/api.js";
import { AreaBox } from "../lib/areabox.js";
import { called } from "../lib/called.js";
import { Export } from "../lib/export.js";
import { number, t, word } from "../lib/i18n.js";
import { ask, asked, Choice, collator, TeamLink, WorkerLink } from "../lib/people/parts.js";
import { html, useEffect, useMemo, useState } from "../lib/preact.js";
import { live, needing } from "../lib/store.js";
import { localDate, now, worked } from "../lib/time.js";
import { Empty, ErrorNote, Loading, useAction } from "../lib/ui.js";

const PERIODS = ["day", "week", "month", "total"];
const PAGE = 500;

const one = (name) => asked(name)[0] ?? "";

/** Return the filter as the service takes it. Default: this month, by person. */
function filter() {
  const today = localDate(now.peek());
  return {
    from: one("from") || `${today.slice(0, 7)}-01`,
    to: one("to") || today,
    by: one("by") || "total",
    area: one("area") || undefined,
    organisation: one("organisation") === "-" ? "" : one("organisation") || undefined,
    worker: one("worker") || undefined,
  };
}

/** Load the rows of a filter page by page. Rows of an older filter are never shown for a newer one. */
function useHours(params) {
  const key = JSON.stringify(params);
  const [found, setFound] = useState({ key: "", rows: [], next: null });
  const { busy, problem, run } = useAction();
  const load = async (rows, cursor) => {
    const { jurisdiction } = live.peek();
    const sort = params.by === "total" ? "-seconds" : undefined;
    const page = await run(() =>
      get(`/${jurisdiction}/hours`, { ...params, sort, limit: PAGE, cursor: cursor ?? undefined }),
    );
    if (page) setFound({ key, rows: [...rows, ...page.items], next: page.next });
  };
  useEffect(() => {
    load([], null);
  }, [key]);
  const mine = found.key === key;
  return {
    rows: mine ? found.rows : null,
    next: mine ? found.next : null,
    busy,
    problem,
    more: () => load(found.rows, found.next),
    again: () => load([], null),
  };
}

export default function Hours() {
  useEffect(() => needing("roster"), [live.value]);
  const params = filter();
  const hours = useHours(params);
  return html`<div class="folk hours"><header class="page-head"><h1>${t("page.hours")}</h1>
    <div class="toolbar"><${Export} view="hours" params=${params} personal /></div></header>
    <${Filters} params=${params} />
    <${ErrorNote} problem=${hours.problem} retry=${hours.again} />
    ${hours.rows ? html`<${Table} hours=${hours} by=${params.by} />` : !hours.problem && html`<${Loading} />`}
  </div>`;
}

function Filters({ params }) {
  const roster = live.value.rows("roster");
  const organisations = useMemo(
    () =>
      [...new Set([...roster.values()].map((row) => row.organisation).filter(Boolean))].sort(
        collator.value.compare,
      ),
    [roster, roster.size],
  );
  const day = (name) => html`<label class="hours-day">${t(`hours.${name}`)} <input type="date" required
    value=${params[name]} onChange=${(event) => ask({ [name]: event.currentTarget.value || undefined })}
    /></label>`;
  return html`<div class="toolbar hours-filters" role="group" aria-label=${t("ui.filter")}>
    ${day("from")}${day("to")}
    <${Choice} label=${t("hours.by")} value=${params.by} none=${t("hours.by.total")}
      change=${(by) => ask({ by: by || undefined })} codes=${PERIODS.slice(0, 3)}
      say=${(code) => t(`hours.by.${code}`)} />
    <${AreaBox} aria-label=${t("people.filter_area")} placeholder=${t("people.filter_area")}
      value=${one("area")} change=${(area) => ask({ area })} />
    <${Choice} label=${t("people.organisation")} none=${t("people.all_organisations")}
      value=${one("organisation")} change=${(organisation) => ask({ organisation })}
      codes=${["-", ...organisations]} say=${(code) => (code === "-" ? t("people.without") : code)} />
    ${
      one("worker") &&
      html`<span class="folk-tag">${called("worker", one("worker"))}
        <button type="button" class="button button-plain"
        onClick=${() => ask({ worker: undefined })}>${t("hours.everybody")}</button></span>`
    }</div>`;
}

function Table({ hours: { rows, next, more, busy }, by }) {
  if (rows.length === 0) return html`<${Empty} text=${t("hours.none")} />`;
  const total = rows.reduce((sum, row) => sum + row.seconds, 0);
  return html`<p class="folk-sums"><strong>${worked(total)}</strong>
      <span>${t(next ? "hours.sum_part" : "hours.sum", { n: number(rows.length) })}</span></p>
    <div class="hours-scroll" tabindex="0" role="region" aria-label=${t("page.hours")}>
    <table class="table hours-table"><thead><tr><th scope="col">${t("hours.worker")}</th>
      ${by !== "total" && html`<th scope="col">${t("hours.period")}</th>`}
      <th scope="col" class="number">${t("hours.time")}</th>
      <th scope="col" class="number">${t("hours.duties")}</th>
      <th scope="col">${t("people.role")}</th><th scope="col">${t("people.organisation")}</th>
      <th scope="col">${t("people.team")}</th></tr></thead>
    <tbody>${rows.map(
      (row) => html`<tr key=${row.key}><th scope="row"><${WorkerLink} id=${row.worker} /></th>
      ${by !== "total" && html`<td>${row.period}</td>`}
      <td class="number">${worked(row.seconds)}${
        row.ongoing && html` <span class="folk-tag">${t("people.still")}</span>`
      }</td>
      <td class="number">${number(row.duties)}</td>
      <td>${row.role && word("role", row.role)}</td><td>${row.organisation ?? ""}</td>
      <td>${row.team && html`<${TeamLink} id=${row.team} />`}</td></tr>`,
    )}</tbody></table></div>
    ${
      next &&
      html`<div class="toolbar"><button type="button" class="button" onClick=${more}
        aria-disabled=${busy ? "true" : undefined}>${t("ui.more")}</button></div>`
    }`;
}
