// The report of the institutions: R1 to R10 at a date, compared with an earlier one; each figure opens to its
// rows. Dates, area and the open figure are in the address.

import { get, query } from "../lib/api.js";
import { AreaBox } from "../lib/areabox.js";
import { lang, number, t } from "../lib/i18n.js";
import { instantOf } from "../lib/institution/rows.js";
import { fromLocal, toLocal } from "../lib/localtime.js";
import { ask, asked } from "../lib/people/parts.js";
import { PaperHead, print, printing } from "../lib/people/print.js";
import { html, useEffect, useRef, useState } from "../lib/preact.js";
import { Opened } from "../lib/report/opened.js";
import { amountOf, changeOf, heldBy, named, nameOf, percent } from "../lib/report/parts.js";
import { live, mayReveal, place } from "../lib/store.js";
import { localDate, now, stamp } from "../lib/time.js";
import { Empty, ErrorNote, Icon, Loading, useLoaded } from "../lib/ui.js";

/** Return a date of the address as an instant; an instant, as links from documents have it, stays one. */
function instant(name) {
  const [text] = asked(name);
  if (text?.length > 16) return text;
  return instantOf(text, toLocal(now.peek()), fromLocal) ?? undefined;
}

export default function Report() {
  const jurisdiction = live.value?.jurisdiction;
  const [revealed, setRevealed] = useState(false);
  const reveal = (revealed && mayReveal.value) || undefined;
  const scope = { at: instant("at"), since: instant("since"), area: asked("area")[0] || undefined, reveal };
  const [figure] = asked("figure");
  const found = useLoaded(
    () => get(`/${jurisdiction}/reports/institutions`, scope),
    [jurisdiction, scope.at, scope.since, scope.area, reveal],
  );
  const last = useRef(found.data);
  last.current = found.data;
  useEffect(() => printing(() => last.current && html`<${Sheet} report=${last.current} />`), []);
  const { data: report, problem } = found;
  return html`<div class="report"><header class="page-head"><h1>${t("page.report")}</h1>
      <${Tools} report=${report} scope=${scope} /></header>
    <${Dates} report=${report} />
    ${mayReveal.value && html`<${Reveal} on=${revealed} set=${setRevealed} />`}
    <${ErrorNote} problem=${problem} retry=${found.reload} />
    ${report ? html`<${Found} report=${report} again=${found.reload} />` : !problem && html`<${Loading} />`}
    ${
      figure &&
      report &&
      html`<${Opened} key=${figure} figure=${figure} report=${report} area=${scope.area} reveal=${reveal}
        close=${() => ask({ figure: undefined })} />`
    }</div>`;
}

function Tools({ report, scope }) {
  const params = { ...scope, language: lang.value };
  return html`<div class="toolbar"><a class="button" download
      href=${`/api/v1/${live.value?.jurisdiction}/reports/institutions.docx${query(params)}`}><${Icon}
      name="download" />${t("report.document")}</a>
    <button type="button" class="button" disabled=${!report}
      onClick=${() => print(html`<${Sheet} report=${report} />`)}><${Icon} name="print" />${t("ui.print")}
    </button></div>`;
}

/** Names in clear: on the page, in rows, on paper and in the document. Not in the address: it is recorded. */
const Reveal = ({ on, set }) =>
  html`<label class="report-reveal"><input type="checkbox" checked=${on}
    onChange=${(event) => set(event.currentTarget.checked)} /> ${t("report.reveal")}</label>`;

function Dates({ report }) {
  const today = localDate(now.value);
  const day = (name, value) => html`<label class="institution-at">${t(`report.${name}`)} <input type="date"
    max=${today} value=${value}
    onChange=${(event) => ask({ [name]: event.currentTarget.value || undefined })} /></label>`;
  return html`<div class="toolbar report-dates" role="group" aria-label=${t("ui.filter")}>
    ${day("at", asked("at")[0]?.slice(0, 10) ?? today)}
    ${day("since", asked("since")[0]?.slice(0, 10) ?? report?.since.slice(0, 10) ?? "")}
    <${AreaBox} aria-label=${t("people.filter_area")} placeholder=${t("people.filter_area")}
      value=${asked("area")[0] ?? ""} change=${(area) => ask({ area })} /></div>`;
}

const heading = (report) => t("report.head", { at: stamp(report.at), since: stamp(report.since) });

function Found({ report, again }) {
  const newer = !asked("at")[0] && (live.value?.state.value.position ?? 0) > report.position;
  return html`<p class="report-head">${heading(report)}
      <span class="report-position">${t("report.position", { position: number(report.position) })}</span>
      ${
        newer &&
        html`<button type="button" class="button button-plain" onClick=${again}>${t("report.again")}</button>`
      }</p>
    <div class="report-sections">${report.sections.map(
      (section) => html`<${Section} key=${section.section} section=${section} />`,
    )}</div>
    <section class="report-overdue tile"><header class="tile-head"><h2>${t("report.overdue")}</h2>
      <strong>${number(report.overdue_count)}</strong></header>
      <${Overdue} report=${report} /></section>`;
}

