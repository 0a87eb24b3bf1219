// Person-times and hours by area and period, as of the date that the page is about.

import { all } from "../api.js";
import { Export } from "../export.js";
import { number, t } from "../i18n.js";
import { Paper } from "../institution/paper.js";
import { ask, asked, Choice } from "../people/parts.js";
import { print } from "../people/print.js";
import { html } from "../preact.js";
import { areas, live } from "../store.js";
import { worked } from "../time.js";
import { Empty, ErrorNote, Icon, Loading, useLoaded } from "../ui.js";

const PERIODS = ["week", "month", "quarter"];
const LEVELS = ["1", "2", "3", "4"];
const NUMBERS = ["people", "person_times", "hours", "asking", "planned"];
const PRINTED = {
  name: "reporting",
  columns: [
    { key: "area", kind: "area" },
    { key: "period" },
    ...NUMBERS.map((key) => ({ key, kind: "number" })),
  ],
};
const one = (name) => asked(name)[0];

/** The picture. */
export default function Sums({ source }) {
  const jurisdiction = live.value?.jurisdiction;
  const params = {
    by: one("by") ?? "total",
    level: one("level") ?? "3",
    ...(one("from") && { from: one("from") }),
    ...(one("to") && { to: one("to") }),
    ...(one("area") && { area: one("area") }),
    ...(source.at && { at: source.at }),
  };
  const load = () => all(jurisdiction, "service_sums", params);
  const { data, problem, reload } = useLoaded(load, [jurisdiction, JSON.stringify(params), source]);
  const rows = data?.items ?? [];
  const paper = () => html`<${Paper} institution=${PRINTED} source=${source} rows=${rows} />`;
  const day = (name) => html`<label class="institution-at">${t(`reporting.${name}`)} <input type="date"
    value=${one(name) ?? ""} onChange=${(event) => ask({ [name]: event.currentTarget.value || undefined })}
    /></label>`;
  return html`<div class="completeness"><div class="completeness-tools">
      <${Choice} label=${t("reporting.by")} value=${params.by} none=${t("reporting.by_total")}
        change=${(by) => ask({ by: by || undefined })} codes=${PERIODS}
        say=${(code) => t(`reporting.by_${code}`)} />
      <${Choice} label=${t("reporting.level")} value=${params.level} none=${t("level.0")}
        change=${(level) => ask({ level: level || "0" })} codes=${LEVELS}
        say=${(code) => t(`level.${code}`)} />
      ${day("from")}${day("to")}
      <${Export} view="service_sums" params=${params} />
      <button type="button" class="button" onClick=${() => print(paper())}><${Icon} name="print" />${t(
        "ui.print",
      )}</button></div>
    <${ErrorNote} problem=${problem} retry=${reload} />
    ${!data && !problem && html`<${Loading} />`}
    ${data && rows.length === 0 && html`<${Empty} text=${t("reporting.no_service")} />`}
    ${rows.length > 0 && html`<${Table} rows=${rows} />`}</div>`;
}

const Table = ({ rows }) => html`<div class="completeness-scroll" tabindex="0" role="region"
  aria-label=${t("reporting.as_sums")}><table class="table"><thead><tr>
    <th scope="col">${t("reporting.area")}</th><th scope="col">${t("reporting.period")}</th>
    ${NUMBERS.map((key) => html`<th scope="col" class="number" key=${key}>${t(`reporting.${key}`)}</th>`)}
  </tr></thead><tbody>${rows.map(
    (row) => html`<tr key=${row.key}><th scope="row">${areas.value.name(row.area)}</th>
    <td>${row.period}</td>
    ${NUMBERS.map(
      (key) =>
        html`<td class="number" key=${key}>${key === "hours" ? worked(row.seconds) : number(row[key])}</td>`,
    )}</tr>`,
  )}</tbody></table></div>`;
