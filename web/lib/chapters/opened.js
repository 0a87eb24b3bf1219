// What opens below the curve: the facts of each step, and the enterprises of each gap.

import { get } from "../api.js";
import { number, t } from "../i18n.js";
import { coded } from "../institution/show.js";
import { html, useState } from "../preact.js";
import { href } from "../router.js";
import { areas, live } from "../store.js";
import { stamp } from "../time.js";
import { Empty, ErrorNote, Loading, useLoaded } from "../ui.js";
import { nameOf, stepsOf } from "./rows.js";

/** Steps that are listed, the newest first. */
const MOST = 60;
const signed = (value) => number(value, { signDisplay: "exceptZero" });
const points = (gain) => number(gain * 100, { maximumFractionDigits: 1 });

/** A line that shows more when it is opened, and asks for it only then. */
function Opened({ summary, children }) {
  const [open, setOpen] = useState(false);
  return html`<details onToggle=${(event) => setOpen(event.currentTarget.open)}><summary>${summary}</summary>
    ${open && children()}</details>`;
}

/** The days on which coverage changed, each with its facts. */
export function Steps({ curve, scope, source }) {
  const steps = stepsOf(curve);
  return html`<section><h2>${t("chapters.steps")}</h2>
    ${steps.length === 0 && html`<${Empty} text=${t("chapters.no_steps")} />`}
    ${steps.slice(0, MOST).map(
      (one) =>
        html`<${Opened} key=${one.day} summary=${t("chapters.step", {
          date: one.day,
          covered: number(one.covered),
          ledger: number(one.ledger),
          gained: signed(one.gained),
          entered: signed(one.entered),
        })}>${() => html`<${Facts} day=${one.day} scope=${scope} source=${source}
          position=${curve.position} />`}</${Opened}>`,
    )}</section>`;
}

function Facts({ day: date, scope, source, position }) {
  const path = `/${live.value?.jurisdiction}/coverage/facts`;
  const load = () => get(path, { since: date, until: date, limit: 500, ...scope });
  const { data, problem, reload } = useLoaded(load, [path, date, position, JSON.stringify(scope)]);
  if (problem) return html`<${ErrorNote} problem=${problem} retry=${reload} />`;
  if (!data) return html`<${Loading} />`;
  const called = (key) => source.rows("chapters").get(key)?.name ?? key;
  return html`<ul class="folk-lines">${data.items.map(
    (
      one,
    ) => html`<li key=${`${one.position}/${one.enterprise}/${one.what}`}><span class="folk-line-time">${stamp(
      one.at,
    )}</span> ${t(`chapters.told_${one.what}`, { name: nameOf(one.enterprise, source) })}
    ${
      one.chapter && html` <a href=${href("chapters", { id: one.chapter })}>${called(one.chapter)}</a>`
    }</li>`,
  )}</ul>${data.more && html`<p class="muted">${t("chapters.more_facts")}</p>`}`;
}

/** Uncovered enterprises by the route that fits, the largest group first. */
export function Gaps({ scope, at, source, position }) {
  const path = `/${live.value?.jurisdiction}/coverage/gaps`;
  const load = () => get(path, { at, limit: 50, ...scope });
  const { data, problem, reload } = useLoaded(load, [path, at, position, JSON.stringify(scope)]);
  return html`<section><h2>${t("chapters.gaps")}</h2>
    <${ErrorNote} problem=${problem} retry=${reload} />
    ${!data && !problem && html`<${Loading} />`}
    ${data?.items.length === 0 && html`<${Empty} text=${t("chapters.no_gaps")} />`}
    ${data?.items.map(
      (one) =>
        html`<${Opened} key=${`${one.route}/${one.area}/${one.trade}/${one.enterprises[0]}`} summary=${t(
          "chapters.gap",
          {
            n: number(one.enterprises.length),
            points: points(one.gain),
            route: t(`chapter_route.${one.route}`),
            where: [areas.value.name(one.area), one.trade && coded("trade", one.trade)]
              .filter(Boolean)
              .join(" · "),
          },
        )}>${() => html`<${Group} group=${one} source=${source} />`}</${Opened}>`,
    )}${data?.more && html`<p class="muted">${t("chapters.more_gaps")}</p>`}</section>`;
}

function Group({ group, source }) {
  const called = (key) => source.rows("chapters").get(key)?.name ?? key;
  return html`${
    group.chapters.length > 0 &&
    html`<p>${t("chapters.takers")} ${group.chapters.map(
      (key) => html`<a key=${key} href=${href("chapters", { id: key })}>${called(key)}</a> `,
    )}</p>`
  }<ul class="folk-lines">${group.enterprises.map(
    (key) => html`<li key=${key}>${nameOf(key, source)} <span class="folk-person-id">${key}</span></li>`,
  )}</ul>`;
}
