// Who is waiting: the open difficulties post by post, the overdue ones in red, and the figures by category.

import { get } from "../api.js";
import { number, t } from "../i18n.js";
import { coded } from "../institution/show.js";
import { asked } from "../people/parts.js";
import { holderOf, saidPost } from "../posts/posts.js";
import { html } from "../preact.js";
import { href, route } from "../router.js";
import { live } from "../store.js";
import { ErrorNote, Loading, useLoaded } from "../ui.js";
import { title } from "./difficulty.js";

const COLUMNS = ["raised", "open", "solved", "declined", "withdrawn", "closed", "askers", "median_days"];

export default function Board({ source, all }) {
  const [area] = asked("area");
  const { jurisdiction } = live.peek();
  const params = { area, at: source.at ?? undefined };
  const load = () => get(`/${jurisdiction}/difficulties/board`, params);
  const { data, problem, reload } = useLoaded(load, [JSON.stringify(params), source.at === null && all]);
  return html`<div class="ledger-funnel">
    <${ErrorNote} problem=${problem} retry=${reload} />
    ${!data && !problem && html`<${Loading} />`}
    ${data && html`<${Posts} data=${data} source=${source} /><${Figures} items=${data.figures} />`}</div>`;
}

/** Return open difficulties by the post that they are with: [post, difficulties], most overdue ones first. */
export function byPost(items) {
  const found = new Map();
  for (const one of items) found.set(one.post, [...(found.get(one.post) ?? []), one]);
  const overdue = (some) => some.filter((one) => one.overdue).length;
  return [...found].sort((a, b) => overdue(b[1]) - overdue(a[1]) || b[1].length - a[1].length);
}

const beside = (id) => href("difficulties", { id, query: route.value.query });

function Posts({ data, source }) {
  if (data.items.length === 0) return html`<p class="muted">${t("difficulties.nothing_waits")}</p>`;
  return html`${byPost(data.items).map(
    ([post, items]) => html`<section key=${post}><h2><bdi>${t("difficulties.of_post", {
      name: saidPost(items[0].post_name),
      n: number(items.length),
    })}</bdi>${items[0].vacant && html` <span class="late">${t("post_state.vacant")}</span>`}</h2>
      <${Holder} post=${post} source=${source} />
      <ol class="folk-lines">${items.map(
        (one) => html`<li key=${one.difficulty}><a href=${beside(one.difficulty)}>${title(one, source)}</a>
        <span class=${one.overdue ? "late" : ""}>${t("difficulties.waiting_days", {
          n: number(Math.floor(one.days)),
        })}${one.overdue && ` · ${t("difficulties.overdue")}`}</span>
        <span class="muted">${[
          one.path.length > 1 && t("difficulties.path", { path: pathOf(one) }),
          t(`difficulties.waits_${one.waits_for}`),
          one.level > 0 && t("difficulties.level_n", { n: one.level }),
          one.reopened > 0 && t("difficulties.reopened_n", { n: one.reopened }),
          one.askers > 1 && t("difficulties.askers_n", { n: one.askers }),
        ]
          .filter(Boolean)
          .join(" · ")}</span></li>`,
      )}</ol></section>`,
  )}${data.more && html`<p class="muted">${t("difficulties.more")}</p>`}`;
}

/** Return the vacant posts that a difficulty rose through. */
const pathOf = (one) =>
  one.path
    .filter(({ post }) => post !== one.post)
    .map(({ name }) => name)
    .join(" → ");

function Holder({ post, source }) {
  const row = source.rows("posts").get(post);
  const name = row && holderOf(row, source);
  return name && html`<p class="muted"><bdi>${t("difficulties.holder", { name })}</bdi></p>`;
}

const Figures = ({ items }) =>
  html`<section><h2>${t("difficulties.figures")}</h2>
    <div class="completeness-scroll" tabindex="0" role="region" aria-label=${t("difficulties.figures")}>
    <table class="table">
    <thead><tr><th scope="col">${t("difficulties.category")}</th>${COLUMNS.map(
      (key) => html`<th scope="col" class="number" key=${key}>${t(`difficulties.${key}`)}</th>`,
    )}</tr></thead>
    <tbody>${items.map(
      (one) =>
        html`<tr key=${one.category}><th scope="row">${
          one.category === "total" ? t("difficulties.total") : coded("difficulty", one.category)
        }</th>${COLUMNS.map(
          (key) =>
            html`<td class="number" key=${key}>${one[key] === null ? t("word.none") : number(one[key])}</td>`,
        )}</tr>`,
    )}</tbody></table></div></section>`;
