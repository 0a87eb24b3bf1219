// The quarterly comparison: units with numerator and denominator, each figure opening to its rows. Small ones
// are marked and not ranked, and no data are no share. Another date stands beside it if asked for, and opens
// to its rows as well. The board is printed, and saved as a workbook.

import { get, query } from "../api.js";
import { lang, number, t } from "../i18n.js";
import { instantOf } from "../institution/rows.js";
import { fromLocal, toLocal } from "../localtime.js";
import { ask, asked } from "../people/parts.js";
import { PaperHead, print } from "../people/print.js";
import { saidPost, unitName } from "../posts/posts.js";
import { html, useState } from "../preact.js";
import { href } from "../router.js";
import { live, place } from "../store.js";
import { localDate, now, stamp } from "../time.js";
import { ErrorNote, Field, Icon, Loading, useLoaded } from "../ui.js";
import { percent } from "./parts.js";

export default function Board({ source, all }) {
  const [area] = asked("area");
  const [day] = asked("before");
  const { jurisdiction } = live.peek();
  const params = {
    area,
    at: source.at ?? undefined,
    before: day ? (instantOf(day, toLocal(now.peek()), fromLocal) ?? undefined) : undefined,
  };
  const load = () => get(`/${jurisdiction}/undertakings/board`, params);
  const { data, problem, reload } = useLoaded(load, [JSON.stringify(params), source.at === null && all]);
  const file = query({ ...params, headings: lang.value });
  return html`<div class="ledger-funnel"><div class="completeness-tools">
    <${Field} label=${t("undertakings.before")} hint=${t("undertakings.before_hint")}>
      ${(attributes) => html`<input type="date" ...${attributes} value=${day ?? ""}
        max=${localDate(source.at ?? now.peek())}
        onChange=${(event) => ask({ before: [event.currentTarget.value].filter(Boolean) })} />`}
    </${Field}>
      <a class="button" download href=${`/api/v1/${jurisdiction}/undertakings/board.xlsx${file}`}><${Icon}
        name="download" />${t("undertakings.workbook")}</a>
      <button type="button" class="button" disabled=${!data}
        onClick=${() => print(html`<${Sheet} data=${data} source=${source} />`)}><${Icon}
        name="print" />${t("ui.print")}</button></div>
    <${ErrorNote} problem=${problem} retry=${reload} />
    ${!data && !problem && html`<${Loading} />`}
    ${data && html`<${Units} data=${data} source=${source} /><${Late} data=${data} />`}</div>`;
}

function Units({ data, source }) {
  const [open, setOpen] = useState(/** @type {{unit: string, key: string} | null} */ (null));
  const caption = t("undertakings.quarter_since", { day: data.quarter });
  if (data.units.length === 0) return html`<p class="muted">${t("undertakings.none")}</p>`;
  return html`<section><h2>${t("undertakings.board")}</h2><p class="muted">${caption}</p>
    <div class="completeness-scroll" tabindex="0" role="region" aria-label=${t("undertakings.board")}>
    <table class="table unit-board"><thead><tr>${["rank", "unit", "in_time", "due_now", "share"].map(
      (key) =>
        html`<th scope="col" class=${key !== "unit" && "number"} key=${key}>${t(`undertakings.${key}`)}</th>`,
    )}${
      data.before &&
      html`<th scope="col" class="number">${t("undertakings.share_before")}</th>
        <th scope="col" class="number">${t("undertakings.change")}</th>`
    }${["open", "overdue_n"].map(
      (key) => html`<th scope="col" class="number" key=${key}>${t(`undertakings.${key}`)}</th>`,
    )}</tr></thead><tbody>${data.units.map((one) => {
      const shown = open?.unit === one.unit ? open.key : null;
      const toggle = (key) => setOpen(shown === key ? null : { unit: one.unit, key });
      return html`<tr key=${one.unit}>
        <td class="number">${one.now.rank ?? "–"}</td>
        <th scope="row"><bdi>${unitName(one.unit, source)}</bdi>${
          one.now.small && html` <small class="muted">${t("undertakings.small")}</small>`
        }</th>
        <td class="number"><${Figure} n=${one.now.in_time} shown=${shown === "done_in_time"}
          label=${t("undertakings.in_time")} toggle=${() => toggle("done_in_time")} /></td>
        <td class="number"><${Figure} n=${one.now.due} shown=${shown === "due"}
          label=${t("undertakings.due_now")} toggle=${() => toggle("due")} /></td>
        <td class="number">${percent(one.now.share)}</td>
        ${
          data.before &&
          html`<td class="number">${percent(one.before.share)} (<${Figure} n=${one.before.in_time}
            shown=${shown === "before_in_time"} label=${t("undertakings.in_time_before")}
            toggle=${() => toggle("before_in_time")} />/<${Figure} n=${one.before.due}
            shown=${shown === "before_due"} label=${t("undertakings.due_before")}
            toggle=${() => toggle("before_due")} />)${
              one.before.small && html` <small class="muted">${t("undertakings.small")}</small>`
            }</td><td class="number">${pointsOf(one)}</td>`
        }
        <td class="number"><a href=${of(one.unit, { state: ["open"] }, source)}>${number(
          one.counts.open,
        )}</a></td>
        <td class="number"><a class=${one.counts.overdue ? "late" : ""}
          href=${of(one.unit, { overdue: ["true"] }, source)}>${number(one.counts.overdue)}</a></td></tr>
        ${
          shown && html`<tr><td colspan="9"><${Rows} keys=${rowsOf(one, shown)} source=${source} /></td></tr>`
        }`;
    })}</tbody></table></div></section>`;
}

