// The route map: the steps of all undertakings in view, month by month.

import { instantOf } from "../alliance/difficulty.js";
import { t } from "../i18n.js";
import { html } from "../preact.js";
import { href } from "../router.js";
import { Day } from "./parts.js";

/** Return deadlines by month: [YYYY-MM, entries], the earliest first.
 *
 * @param {any[]} rows
 */
export function byMonth(rows) {
  const found = new Map();
  const add = (row, due, step, state) => {
    if (!due) return;
    const month = due.day.slice(0, 7);
    found.set(month, [...(found.get(month) ?? []), { row, due, step, state }]);
  };
  for (const row of rows) {
    for (const one of row.steps) if (one.state !== "dropped") add(row, one.due, one.step, one.state);
    if (row.state !== "withdrawn") add(row, row.due, null, row.state);
  }
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([month, some]) => [month, some.sort((a, b) => (a.due.ends < b.due.ends ? -1 : 1))]);
}

export default function Route({ source, rows }) {
  const at = instantOf(source);
  const months = byMonth(rows);
  if (months.length === 0) return html`<p class="muted">${t("undertakings.no_deadlines")}</p>`;
  return html`<div class="ledger-funnel">${months.map(
    ([month, some]) => html`<section key=${month}><h2><time datetime=${month}>${month}</time></h2>
      <ol class="folk-lines">${some.map(({ row, due, step, state }) => {
        const late = state === "open" && Date.parse(due.ends) <= at;
        return html`<li key=${`${row.undertaking}/${step ?? ""}`}><${Day} due=${due} late=${late} />
          <a href=${href("undertakings", { id: row.undertaking })}><bdi>${row.title}</bdi></a>
          <span class=${late ? "late" : "muted"}>${[
            step ?? t("undertakings.whole"),
            state === "done" && t("undertakings.is_done"),
            late && t("undertakings.overdue"),
          ]
            .filter(Boolean)
            .join(" · ")}</span></li>`;
      })}</ol></section>`,
  )}</div>`;
}
