// Line charts, drawn by uPlot, which loads while the page is idle.

import { useMedia } from "./hooks.js";
import { lang, number } from "./i18n.js";
import { html, useEffect, useId, useRef, useState } from "./preact.js";
import { theme } from "./prefs.js";
import { hhmm, localDate, timezone } from "./time.js";

let library = null;

/** Load uPlot and its style sheet once. Resolves to null after a failure, and the next call tries again. */
function load() {
  if (!library) {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = new URL("../vendor/uplot/uplot.css", import.meta.url).href;
    document.head.append(sheet);
    library = import("../vendor/uplot/uplot.mjs").then(
      (module) => module.default,
      () => {
        library = null;
        return null;
      },
    );
  }
  return library;
}

const idle = (work) =>
  window.requestIdleCallback ? requestIdleCallback(work, { timeout: 1500 }) : setTimeout(work, 200);

/** Return the colour of a token in the current theme. */
function colour(element, token) {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  element.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

const QUARTER = 900;
/** Return the full local hours, each `every`th, between two instants in seconds. */
function ticks(from, to, every) {
  const found = [];
  for (let at = Math.ceil(from / QUARTER) * QUARTER; at <= to; at += QUARTER) {
    const [hour, minute] = hhmm(at * 1000)
      .split(":")
      .map(Number);
    if (hour % every === 0 && minute === 0) found.push(at);
  }
  return found;
}

/** Make a computed colour translucent, for the area below a line. */
const thin = (computed) => computed.replace(/^rgb\(([^)]*)\)$/, "rgba($1, .13)");

/** Steps of the axis, at least 1: people and requests are whole numbers. */
const STEPS = [1, 2, 5]
  .flatMap((one) => [0, 1, 2, 3, 4, 5].map((power) => one * 10 ** power))
  .sort((a, b) => a - b);

const padded = (zero) => (_, low, high) => {
  const room = Math.max(1, (high - low) * 0.08);
  return [zero ? 0 : Math.max(0, Math.floor(low - room)), Math.ceil(high + room)];
};

/** The axis of times: full hours, or days. */
const timeAxis = (axis, width, byDay) =>
  byDay
    ? {
        ...axis,
        size: 22,
        space: 76,
        values: (_, found) => found.map((at) => localDate(at * 1000)),
        grid: { show: false },
      }
    : {
        ...axis,
        size: 22,
        splits: (_, __, from, to) => ticks(from, to, width < 300 ? 6 : 3),
        values: (_, found) => found.map((at) => hhmm(at * 1000)),
        grid: { show: false },
      };

function options(element, series, { width, height, zero, hover, byDay }) {
  const [faint, line] = [colour(element, "--faint"), colour(element, "--hairline")];
  const font = `11px ${getComputedStyle(element).fontFamily}`;
  const axis = { stroke: faint, font, ticks: { show: false }, grid: { stroke: line, width: 1 } };
  return {
    width,
    height,
    padding: [6, 16, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
    scales: { x: { time: true }, y: { range: padded(zero) } },
    axes: [
      timeAxis(axis, width, byDay),
      {
        ...axis,
        size: 38,
        space: 26,
        incrs: STEPS,
        values: (_, found) => found.map((value) => number(value)),
      },
    ],
    series: [
      {},
      ...series.map((one) => ({
        stroke: colour(element, one.token),
        width: 2,
        points: { show: false },
        dash: one.dash,
        fill: one.fill ? thin(colour(element, one.token)) : undefined,
      })),
    ],
    hooks: { setCursor: [(chart) => hover(chart.cursor.idx ?? null)] },
  };
}

/** A line chart: a legend with values, the drawing, and a table for screen readers.
 *
 * The legend shows the values under the pointer, else the latest.
 *
 * @param {object} props
 * @param {string} props.label
 * @param {number[]} props.times In seconds since 1970.
 * @param {{ label: string, token: string, values: number[], dash?: number[], fill?: boolean }[]} props.series
 * @param {boolean} [props.zero] Whether the axis starts at 0.
 * @param {boolean} [props.byDay] Whether times are days; hours by default.
 */
export function Lines({ label, times, series, zero, byDay }) {
  const box = useRef();
  const chart = useRef(null);
  const id = useId();
  const [at, setAt] = useState(null);
  const dark = useMedia("(prefers-color-scheme: dark)");
  const data = [times, ...series.map((one) => one.values)];
  const latest = useRef(data);
  latest.current = data;
  useEffect(() => {
    let over = false;
    const watcher = new ResizeObserver(() => {
      if (box.current) chart.current?.setSize(room(box.current));
    });
    idle(async () => {
      const Plot = await load();
      if (!Plot || over || !box.current) return;
      chart.current = new Plot(
        options(box.current, series, { ...room(box.current), zero, hover: setAt, byDay }),
        latest.current,
        box.current,
      );
      watcher.observe(box.current);
    });
    return () => {
      over = true;
      watcher.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
  }, [theme.value, dark, lang.value, timezone.value]);
  useEffect(() => {
    chart.current?.setData(data);
  }, [JSON.stringify(data)]);
  const shown = at === null || at >= times.length ? times.length - 1 : at;
  return html`<figure class="lines" aria-labelledby=${id}>
    <figcaption class="lines-legend" id=${id}><span
      class="visually-hidden">${label} </span>${series.map(
        (one) => html`<span class="lines-key">
      <span class=${one.dash ? "lines-mark lines-mark-dash" : "lines-mark"}
        style=${{ color: `var(${one.token})` }} aria-hidden="true"></span>
      ${one.label} <b>${number(one.values[shown])}</b></span>`,
      )}
      <time class="lines-at">${(byDay ? localDate : hhmm)(times[shown] * 1000)}</time></figcaption>
    <div class="lines-box" ref=${box} aria-hidden="true"></div>
    <${Table} label=${label} times=${times} series=${series} say=${byDay ? localDate : hhmm} />
  </figure>`;
}

const room = (element) => ({
  width: Math.max(120, element.clientWidth),
  height: Math.max(80, element.clientHeight),
});

/** Table of every third hour, or every twelfth day, for screen readers. */
function Table({ label, times, series, say }) {
  const rows = times
    .map((_, index) => index)
    .filter((index) => index % 12 === 0 || index === times.length - 1);
  return html`<div class="visually-hidden"><table><caption>${label}</caption>
    <tbody>${rows.map(
      (index) => html`<tr key=${times[index]}><th scope="row">${say(times[index] * 1000)}</th>
      ${series.map((one) => html`<td>${one.label} ${number(one.values[index])}</td>`)}</tr>`,
    )}</tbody></table>
        </div>`;
}