const COLUMNS = ["value", "before", "change", "share"];

function Section({ section }) {
  const title = `${section.section} ${named(section.names)}`;
  return html`<section class="tile report-section"><header class="tile-head"><h2>${title}</h2></header>
    ${section.empty ? html`<${Empty} text=${t("report.empty")} />` : html`<${Figures} section=${section} />`}
  </section>`;
}

function Figures({ section }) {
  return html`<div class="report-scroll" tabindex="0" role="region" aria-label=${named(section.names)}>
    <table class="table"><thead><tr><th scope="col">${t("report.figure")}</th>${COLUMNS.map(
      (one) => html`<th key=${one} scope="col" class=${`number report-${one}`}>${t(`report.${one}`)}</th>`,
    )}</tr></thead><tbody>${section.figures.map((one) => html`<${Line} key=${one.figure} one=${one} />`)}
    </tbody></table></div>`;
}

function Line({ one }) {
  const open = (event) => {
    event.preventDefault();
    ask({ figure: one.figure });
  };
  const asOf = t("report.as_of", { at: stamp(one.at), position: number(one.position) });
  return html`<tr class=${one.late && one.value ? "report-late" : undefined}><th scope="row">
    <a href=${one.address} title=${asOf} onClick=${open}>${named(one.names)}</a>
    <span class="report-definition">${named(one.definition)}</span></th>
    <td class="number report-value"><strong>${amountOf(one, one.value)}</strong></td>
    <td class="number report-before">${amountOf(one, one.before)}</td>
    <td class="number report-change">${changeOf(one)}</td>
    <td class="number report-share">${percent(one.share)}</td></tr>
    ${one.parts.map((part) => html`<${PartLine} key=${part.part} part=${part} />`)}`;
}

const dateOf = (edition) => (edition ? localDate(Date.parse(edition)) : t("report.no_edition"));
const editions = (part) => ({ edition: dateOf(part.edition), before: dateOf(part.edition_before) });

/** A part of a figure: one source list, with the source's own date. */
const PartLine = ({ part }) =>
  html`<tr class="report-part"><th scope="row">${part.name}
    <span class="report-definition">${t("report.edition", editions(part))}</span>
    </th><td class="number report-value">${number(part.value)}</td>
    <td class="number report-before">${number(part.before)}</td>
    <td class="number report-change">${changeOf(part)}</td>
    <td class="number report-share">${percent(part.share)}</td></tr>`;

function Overdue({ report }) {
  if (report.overdue.length === 0) return html`<${Empty} text=${t("report.nothing_overdue")} />`;
  const names = new Map(
    report.sections.flatMap(({ figures }) => figures.map((one) => [one.figure, named(one.names)])),
  );
  const more = report.overdue_count - report.overdue.length;
  return html`<div class="report-scroll" tabindex="0" role="region" aria-label=${t("report.overdue")}>
    <table class="table"><thead><tr>${["what", "figure", "due", "days", "owner", "area"].map(
      (key) => html`<th key=${key} scope="col" class=${key === "days" ? "number" : undefined}>
        ${t(`report.${key}`)}</th>`,
    )}</tr></thead><tbody>${report.overdue.map(
      (row) => html`<tr key=${`${row.figure} ${row.key}`}><th scope="row">${nameOf(row)}</th>
        <td>${names.get(row.figure)}</td><td>${row.due ? stamp(row.due) : ""}</td>
        <td class="number">${number(row.days ?? 0)}</td><td>${heldBy(row)}</td><td>${row.area_name}</td>
        </tr>`,
    )}</tbody></table></div>
    ${more > 0 && html`<p class="note">${t("report.more", { n: number(more) })}</p>`}`;
}

/** The printed report. */
const Sheet = ({ report }) =>
  html`<${PaperHead} title=${t("report.title", { name: place.value?.name ?? report.jurisdiction })}
      lines=${[heading(report), t("report.position", { position: number(report.position) })]} />
    ${report.sections.map(
      (section) => html`<section class="paper-group report-paper" key=${section.section}>
        <h2>${section.section} ${named(section.names)}</h2>
        ${section.empty ? html`<p>${t("report.empty")}</p>` : html`<${Figures} section=${section} />`}
      </section>`,
    )}
    <section class="paper-group report-paper"><h2>${t("report.overdue")}</h2>
      <${Overdue} report=${report} /></section>`;
