// An import that runs: its progress, then its sums and its rejected rows.

import { number, t } from "../i18n.js";
import { html, useEffect, useRef, useState } from "../preact.js";
import { reason } from "../refusals.js";
import { href } from "../router.js";
import { classes, ErrorNote, Icon } from "../ui.js";
import { Noted } from "./noted.js";
import { addsUp, isOver, progress, rejectsAddress, share } from "./upload.js";

const ASK_MS = 400;
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

export const title = (mapping) => (mapping ? t(`entry.mapping.${mapping}`) : "");

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

export function Progress({ id, file, mapping, expected, again, ended }) {
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
