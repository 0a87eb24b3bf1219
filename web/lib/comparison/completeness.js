// Completeness: entries of each list by state, also by county and trade, at a date and since another one.
// Each number leads to its rows.

import { all } from "../api.js";
import { Export } from "../export.js";
import { number, t } from "../i18n.js";
import { Paper } from "../institution/paper.js";
import { instantOf } from "../institution/rows.js";
import { coded } from "../institution/show.js";
import { fromLocal } from "../localtime.js";
import { ask, asked } from "../people/parts.js";
import { print } from "../people/print.js";
import { html } from "../preact.js";
import { href, route } from "../router.js";
import { areas, live } from "../store.js";
import { day, localDate, now } from "../time.js";
import { Empty, ErrorNote, Icon, Loading, useLoaded } from "../ui.js";

const BY = ["list", "area", "trade"];
const MATCHED = ["code", "verdict"];
const STATES = ["names", "candidate", "missing"];
const percent = (share) =>
  share === null || share === undefined
    ? t("word.none")
    : number(share, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** Return the instant that an address asks to compare with, or null. */
const sinceOf = () => instantOf(asked("since")[0], `${localDate(now.peek())}T00:00`, fromLocal);

/** The printed list: each line says what it counts. */
const PRINTED = {
  name: "comparison",
  columns: [
    { key: "list", of: (row) => row.title },
    { key: "of", of: (row) => partOf(row) },
    { key: "edition", kind: "date" },
    ...["entries", "matched"].map((key) => ({ key, kind: "number" })),
    { key: "share", kind: "share" },
    ...STATES.map((key) => ({ key: `entry_${key}`, kind: "number", of: (row) => row[key] })),
    { key: "change", of: (row) => (row.since ? change(row) : null) },
  ],
};

/** Return what a line counts: the whole list, or its part in a county or trade. */
const partOf = (row) =>
  row.by === "list"
    ? t("comparison.whole")
    : row.by === "area"
      ? areas.value.name(row.area)
      : coded("trade", row.trade);

/** The picture. */
export default function Completeness({ source }) {
  const jurisdiction = live.value?.jurisdiction;
  const since = sinceOf();
  const params = { ...(source.at && { at: source.at }), ...(since && { since }) };
  const load = () => all(jurisdiction, "completeness", params);
  const { data, problem, reload } = useLoaded(load, [jurisdiction, source.at, since, source]);
  const rows = data?.items ?? [];
  const paper = () => html`<${Paper} institution=${PRINTED} source=${source} rows=${rows} />`;
  return html`<div class="completeness"><div class="completeness-tools">
      <label class="institution-at">${t("comparison.since")}
      <input type="date" max=${localDate(now.value)} value=${asked("since")[0] ?? ""}
        onChange=${(event) => ask({ since: event.currentTarget.value || undefined })} /></label>
      <${Export} view="completeness" params=${params} />
      <button type="button" class="button" onClick=${() => print(paper())}><${Icon} name="print" />${t(
        "ui.print",
      )}</button></div>
    <${ErrorNote} problem=${problem} retry=${reload} />
    ${!data && !problem && html`<${Loading} />`}
    ${data && rows.length === 0 && html`<${Empty} text=${t("comparison.no_lists")} />`}
    ${BY.map((by) => {
      const mine = rows.filter((row) => row.by === by);
      return mine.length > 0 && html`<${Table} key=${by} by=${by} rows=${mine} changes=${since !== null} />`;
    })}</div>`;
}

function Table({ by, rows, changes }) {
  return html`<section><h2>${t(`comparison.by_${by}`)}</h2>
    <div class="completeness-scroll" tabindex="0" role="region" aria-label=${t(`comparison.by_${by}`)}>
    <table class="table"><thead><tr>
      ${by !== "list" && html`<th scope="col">${t(`comparison.${by}`)}</th>`}
      <th scope="col">${t("comparison.list")}</th>
      ${by === "list" && html`<th scope="col">${t("comparison.edition")}</th>`}
      <th scope="col" class="number">${t("comparison.entries")}</th>
      <th scope="col" class="number">${t("comparison.matched")}</th>
      <th scope="col" class="number">${t("comparison.share")}</th>
      ${STATES.map(
        (state) => html`<th scope="col" class="number" key=${state}>${t(`entry_state.${state}`)}</th>`,
      )}
      ${changes && html`<th scope="col" class="number">${t("comparison.change")}</th>`}</tr></thead>
      <tbody>${rows.map((row) => html`<${Line} key=${row.key} by=${by} row=${row} changes=${changes} />`)}
      </tbody></table></div></section>`;
}

function Line({ by, row, changes }) {
  return html`<tr>
    ${by !== "list" && html`<th scope="row">${partOf(row)}</th>`}
    <td class="completeness-title">${row.title}</td>
    ${by === "list" && html`<td>${day(row.edition)}</td>`}
    <td class="number"><${Opens} row=${row}>${number(row.entries)}</${Opens}></td>
    <td class="number"><${Opens} row=${row} states=${MATCHED}>${number(row.matched)}</${Opens}></td>
    <td class="number"><span class="completeness-share" style=${`--share: ${row.share ?? 0}`}>${percent(
      row.share,
    )}</span></td>
    ${STATES.map(
      (state) =>
        html`<td class="number" key=${state}><${Opens} row=${row} states=${[state]}>${number(
          row[state],
        )}</${Opens}></td>`,
    )}
    ${changes && html`<td class="number">${change(row)}</td>`}</tr>`;
}

/** A number that leads to its rows. */
function Opens({ row, states, children }) {
  const { at } = route.value.query;
  const query = { source_list: row.source_list, state: states, area: row.area, trade: row.trade, at };
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value ?? false));
  return html`<a href=${href("comparison", { query: given })}>${children}</a>`;
}

const signed = (value, options = {}) => number(value, { signDisplay: "exceptZero", ...options });

/** Say how many more are matched, and by how many points of a hundred the share rose. */
function change(row) {
  const more = signed(row.matched - row.matched_before);
  if (row.share === null || row.share_before === null) return more;
  const points = signed((row.share - row.share_before) * 100, { maximumFractionDigits: 1 });
  return t("comparison.changed", { more, points });
}
