// The funnel of the three reviews: how many enterprises are at each place, for how long, and what is overdue.

import { get } from "../api.js";
import { number, t, word } from "../i18n.js";
import { AreaName, asked, short } from "../people/parts.js";
import { html } from "../preact.js";
import { href, route } from "../router.js";
import { live } from "../store.js";
import { ErrorNote, Loading, useLoaded } from "../ui.js";

/** Ages of the service's answer. */
export const AGES = ["2", "5", "10", "more"];

/** Return the address of the list with other filters. */
const list = (changes) => {
  const { as: _, ...query } = route.value.query;
  return href("enterprises", { query: { ...query, ...changes } });
};

/** Return the address of one enterprise beside the funnel. */
const beside = (id) => href("enterprises", { id, query: route.value.query });

export default function Funnel({ source, all }) {
  const [area] = asked("area");
  const [trade] = asked("trade");
  const { jurisdiction } = live.peek();
  const params = { area, trade, at: source.at ?? undefined };
  const load = () => get(`/${jurisdiction}/reviews/funnel`, params);
  const { data, problem, reload } = useLoaded(load, [JSON.stringify(params), source.at === null && all]);
  return html`<div class="ledger-funnel">
    <${ErrorNote} problem=${problem} retry=${reload} />
    ${!data && !problem && html`<${Loading} />`}
    ${data && html`<${Steps} data=${data} /><${Overdue} data=${data} />`}</div>`;
}

function Steps({ data }) {
  const most = Math.max(1, ...data.steps.map((step) => step.enterprises));
  return html`<section><p>${t("ledger.in_ledger", {
    n: number(data.in_ledger),
    of: number(data.enterprises),
  })}</p><ol class="ledger-steps">${data.steps.map(
    (step) => html`<li key=${step.place}><a href=${list({ place: step.place })}>${word(
      "review_place",
      step.place,
    )}</a>
      <span class="ledger-bar" aria-hidden="true">${step.ages.map(
        (many, index) =>
          many > 0 &&
          html`<i key=${index} class=${`ledger-age-${AGES[index]}`}
            style=${{ width: `${(100 * many) / most}%` }}></i>`,
      )}</span>
      <b>${number(step.enterprises)}</b>
      <span class="muted">${
        step.enterprises > 0 &&
        step.place !== "passed" &&
        step.ages
          .map((many, index) => many > 0 && t(`ledger.age_${AGES[index]}`, { n: number(many) }))
          .filter(Boolean)
          .join(" · ")
      }</span></li>`,
  )}</ol></section>`;
}

function Overdue({ data }) {
  const count = data.steps.reduce((sum, step) => sum + step.overdue, 0); // the list ends at a limit
  return html`<section><h2>${t("ledger.overdue", { n: number(count) })}</h2>
    ${data.overdue.length === 0 && html`<p class="muted">${t("ledger.nothing_overdue")}</p>`}
    <ol class="folk-lines ledger-overdue">${data.overdue.map(
      (one) => html`<li key=${one.enterprise}>
        <a href=${beside(one.enterprise)}><bdi>${one.name}</bdi></a>
        <span>${word("review_place", one.place)} · <${AreaName} code=${one.area} /></span>
        <span>${
          one.posts.length > 0
            ? t("ledger.whose", {
                posts: one.posts.map((post) => data.names[post] ?? post).join(t("ledger.and")),
              })
            : t(one.elsewhere ? "posts.elsewhere" : "ledger.nobodys")
        }</span>
        <span class="muted">${t("ledger.since", { since: short(one.since), due: short(one.due) })}${
          one.level > 0 ? ` · ${t("ledger.level", { n: one.level })}` : ""
        }</span></li>`,
    )}</ol></section>`;
}