/** Return the address of a unit's rows in the list, at the date of the board. */
const of = (unit, more, source) =>
  href("undertakings", { query: { unit: [unit], ...more, ...(source.at !== null && { at: asked("at") }) } });

/** Return by how many points of a hundred a share rose; nothing where one of both has no data. */
export const pointsOf = ({ now: { share }, before }) =>
  share === null || before.share === null
    ? ""
    : number((share - before.share) * 100, { signDisplay: "exceptZero", maximumFractionDigits: 1 });

/** Return the rows behind a figure: of the numerator, or of the denominator. */
export const rowsOf = (line, key) =>
  ({
    done_in_time: () => line.done_in_time,
    due: () => [...line.done_in_time, ...line.not_in_time],
    before_in_time: () => line.before_in_time,
    before_due: () => [...line.before_in_time, ...line.before_not_in_time],
  })[key]();

const Figure = ({ n, shown, label, toggle }) =>
  n === 0
    ? html`0`
    : html`<button type="button" class="link" aria-expanded=${String(shown)}
      aria-label=${`${label} ${number(n)}`} onClick=${toggle}>${number(n)}</button>`;

const Rows = ({ keys, source }) =>
  html`<ul class="folk-lines">${keys.map(
    (key) =>
      html`<li key=${key}><a href=${href("undertakings", { id: key })}><bdi>${
        source.rows("undertakings").get(key)?.title ?? key
      }</bdi></a></li>`,
  )}</ul>`;

const went = (level) => t("difficulties.level_n", { n: level });

/** What is overdue, by name. */
function Late({ data }) {
  if (data.overdue.length === 0) return html`<p class="muted">${t("undertakings.nothing_overdue")}</p>`;
  return html`<section><h2>${t("undertakings.overdue_by_name")}</h2>
    <ol class="folk-lines">${data.overdue.map(
      (one) => html`<li key=${one.undertaking}><a href=${href("undertakings", { id: one.undertaking })}>${
        one.title
      }</a><span>${[one.step, saidPost(one.post_name)].filter(Boolean).join(" · ")}${
        one.vacant && html` <span class="late">${t("difficulties.vacant")}</span>`
      }</span><span class="late">${t("undertakings.days_over", { n: number(one.days) })}</span>
      ${one.level > 0 && html`<span class="muted">${went(one.level)}</span>`}</li>`,
    )}</ol>${data.more && html`<p class="muted">${t("undertakings.more")}</p>`}</section>`;
}

const shareOf = (one) => `${percent(one.share)} (${one.in_time}/${one.due})`;

/** The printed board: what it shows, without what opens. */
function Sheet({ data, source }) {
  const columns = [
    "rank",
    "unit",
    "share",
    ...(data.before ? ["share_before", "change"] : []),
    "open",
    "overdue_n",
  ];
  const dates = [data.at, data.before].filter(Boolean).map((one) => stamp(one));
  const cells = (one) => ({
    rank: one.now.rank ?? "–",
    unit: `${unitName(one.unit, source)}${one.now.small ? ` · ${t("undertakings.small")}` : ""}`,
    share: shareOf(one.now),
    share_before: one.before && shareOf(one.before),
    change: one.before && pointsOf(one),
    open: number(one.counts.open),
    overdue_n: number(one.counts.overdue),
  });
  return html`<${PaperHead} title=${`${place.value?.name ?? ""} · ${t("undertakings.as_board")}`}
      lines=${[
        t("undertakings.quarter_since", { day: data.quarter }),
        t("undertakings.as_of", { at: dates.join(" / "), position: number(data.position) }),
      ]} />
    <section class="paper-group"><table><thead><tr>${columns.map(
      (key) => html`<th key=${key}>${t(`undertakings.${key}`)}</th>`,
    )}</tr></thead><tbody>${data.units.map((one) => {
      const said = cells(one);
      return html`<tr key=${one.unit}>${columns.map((key) => html`<td key=${key}>${said[key]}</td>`)}</tr>`;
    })}</tbody></table></section>
    <section class="paper-group"><${Late} data=${data} /></section>`;
}
