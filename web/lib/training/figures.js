// The figures of a year: person-times and people side by side, and each person's hours against the target.

import { get } from "../api.js";
import { number, t, word } from "../i18n.js";
import { asked } from "../people/parts.js";
import { html } from "../preact.js";
import { live } from "../store.js";
import { ErrorNote, Loading, useLoaded } from "../ui.js";
import { Person } from "./parts.js";

const COLUMNS = ["person_times", "people", "hours"];

/** @param {{source: import("../institution/types.js").Source, all: any}} props */
export default function Figures({ source, all }) {
  const [area] = asked("area");
  const [year] = asked("year");
  const { jurisdiction } = live.peek();
  const params = { area, year, at: source.at ?? undefined };
  const load = () => get(`/${jurisdiction}/training/figures`, params);
  const { data, problem, reload } = useLoaded(load, [JSON.stringify(params), source.at === null && all]);
  return html`<div class="ledger-funnel"><${ErrorNote} problem=${problem} retry=${reload} />
    ${!data && !problem && html`<${Loading} />`}
    ${data && html`<${Modes} data=${data} /><${Persons} data=${data} source=${source} />`}</div>`;
}

const Table = ({ label, head, children }) =>
  html`<div class="completeness-scroll" tabindex="0" role="region" aria-label=${label}><table class="table">
    <thead><tr>${head.map(
      (one, n) => html`<th scope="col" class=${n ? "number" : ""} key=${one}>${one}</th>`,
    )}</tr></thead><tbody>${children}</tbody></table></div>`;

function Modes({ data }) {
  const title = t("training.of_year", { year: String(data.year) });
  const line = (name, one) =>
    html`<tr key=${name}><th scope="row">${name}</th>${COLUMNS.map(
      (key) => html`<td class="number" key=${key} data-figure=${key}>${number(one[key])}</td>`,
    )}</tr>`;
  return html`<section><h2>${title}</h2><p class="muted">${
    data.target === null
      ? t("training.no_target")
      : t("training.target", {
          hours: number(data.target),
          reached: number(data.reached),
          people: number(data.people),
        })
  }</p><${Table} label=${title} head=${[t("training.mode"), ...COLUMNS.map((key) => t(`training.${key}`))]}>
    ${data.modes.map((one) => line(word("course_mode", one.mode), one))}${line(t("training.all"), data)}
  </${Table}></section>`;
}

function Persons({ data, source }) {
  if (data.persons.length === 0) return null;
  const head = ["person", "person_times", "hours", "reached"].map((key) => t(`training.${key}`));
  return html`<section><h2>${t("training.people")}</h2><${Table} label=${t("training.people")} head=${head}>
    ${data.persons.map(
      (one) => html`<tr key=${one.person}><th scope="row"><${Person} person=${one.person} source=${source} />
      </th><td class="number">${number(one.person_times)}</td><td class="number">${number(one.hours)}</td>
      <td class="number">${one.reached === null ? t("word.none") : t(`institution.${one.reached}`)}
      </td></tr>`,
    )}</${Table}></section>`;
}
