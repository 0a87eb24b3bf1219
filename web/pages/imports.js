// Importing a file: preview, progress and outcome.

import { BoundaryImport, isGeojson } from "../lib/entry/boundaries.js";
import { Changes, packed } from "../lib/entry/changes.js";
import { Noted } from "../lib/entry/noted.js";
import { left, Questions, written } from "../lib/entry/questions.js";
import { Progress, title } from "../lib/entry/running.js";
import { headingOf, Seen } from "../lib/entry/seen.js";
import {
  begin,
  MOST_BYTES,
  mappings,
  preview,
  recent,
  rejectsAddress,
  templateAddress,
} from "../lib/entry/upload.js";
import { lang, number, t } from "../lib/i18n.js";
import { html, useRef, useState } from "../lib/preact.js";
import { StartLine } from "../lib/start.js";
import { hasRight, live } from "../lib/store.js";
import { stamp } from "../lib/time.js";
import { classes, Empty, ErrorNote, Icon, Loading, useAction, useLoaded } from "../lib/ui.js";

const MEBI = 2 ** 20;
/** Sort mappings: those with a template first, then by number of columns. */
const plainest = (known) =>
  [...known].sort((a, b) => b.template - a.template || a.columns.length - b.columns.length);
export default function Imports() {
  const known = useLoaded(() => (hasRight("import_files") ? mappings() : Promise.resolve([])), [live.value]);
  const past = useLoaded(() => (hasRight("import_files") ? recent() : Promise.resolve([])), [live.value]);
  if (!hasRight("import_files")) return html`<${Empty} text=${t("people.read_only")} />`;
  return html`<div class="entry imports"><${StartLine} /><header
    class="page-head"><h1>${t("page.imports")}</h1><p class="muted">${t("entry.import_what")}</p></header>
    <${ErrorNote} problem=${known.problem} retry=${known.reload} />
    ${
      known.data
        ? html`<${Desk} mappings=${plainest(known.data)} ended=${past.reload} />`
        : !known.problem && html`<${Loading} />`
    }
    <${Past} items=${past.data} problem=${past.problem} retry=${past.reload} /></div>`;
}

/** The import of one file. */
function Desk({ mappings: known, ended }) {
  const [file, setFile] = useState(null);
  const [seen, setSeen] = useState(null);
  const [mapping, setMapping] = useState("");
  const [started, setStarted] = useState(null);
  const [answers, setAnswers] = useState({});
  const [accepted, setAccepted] = useState(new Set());
  const { busy, problem, run, clear } = useAction();

  const take = async (chosen) => {
    if (!chosen || busy) return;
    clear();
    setStarted(null);
    setSeen(null);
    setFile(chosen);
    if (chosen.size > MOST_BYTES || isGeojson(chosen)) return;
    setAnswers({});
    setAccepted(new Set());
    const found = await run(() => preview(chosen));
    if (!found) return;
    setMapping(found.mapping);
    setSeen(found);
  };
  const change = async (name) => {
    setMapping(name);
    if (!file || file.size > MOST_BYTES) return;
    setSeen(null);
    setAnswers({});
    setAccepted(new Set());
    const found = await run(() => preview(file, name));
    if (found) setSeen(found);
  };
  const start = async () => {
    if (busy) return;
    const id = await run(() => begin(file, mapping, written(seen.questions, answers), packed(accepted)));
    if (id) setStarted(id);
  };
  const again = () => {
    setFile(null);
    setSeen(null);
    setStarted(null);
    clear();
  };
  if (started)
    return html`<${Progress} id=${started} file=${file} mapping=${mapping}
    expected=${seen?.total_rows} again=${again} ended=${ended} />`;
  if (file && isGeojson(file) && file.size <= MOST_BYTES)
    return html`<section class="import-desk"><${Choose} file=${file} take=${take} busy=${busy} />
      <${BoundaryImport} file=${file} again=${again} /></section>`;
  return html`<section class="import-desk"><${Choose} file=${file} take=${take} busy=${busy} />
    ${file && html`<${Mapping} known=${known} mapping=${mapping} change=${change} />`}
    ${file?.size > MOST_BYTES && html`<${TooLarge} file=${file} />`}
    <${Wrong} problem=${problem} known=${known} mapping=${mapping} />
    ${busy && !seen && html`<${Loading} />`}
    ${
      seen &&
      html`${
        seen.questions.length > 0 &&
        html`<${Questions} questions=${seen.questions} answers=${answers} change=${setAnswers} />`
      }${
        seen.differing > 0 &&
        html`<${Changes} differing=${seen.differing} changes=${seen.changes} accepted=${accepted}
        change=${setAccepted} />`
      }<${Noted} noted=${seen.noted} title="entry.would_note" />
      <${Seen} seen=${seen} columns=${known.find((one) => one.name === mapping)?.columns ?? []} />
      <div class="form-actions import-start"><button type="button" class="button button-main"
        onClick=${start} aria-disabled=${busy ? "true" : undefined}>
      <${Icon} name="upload" />${t("entry.import_start", { n: number(seen.total_rows) })}</button><button
        type="button" class="button" onClick=${again}>${t("entry.import_other")}</button>
      <span class="muted">${
        left(seen.questions, answers) > 0
          ? t("entry.unanswered", { n: number(left(seen.questions, answers)) })
          : t("entry.import_twice")
      }</span></div>`
    }
    ${!file && html`<${Known} known=${known} />`}</section>`;
}

