// Coverage: the curve with a date slider, the facts behind each step, the tables of a date, and what would
// raise it most.

import { get, query } from "../api.js";
import { Lines } from "../chart.js";
import { lang, number, t } from "../i18n.js";
import { coded } from "../institution/show.js";
import { ask, asked } from "../people/parts.js";
import { PaperHead, print } from "../people/print.js";
import { html, useEffect, useRef, useState } from "../preact.js";
import { areas, live, place } from "../store.js";
import { localDate, now } from "../time.js";
import { ErrorNote, Icon, Loading, useLoaded } from "../ui.js";
import { Gaps, Steps } from "./opened.js";
import { daysBetween, everyDay } from "./rows.js";

const BY = ["area", "trade", "size", "route"];
/** Delay in ms after the slider's last move before its date goes into the address. */
const MOVED_MS = 250;
const percent = (share) =>
  share === null
    ? t("word.none")
    : number(share, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });

const noon = (date) => Date.parse(`${date}T12:00Z`) / 1000;
const yearBefore = (date) => daysBetween(date, date)[0].replace(/^\d+/, (year) => String(Number(year) - 1));

/** Return what a value is called in its division. */
function called(by, value) {
  if (value === "") return t("chapters.not_known");
  if (by === "area") return areas.value.name(value);
  if (by === "route") return t(`chapter_route.${value}`);
  return coded(by === "size" ? "size_class" : "trade", value);
}

/** The picture. */
export default function Coverage({ source }) {
  const jurisdiction = live.value?.jurisdiction;
  const [area] = asked("area");
  const [trade] = asked("trade");
  const today = localDate(now.value);
  const since = asked("since")[0] ?? yearBefore(today);
  const scope = { area: area || undefined, trade: trade || undefined };
  const position = source.at === null ? live.value?.state.value.position : 0;
  const key = [jurisdiction, area, trade];
  const at = source.at ?? undefined;
  const curve = useLoaded(
    () => get(`/${jurisdiction}/coverage/curve`, { since, until: today, ...scope }),
    [...key, since, today, position],
  );
  const found = useLoaded(() => get(`/${jurisdiction}/coverage`, { at, ...scope }), [...key, at, position]);
  const problem = curve.problem ?? found.problem;
  const retry = () => {
    curve.reload();
    found.reload();
  };
  const sheet = () => html`<${Sheet} found=${found.data} date=${asked("at")[0] ?? today} />`;
  const params = { at, ...scope, headings: lang.value };
  return html`<div class="coverage"><div class="coverage-tools">
      <label class="institution-at">${t("chapters.since")}
      <input type="date" max=${today} value=${since}
        onChange=${(event) => ask({ since: event.currentTarget.value || undefined })} /></label>
      <a class="button" download href=${`/api/v1/${jurisdiction}/coverage.xlsx${query(params)}`}><${Icon}
        name="download" />${t("chapters.workbook")}</a>
      <button type="button" class="button" disabled=${!found.data}
        onClick=${() => print(sheet())}><${Icon}
        name="print" />${t("ui.print")}</button></div>
    <${ErrorNote} problem=${problem} retry=${retry} />
    ${
      curve.data
        ? html`<${Drawn} curve=${curve.data} at=${asked("at")[0] ?? today} />`
        : !problem && html`<${Loading} />`
    }
    ${found.data && html`<${Tables} found=${found.data} />`}
    <${Gaps} scope=${scope} at=${at} source=${source} position=${position} />
    ${curve.data && html`<${Steps} curve=${curve.data} scope=${scope} source=${source} />`}</div>`;
}

/** The curve, the slider over it, and coverage at the end of the day chosen. */
function Drawn({ curve, at }) {
  const days = everyDay(curve);
  const place = Math.max(
    0,
    days.findIndex(({ day: one }) => one === at.slice(0, 10)),
  );
  const [chosen, setChosen] = useState(place);
  const timer = useRef(0);
  useEffect(() => setChosen(place), [place, days.length]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const move = (index) => {
    setChosen(index);
    clearTimeout(timer.current);
    const last = index === days.length - 1;
    timer.current = window.setTimeout(() => ask({ at: last ? undefined : days[index].day }), MOVED_MS);
  };
  const one = days[Math.min(chosen, days.length - 1)];
  const date = one.day;
  const said = t("chapters.at_date", {
    date,
    covered: number(one.covered),
    ledger: number(one.ledger),
    share: percent(one.share),
  });
  const left = `--at: ${days.length > 1 ? chosen / (days.length - 1) : 0}`;
  return html`<section class="coverage-curve" aria-label=${t("chapters.as_coverage")}>
    <p class="coverage-now" aria-live="polite"><strong>${percent(one.share)}</strong> <span>${said}</span></p>
    <div class="coverage-drawn" style=${left}><${Lines} label=${t("chapters.as_coverage")} zero byDay
      times=${days.map((row) => noon(row.day))}
      series=${[
        {
          label: t("chapters.ledger"),
          token: "--muted",
          values: days.map((row) => row.ledger),
          dash: [5, 4],
        },
        {
          label: t("chapters.covered"),
          token: "--accent",
          values: days.map((row) => row.covered),
          fill: true,
        },
      ]} /></div>
    <input type="range" class="coverage-slider" min="0" max=${days.length - 1} value=${chosen}
      aria-label=${t("chapters.slider")} aria-valuetext=${said}
      onInput=${(event) => move(Number(event.currentTarget.value))} /></section>`;
}

const Tables = ({ found }) =>
  html`<div class="coverage-tables">${BY.map(
    (by) => html`<${Table} key=${by} by=${by} rows=${found.by[by]} />`,
  )}</div>`;

const HEADS = ["ledger", "covered", "uncovered", "share"];

function Table({ by, rows }) {
  if (rows.length === 0) return null;
  const title = t(`chapters.by_${by}`);
  return html`<section><h2>${title}</h2><div class="coverage-scroll" tabindex="0" role="region"
      aria-label=${title}><table class="table"><thead><tr><th scope="col">${t(`chapters.${by}`)}</th>
      ${HEADS.map((head) => html`<th scope="col" class="number" key=${head}>${t(`chapters.${head}`)}</th>`)}
      </tr></thead><tbody>${rows.map(
        (row) => html`<tr key=${row.value}><th scope="row">${called(by, row.value)}</th>
      <td class="number">${number(row.ledger)}</td><td class="number">${number(row.covered)}</td>
      <td class="number">${by === "route" ? "" : number(row.ledger - row.covered)}</td>
      <td class="number"><span class="coverage-share" style=${`--share: ${row.share ?? 0}`}>${percent(
        row.share,
      )}</span></td></tr>`,
      )}</tbody></table></div></section>`;
}

/** The printed tables. */
const Sheet = ({ found, date }) =>
  html`<${PaperHead} title=${`${place.value?.name ?? ""} · ${t("chapters.as_coverage")}`}
      lines=${[
        t("chapters.at_date", {
          date: date.slice(0, 10),
          covered: number(found.covered),
          ledger: number(found.ledger),
          share: percent(found.share),
        }),
      ]} />
    <section class="paper-group">${BY.map((by) => html`<${Table} key=${by} by=${by} rows=${found.by[by]} />`)}
    </section>`;
