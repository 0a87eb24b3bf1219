// Importing a file: preview, progress and outcome.

import { BoundaryImport, isGeojson } from "../lib/entry/boundaries.js";
import { Changes, packed } from "../lib/entry/changes.js";
import { Noted } from "../lib/entry/noted.js";
import { left, Questions, written } from "../lib/entry/questions.js";
import {
  addsUp,
  begin,
  isOver,
  MOST_BYTES,
  mappings,
  preview,
  progress,
  recent,
  rejectsAddress,
  share,
  templateAddress,
} from "../lib/entry/upload.js";
import { lang, number, t, word } from "../lib/i18n.js";
import { html, useEffect, useRef, useState } from "../lib/preact.js";
import { reason } from "../lib/refusals.js";
import { href } from "../lib/router.js";
import { StartLine } from "../lib/start.js";
import { hasRight, live } from "../lib/store.js";
import { stamp } from "../lib/time.js";
import { classes, Empty, ErrorNote, Icon, Loading, useAction, useLoaded } from "../lib/ui.js";

const ASK_MS = 400;
const MEBI = 2 ** 20;
const TO = {
  areas: "overview",
  roster: "workers",
  "yichun-areas": "overview",
  sffd: "requests",
  "source-list": "comparison",
  "home-reports": "reporting",
  "service-records": "reporting",
  "units-and-posts": "posts",
  enterprises: "enterprises",
  reviews: "enterprises",
  chapters: "chapters",
  stations: "stations",
  "station-uses": "stations",
  visits: "visits",
  difficulties: "difficulties",
  undertakings: "undertakings",
  publications: "publications",
  "training-attendance": "sessions",
  "training-sessions": "sessions",
  leaders: "leaders",
  duties: "duties",
  nominations: "nominations",
};

/** Sort mappings: those with a template first, then by number of columns. */
const plainest = (known) =>
  [...known].sort((a, b) => b.template - a.template || a.columns.length - b.columns.length);
/** Return the heading of a column in the reader's language. */
const headingOf = (column) => column.headings[lang.value] ?? column.column;
const title = (mapping) => (mapping ? t(`entry.mapping.${mapping}`) : "");

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

function Seen({ seen, columns }) {
  const called = (name) => {
    const column = columns.find((one) => one.column === name);
    return column ? headingOf(column) : name;
  };
  const matched = seen.columns.filter((one) => one.matched).map((one) => one.column);
  const unused = seen.columns.filter((one) => !one.matched);
  const shown = matched.length ? matched : seen.columns.map((one) => one.column);
  const bad = seen.rows.filter((row) => row.reason).length;
  return html`<section class="import-seen"><h2>${t("entry.preview", {
    n: number(seen.rows.length),
    m: number(seen.total_rows),
  })}</h2>
    <p class="import-columns">${matched.map(
      (name) => html`<span class="import-column import-needed"><${Icon}
      name="done" />${name}</span> `,
    )}${unused.map(
      (one) => html`<span
      class="import-column import-unused">${one.column}<span
      class="visually-hidden"> ${t("entry.unused")}</span></span> `,
    )}</p>
    ${
      unused.length > 0 &&
      html`<p class="muted">${t("entry.unused_note", {
        names: unused.map((one) => one.column).join(t("entry.comma")),
      })}</p>`
    }
    ${
      seen.missing.length > 0 &&
      html`<p class="muted">${t("entry.missing_note", {
        names: seen.missing.map(called).join(t("entry.comma")),
      })}</p>`
    }
    ${
      bad > 0 &&
      html`<p class="note"><${Icon} name="alert"
      />${t("entry.preview_bad", { n: number(bad) })}</p>`
    }
    <div class="scroll-x" tabindex="0" role="region" aria-label=${t("entry.preview_label")}><table
      class="table import-table"><thead><tr><th
      scope="col">${t("people.line")}</th>${shown.map((name) => html`<th scope="col">${name}</th>`)}<th
      scope="col">${t("entry.would")}</th></tr></thead>
    <tbody>${seen.rows.map(
      (row) => html`<tr class=${row.reason ? "import-rejected" : ""}><th
      scope="row">${
        row.sheet && `${row.sheet} `
      }${row.line}</th>${shown.map((name) => html`<td>${row.cells[name] ?? ""}</td>`)}
      <td>${
        row.reason
          ? html`<strong><${Icon} name="alert"
        />${t("entry.would_reject", { reason: reason({ ...row, detail: row.reason }) })}</strong>`
          : row.commands.map(
              (one) => html`<span
        class="import-command-word">${said(one)}</span> `,
            )
      }</td></tr>`,
    )}</tbody></table></div></section>`;
}

