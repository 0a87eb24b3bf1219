// The printed list of an institution: all rows that match, with the filters that chose them.

import { number, t } from "../i18n.js";
import { asked } from "../people/parts.js";
import { PaperHead, printing } from "../people/print.js";
import { html, useEffect, useRef } from "../preact.js";
import { route } from "../router.js";
import { areas, place } from "../store.js";
import { now, stamp } from "../time.js";
import { pastText } from "./past.js";
import { wanted } from "./rows.js";
import { coded, said, say } from "./show.js";

/** Print what the page shows when the browser's own command prints. */
export function usePrinted(make) {
  const last = useRef(make);
  last.current = make;
  useEffect(() => printing(() => last.current()), []);
}

function criteria({ name, filters = [] }) {
  const query = route.value.query;
  const chosen = filters.flatMap((filter) => {
    const values = wanted(filter, query);
    if (values.length === 0) return [];
    const words = values.map((value) =>
      filter.kind === "area"
        ? areas.value.name(value)
        : filter.kind === "flag"
          ? t(`institution.${value}`)
          : coded(filter.domain, value),
    );
    return [t("institution.criterion", { what: say(name, filter.key), is: words.join(", ") })];
  });
  return [...chosen, asked("q")[0]].filter(Boolean);
}

/** The sheet. */
export function Paper({ institution, source, rows }) {
  const { name, columns } = institution;
  const when = source.at === null ? stamp(now.value) : pastText();
  const count = t("institution.rows", { n: number(rows.length) });
  return html`<${PaperHead} title=${`${place.value?.name ?? ""} · ${t(`page.${name}`)}`}
      lines=${[[when, count].join(" · "), criteria(institution).join(" · ")].filter(Boolean)} />
    <section class="paper-group"><table><thead><tr>${columns.map(
      (one) => html`<th>${say(name, one.key)}</th>`,
    )}</tr></thead><tbody>${rows.map(
      (row) => html`<tr>${columns.map((one) => html`<td>${said(one, row, source)}</td>`)}</tr>`,
    )}</tbody></table></section>`;
}
