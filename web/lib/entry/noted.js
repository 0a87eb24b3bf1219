// What an import notes about rows that it takes: flawed credit codes, and rules that were overridden.

import { number, t } from "../i18n.js";
import { html } from "../preact.js";
import { reason } from "../refusals.js";
import { Icon } from "../ui.js";

/** The notes of a preview or of a table: how many rows, why, and in which lines. */
export function Noted({ noted, title = "entry.noted" }) {
  if (!noted?.length) return null;
  return html`<div class="import-noted"><p><${Icon} name="alert" /> ${t(title)}</p><ul>${noted.map(
    (one) =>
      html`<li>${t("entry.noted_row", {
        n: number(one.count),
        why: reason(one),
        lines: one.lines.map((line) => number(line)).join(t("entry.comma")),
        more: one.count > one.lines.length ? " …" : "",
      })}</li>`,
  )}</ul></div>`;
}