/** Describe a command of a row. */
function said({ name, data }) {
  const about = name.startsWith("team.") ? data.team : name.startsWith("area.") ? data.area : "";
  return `${word("command", name)}${about ? ` ${about}` : ""}`;
}

function useProgress(id, ended) {
  const [row, setRow] = useState(null);
  const [problem, setProblem] = useState(null);
  useEffect(() => {
    let over = false;
    const ask = async () => {
      try {
        const found = await progress(id);
        if (over) return;
        setRow(found);
        setProblem(null);
        if (isOver(found)) {
          ended();
          return;
        }
      } catch (error) {
        if (error.code === undefined) throw error;
        if (over) return;
        setProblem(error);
        if (error.status === 404) return;
      }
      setTimeout(() => {
        if (!over) ask();
      }, ASK_MS);
    };
    ask();
    return () => {
      over = true;
    };
  }, [id]);
  return { row, problem };
}

function Progress({ id, file, mapping, expected, again, ended }) {
  const { row, problem } = useProgress(id, ended);
  const heading = useRef();
  const over = row && isOver(row);
  const page = TO[mapping] ?? "overview";
  useEffect(() => {
    heading.current?.focus();
  }, [over]);
  return html`<section class="import-desk"><h2 ref=${heading} tabindex="-1">${file.name} <span
    class="muted">${title(mapping)}</span></h2><${ErrorNote} problem=${problem} />
    ${
      !over &&
      html`<progress max="1" value=${row ? share(row, expected) : 0}
      aria-label=${t("entry.progress")}></progress>
      <p role="status">${
        !row || row.state === "reading"
          ? t("entry.reading", { n: number(row?.read ?? 0), m: number(expected ?? 0) })
          : t("entry.sending", { n: number(row.sent), m: number(row.total ?? 0) })
      }</p>`
    }
    ${
      over &&
      html`<${Outcome} row=${row} /><div
      class="form-actions">${
        row.state === "done" &&
        html`<a class="button button-main"
      href=${href(page)}>${t("entry.see", { page: t(`page.${page}`) })}</a>`
      }
      <button type="button" class="button" onClick=${again}>${t("entry.import_next")}</button>
        </div>`
    }</section>`;
}

function Outcome({ row }) {
  if (row.state === "failed")
    return html`<div class="note note-error" role="alert"><${Icon} name="alert" />
    <p>${t("entry.failed", { error: reason({ code: row.code, values: row.values, detail: row.error }) })}</p>
      </div>`;
  return html`<div role="status"><${Sums} row=${row}
    />${
      row.differing > 0 && html`<p class="muted">${t("entry.changes_left", { n: number(row.differing) })}</p>`
    }${row.notes.map(
      (note) =>
        html`<p class="muted">${t("entry.import_note", { command: note.command, note: reason(note) })}</p>`,
    )}<${Noted} noted=${row.tables.flatMap((one) => one.noted ?? [])} /></div>
    <${Rejects} row=${row} />`;
}

/** The equation rows = applied + known + skipped + rejected; without the skipped if there are none. */
const Sums = ({ row }) => html`<p class="equation import-sums"><span><b>${number(row.rows)}</b>
  <span>${t("entry.rows")}</span></span><span class="equation-sign">=</span><span>
  <b>${number(row.applied)}</b><span>${t("entry.applied")}</span></span>
  <span class="equation-sign">+</span><span><b>${number(row.known)}</b><span>${t("entry.known")}</span></span>
    ${
      row.skipped > 0 &&
      html`<span class="equation-sign">+</span><span><b>${number(row.skipped)}</b>
      <span>${t("entry.skipped")}</span></span>`
    }<span class="equation-sign">+</span><span class=${row.rejected > 0 ? "import-some" : ""}>
    <b>${number(row.rejected)}</b><span>${t("entry.rejected")}</span></span>
  <span class=${classes("ledger-law", !addsUp(row) && "ledger-wrong")}><${Icon}
    name=${addsUp(row) ? "done" : "alert"} />${
      addsUp(row) ? t("entry.adds") : t("entry.adds_not", { where: t("entry.rows") })
    }</span></p>`;

function Rejects({ row }) {
  if (!row.rejected) return null;
  const tables = row.tables.filter((one) => one.rejected > 0);
  return html`<p class="import-rejects">${t("entry.rejects_note")}${tables.map(
    (one, index) => html` <a class="button" download href=${rejectsAddress(row.import, index + 1)}><${Icon}
    name="download" />${t("entry.rejects", { n: number(one.rejected) })}${
      tables.length > 1 && ` ${one.sheet ?? index + 1}`
    }</a>`,
  )}</p>`;
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
