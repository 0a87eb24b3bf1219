// The rows behind one figure of the report: those it counts, which of them are new, and those that are gone.

import { get } from "../api.js";
import { number, t } from "../i18n.js";
import { asked } from "../people/parts.js";
import { html } from "../preact.js";
import { live } from "../store.js";
import { stamp } from "../time.js";
import { Dialog, Empty, ErrorNote, Loading, useLoaded } from "../ui.js";
import { amountOf, named, nameOf, pageOf } from "./parts.js";

/**
 * @param {{ figure: string, report: any, area: string | undefined, reveal: boolean | undefined,
 *   close: () => void }} props
 */
export function Opened({ figure, report, area, reveal, close }) {
  const { at, since, jurisdiction } = report;
  const { data, problem, reload } = useLoaded(
    () => get(`/${jurisdiction}/reports/institutions/rows`, { figure, at, since, area, reveal }),
    [live.value?.jurisdiction, figure, at, since, area, reveal],
  );
  const title = data
    ? `${named(data.figure.names)}: ${amountOf(data.figure, data.figure.value)}`
    : t("page.report");
  return html`<${Dialog} title=${title} close=${close} wide>
    <${ErrorNote} problem=${problem} retry=${reload} />
    ${data ? html`<${Found} data=${data} />` : !problem && html`<${Loading} />`}</${Dialog}>`;
}

function Found({ data: { figure, items, gone, more } }) {
  return html`<p>${named(figure.definition)}</p>
    <p class="report-position">${t("report.as_of", {
      at: stamp(figure.at),
      position: number(figure.position),
    })}</p>
    ${
      items.length
        ? html`<${Rows} rows=${items} label=${t("report.rows")} />`
        : html`<${Empty} text=${t("report.no_rows")} />`
    }
    ${more && html`<p class="note">${t("report.more", { n: number(figure.value - items.length) })}</p>`}
    ${gone.length > 0 && html`<${Gone} rows=${gone} />`}`;
}

const Gone = ({ rows }) =>
  html`<h3>${t("report.gone")}</h3><${Rows} rows=${rows} label=${t("report.gone")} />`;

function Rows({ rows, label }) {
  const at = asked("at")[0]?.slice(0, 10);
  const name = (row) => {
    const to = pageOf(row, at);
    return to ? html`<a href=${to}>${nameOf(row)}</a>` : nameOf(row);
  };
  const parted = rows.some((row) => row.part);
  return html`<div class="report-scroll" tabindex="0" role="region" aria-label=${label}>
    <table class="table"><thead><tr><th scope="col">${t("report.what")}</th>
    ${parted && html`<th scope="col">${t("report.list")}</th>`}
    <th scope="col">${t("report.area")}</th>
    <th scope="col">${t("report.since_when")}</th></tr></thead><tbody>${rows.map(
      (row) =>
        html`<tr key=${row.key}><th scope="row">${name(row)}${
          row.new && html` <span class="folk-tag">${t("report.new")}</span>`
        }<span class="report-definition">${row.key}</span></th>
          ${parted && html`<td>${row.part}</td>`}<td>${row.area_name}</td><td>${
            row.since ? stamp(row.since) : ""
          }</td></tr>`,
    )}</tbody></table></div>`;
}
