// The preview of a sheet: its first rows and what becomes of them.

import { lang, number, t, word } from "../i18n.js";
import { html } from "../preact.js";
import { reason } from "../refusals.js";
import { Icon } from "../ui.js";

/** Return the heading of a column in the reader's language. */
export const headingOf = (column) => column.headings[lang.value] ?? column.column;
export function Seen({ seen, columns }) {
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
