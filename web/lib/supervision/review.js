// A monthly review: what was known that day, and the same day as corrected since, side by side.

import { get } from "../api.js";
import { number, t, word } from "../i18n.js";
import { html } from "../preact.js";
import { href } from "../router.js";
import { live } from "../store.js";
import { ErrorNote, Loading, useLoaded } from "../ui.js";

const FIGURES = ["raised", "open", "done", "withdrawn", "overdue", "late"];
const said = (state, late) =>
  state === null
    ? t("monthly.unknown")
    : [word("undertaking_state", state), late && t("undertakings.overdue")].filter(Boolean).join(" · ");

export function Figures({ row, source }) {
  const { jurisdiction } = live.peek();
  const load = () => get(`/${jurisdiction}/monthly_reviews/figures`, { review: row.monthly_review });
  const { data, problem, reload } = useLoaded(load, [row.monthly_review, source.rows("undertakings")]);
  return html`<${ErrorNote} problem=${problem} retry=${reload} />
    ${!data && !problem && html`<${Loading} />`}
    ${
      data &&
      html`<table class="table"><thead><tr><th scope="col">${t("monthly.figure")}</th>
      <th scope="col" class="number">${t("monthly.known_then")}</th>
      <th scope="col" class="number">${t("monthly.known_since")}</th></tr></thead>
      <tbody>${FIGURES.map((key) => {
        const [then, since] = [number(data.known_then[key]), number(data.known_since[key])];
        return html`<tr key=${key}><th scope="row">${t(`monthly.${key}`)}</th><td class="number">${then}</td>
          <td class="number">${then === since ? since : html`<b>${since}</b>`}</td></tr>`;
      })}</tbody></table><${Corrected} data=${data} />`
    }`;
}

const Corrected = ({ data }) =>
  data.corrected.length === 0
    ? html`<p class="muted">${t("monthly.nothing_corrected")}</p>`
    : html`<h3>${t("monthly.corrected")}</h3><ul class="folk-lines">${data.corrected.map(
        (one) =>
          html`<li key=${one.undertaking}><a href=${href("undertakings", { id: one.undertaking })}><bdi>${
            one.title
          }</bdi></a><span class="muted">${said(one.then, one.overdue_then)} → ${said(
            one.since,
            one.overdue_since,
          )}</span></li>`,
      )}</ul>`;