function Choose({ file, take, busy }) {
  const [over, setOver] = useState(false);
  const input = useRef();
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return html`<label class=${classes("drop", over && "drop-over", file && "drop-small")}
    onDragOver=${(event) => {
      event.preventDefault();
      setOver(true);
    }} onDragLeave=${() => setOver(false)}
    onDrop=${drop}>
    <input ref=${input} class="visually-hidden" type="file"
      accept=".csv,.xlsx,.gz,.geojson,.json,text/csv" disabled=${busy}
      onChange=${(event) => {
        take(event.currentTarget.files[0]);
        event.currentTarget.value = "";
      }} />
    <${Icon} name="upload" /><span>${
      file
        ? html`<strong>${file.name}</strong> <span
      class="muted">${t("entry.kilobytes", { n: number(Math.ceil(file.size / 1024)) })}</span>`
        : html`<strong>${t("entry.drop")}</strong><small>${t("entry.drop_hint")}</small>`
    }</span>
    ${file && html`<span class="drop-change">${t("entry.import_other")}</span>`}</label>`;
}

const Mapping = ({ known, mapping, change }) => html`<fieldset class="entry-radios">
  <legend>${t("entry.mapping")}</legend><div>${known.map(
    (one) => html`<label class="entry-radio"><input
  type="radio" name="mapping"
  checked=${mapping === one.name} onChange=${() => change(one.name)} /><span>${title(one.name)}</span>
    </label>`,
  )}</div></fieldset>`;

/** What the columns of coded values take. */
const Taken = ({ columns }) => html`<details class="import-words"><summary>${t("entry.words")}</summary>
  <ul class="import-hints">${columns
    .filter((column) => column.words.length > 0)
    .map(
      (column) => html`<li><b>${headingOf(column)}</b> ${column.words.join(t("entry.comma"))}</li>`,
    )}</ul></details>`;

/** The columns of each mapping. */
const Known = ({ known }) => html`<section class="import-known"><h2>${t("entry.mappings")}</h2>
  <dl>${known.map(
    (one) =>
      html`<div><dt>${title(one.name)}</dt><dd>${one.columns.map(
        (column) => html`<span
  class=${classes("import-column", column.needed && "import-needed")}
    title=${[column.hints[lang.value], column.also.join(", ")].filter(Boolean).join(" · ")}>${headingOf(
      column,
    )}</span> `,
      )}${
        one.template &&
        html`<span class="import-templates">${["xlsx", "csv"].map(
          (format) => html`<a class="button" download href=${templateAddress(one.name, format)}><${Icon}
          name="download" />${t("entry.template", { format: format.toUpperCase() })}</a> `,
        )}</span><ul class="import-hints">${one.columns
          .filter((column) => column.hints[lang.value])
          .map((column) => html`<li><b>${headingOf(column)}</b> ${column.hints[lang.value]}</li>`)}</ul>
        ${one.columns.some((column) => column.words.length) && html`<${Taken} columns=${one.columns} />`}`
      }</dd></div>`,
  )}</dl><p
    class="muted">${t("entry.mappings_note")}</p></section>`;

function TooLarge({ file }) {
  const { jurisdiction } = live.value;
  const command = `muster import "${file.name}" --jurisdiction ${jurisdiction}`;
  return html`<div class="note note-error" role="alert"><${Icon} name="alert" />
    <p>${t("entry.too_large", { n: number(Math.ceil(file.size / MEBI)), most: MOST_BYTES / MEBI })}</p><code
    class="import-command">${command}</code></div>`;
}

function Wrong({ problem, known, mapping }) {
  if (!problem) return null;
  if (problem.code !== "import.column") return html`<${ErrorNote} problem=${problem} />`;
  const meant = mapping || problem.body.values?.mapping || "";
  const columns = known.find((one) => one.name === meant)?.columns ?? [];
  const also = (name) => (columns.find((one) => one.column === name)?.also ?? []).join(t("entry.comma"));
  const called = (name) => {
    const column = columns.find((one) => one.column === name);
    return column ? headingOf(column) : name;
  };
  return html`<div class="note note-error" role="alert"><${Icon} name="alert" /><div>
    <p>${t("entry.import_columns", { mapping: title(meant) })}</p>
    <ul class="import-missing">${problem.body.columns.map(
      (name) => html`<li><b>${called(name)}</b>
      ${also(name) && html` <span class="muted">${t("entry.import_also", { names: also(name) })}</span>`}
        </li>`,
    )}
    </ul><p>${t("entry.import_columns_do")}</p></div></div>`;
}

function Past({ items, problem, retry }) {
  if (problem) return html`<${ErrorNote} problem=${problem} retry=${retry} />`;
  if (!items?.length) return null;
  return html`<section class="import-past"><h2>${t("entry.imports_past")}</h2><div class="scroll-x"
    tabindex="0" role="region" aria-label=${t("entry.imports_past")}><table class="table"><thead><tr><th
    scope="col">${t("entry.started")}</th><th scope="col">${t("entry.file")}</th><th
    scope="col">${t("entry.mapping")}</th>
    <th scope="col">${t("people.state")}</th><th scope="col" class="number">${t("entry.rows")}</th><th
      scope="col" class="number">${t("entry.applied")}</th><th scope="col"
      class="number">${t("entry.known")}</th><th scope="col" class="number">${t("entry.rejected")}</th><th
      scope="col"></th></tr></thead>
    <tbody>${items.map(
      (row) => html`<tr key=${row.import}><td class="nowrap">${stamp(row.started_at)}</td>
      <td>${row.file}</td><td>${title(row.mapping)}</td><td>${t(`entry.import_state.${row.state}`)}</td>
      ${["rows", "applied", "known", "rejected"].map(
        (name) => html`<td
        class="number">${row[name] === null ? "" : number(row[name])}</td>`,
      )}
      <td>${
        row.rejected > 0 &&
        html`<a download
        href=${rejectsAddress(row.import)}>${t("entry.rejects_short")}</a>`
      }</td></tr>`,
    )}</tbody></table>
        </div></section>`;
}
