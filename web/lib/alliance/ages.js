// How old the open difficulties are that match, and how long the solved ones took, by spans of days.

import { number, t } from "../i18n.js";
import { html } from "../preact.js";
import { days, late, OPEN } from "./difficulty.js";

/** Upper ends of the spans, in days; the last one has none. */
const ENDS = [2, 5, 10, 20, 50];

/** Return how many lie in each span: [{from, to, n, late}].
 * @param {{days: number, late?: boolean}[]} some
 */
export function spans(some) {
  return [...ENDS, Infinity].map((to, index) => {
    const from = index === 0 ? 0 : ENDS[index - 1];
    const here = some.filter((one) => one.days >= from && one.days < to);
    return { from, to, n: here.length, late: here.filter((one) => one.late).length };
  });
}

const named = ({ from, to }) =>
  to === Infinity ? t("difficulties.span_more", { from }) : t("difficulties.span", { from, to });

const Bars = ({ found, most }) =>
  html`<ul class="station-bars">${found.map(
    (one) => html`<li key=${one.from}><span>${named(one)}</span>
      <progress max=${most} value=${one.n} aria-label=${named(one)}></progress>
      <span>${number(one.n)}${
        one.late > 0 && html` <b class="late">${t("difficulties.of_late", { n: number(one.late) })}</b>`
      }</span></li>`,
  )}</ul>`;

export default function Ages({ rows, source }) {
  const waiting = rows.filter((row) => OPEN.includes(row.state));
  const solved = rows.filter((row) => row.state === "solved");
  const asOne = (row) => ({ days: days(row, source), late: late(row, source) });
  /** @type {[string, ReturnType<typeof spans>][]} */
  const parts = [
    ["open_ages", spans(waiting.map(asOne))],
    ["solved_ages", spans(solved.map(asOne))],
  ];
  const most = Math.max(1, ...parts.flatMap(([, found]) => found.map((one) => one.n)));
  const shown = parts.filter(([key]) => key === "open_ages" || solved.length > 0);
  return html`${shown.map(
    ([key, found]) => html`<section key=${key}><h2>${t(`difficulties.${key}`)}</h2>
      <${Bars} found=${found} most=${most} /></section>`,
  )}`;
}
