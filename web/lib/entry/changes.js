// Rows of a sheet that contradict what people decided: the log stands, unless a row is accepted.

import { number, t, word } from "../i18n.js";
import { html } from "../preact.js";

/** Return how the service names a row: its line, of a workbook with the sheet. */
export const keyOf = ({ sheet, line }) => (sheet ? `${sheet}:${line}` : `${line}`);

/** Return the changes by row: [key, changes]. */
export function byRow(changes) {
  const rows = new Map();
  for (const one of changes) rows.set(keyOf(one), [...(rows.get(keyOf(one)) ?? []), one]);
  return [...rows];
}

const IN_ONE = 60;

/** Return the parameters that accept these rows, many lines in each: `["3,5", "People:4"]`. */
export function packed(keys) {
  const sheets = new Map();
  for (const key of keys) {
    const colon = key.lastIndexOf(":") + 1;
    const sheet = key.slice(0, colon);
    sheets.set(sheet, [...(sheets.get(sheet) ?? []), key.slice(colon)]);
  }
  return [...sheets].flatMap(([sheet, lines]) =>
    Array.from(
      { length: Math.ceil(lines.length / IN_ONE) },
      (_, n) => sheet + lines.slice(n * IN_ONE, (n + 1) * IN_ONE).join(","),
    ),
  );
}

/** Split `role: medic` into its field and value. */
export function told(text) {
  const at = text.indexOf(": ");
  return at < 0 ? { field: text, value: "" } : { field: text.slice(0, at), value: text.slice(at + 2) };
}

const said = (texts) =>
  texts.map((text) => {
    const { field, value } = told(text);
    const known = `entry.change_field.${field}`;
    const name = t(known) === known ? field : t(known);
    return html`<div>${name}${t("entry.change_is")}${value || t("entry.change_empty")}</div>`;
  });

/** The list of a preview. `accepted`: set of keys; `change` takes the new set. */
export const Changes = ({ differing, changes, accepted, change }) => {
  const toggle = (key) => {
    const now = new Set(accepted);
    if (!now.delete(key)) now.add(key);
    change(now);
  };
  const rows = byRow(changes);
  return html`<section class="import-questions import-changes">
    <h3>${t("entry.changes", { n: number(differing) })}</h3><p class="muted">${t("entry.changes_note")}</p>
    <div class="scroll-x" tabindex="0" role="region" aria-label=${t("entry.changes_label")}><table
      class="table import-table"><thead><tr><th scope="col">${t("people.line")}</th>
      <th scope="col">${t("entry.change_what")}</th><th scope="col">${t("entry.change_log")}</th>
      <th scope="col">${t("entry.change_sheet")}</th><th
        scope="col">${t("entry.change_accept")}</th></tr></thead>
    <tbody>${rows.map(
      ([key, found]) => html`<tr key=${key}><th scope="row">${key}</th>
      <td>${found.map((one) => html`<div>${word("command", one.row.split(" ")[0])}</div>`)}</td>
      <td>${found.map((one) => said(one.log))}</td><td>${found.map((one) => said(one.says))}</td>
      <td><input type="checkbox" name=${`accept-${key}`} checked=${accepted.has(key)}
        aria-label=${t("entry.change_accept_row", { line: key })} onChange=${() => toggle(key)} /></td></tr>`,
    )}</tbody></table></div>
    ${
      differing > rows.length &&
      html`<p class="muted">${t("entry.changes_more", { n: number(differing - rows.length) })}</p>`
    }</section>`;
};
