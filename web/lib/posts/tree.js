// The tree of who answers for what at a date, with vacant posts and gaps marked, and the question above it.

import { get } from "../api.js";
import { shortened } from "../called.js";
import { BrandOf } from "../honours/brand.js";
import { t, word } from "../i18n.js";
import { Paper } from "../institution/paper.js";
import { ask, asked } from "../people/parts.js";
import { print } from "../people/print.js";
import { html } from "../preact.js";
import { href, route } from "../router.js";
import { areas, live } from "../store.js";
import { codes, termName } from "../terms.js";
import { localDate, now, stamp } from "../time.js";
import { classes, ErrorNote, Icon, Loading, useLoaded } from "../ui.js";
import { linesOf, PRINTED } from "./paper.js";
import { chargeText } from "./posts.js";

/** Gaps that are listed; the number has them all. */
const MOST = 200;
const DAY_MS = 86400000;

/** Return the name of an area or trade in the language of the page.
 *
 * @param {{ area: string, trade?: string | null }} one
 */
const named = ({ area, trade }) => (trade ? termName("trade", trade) : areas.value.name(area));

/** Return the address of this page with another question, or of one post beside it.
 *
 * @param {{ id?: string, area?: string, trade?: string }} changes
 */
const to = ({ id, ...changes }) => href("posts", { id, query: { ...route.value.query, ...changes } });

export default function Tree({ source, all }) {
  const [area] = asked("area");
  const [trade] = asked("trade");
  const [task = "answer"] = asked("task");
  const { jurisdiction } = live.peek();
  const params = { area, trade, task, at: source.at ?? undefined, limit: MOST };
  const load = () => get(`/${jurisdiction}/responsibility`, params);
  const { data, problem, reload } = useLoaded(load, [JSON.stringify(params), source.at === null && all]);
  const posts = new Map((data?.posts ?? []).map((post) => [post.post, post]));
  const paper = () => html`<${Paper} institution=${PRINTED} source=${source} rows=${linesOf(data)} />`;
  return html`<div class="duty">
    <${Ask} trade=${trade} all=${all} />
    <${ErrorNote} problem=${problem} retry=${reload} />
    ${!data && !problem && html`<${Loading} />`}
    ${
      data &&
      html`<${Answered} data=${data} posts=${posts} at=${source.at} />
      <p class="no-print"><button type="button" class="button" onClick=${() => print(paper())}><${Icon}
        name="print" />${t("posts.print")}</button></p>
      <div class="duty-columns"><${Units} data=${data} posts=${posts} />
        <div><${Gaps} data=${data} /><${Around} data=${data} posts=${posts} /></div></div>`
    }</div>`;
}

/** The trade that is asked about, and a slider over the days since the first post. */
function Ask({ trade, all }) {
  const today = localDate(now.value);
  const shown = asked("at")[0] ?? today;
  const began = all.map((post) => Date.parse(post.created_at));
  const first = localDate(Math.min(now.value, ...began));
  const days = Math.max(1, dayOf(today) - dayOf(first));
  const back = Math.min(days, Math.max(0, dayOf(today) - dayOf(shown)));
  const move = (event) => {
    const date = new Date((dayOf(today) - days + Number(event.currentTarget.value)) * DAY_MS);
    const text = date.toISOString().slice(0, 10);
    ask({ at: text === today ? undefined : text });
  };
  return html`<div class="duty-ask no-print">
    <label>${t("posts.trade")} <select value=${trade ?? ""}
      onChange=${(event) => ask({ trade: event.currentTarget.value || undefined })}>
      <option value="">${t("posts.any_trade")}</option>
      ${codes("trade").map(
        (code) => html`<option key=${code} value=${code}>${termName("trade", code)}</option>`,
      )}
    </select></label>
    <label class="duty-slider">${t("posts.day")} <input type="range" min="0" max=${days} value=${days - back}
      aria-valuetext=${shown} onChange=${move} /> <output>${shown}</output></label></div>`;
}

/** Return the number of a day, YYYY-MM-DD. */
const dayOf = (date) => Math.round(Date.parse(`${date}T00:00:00Z`) / DAY_MS);

/** The answer in a sentence. */
function Answered({ data, posts, at }) {
  const { answer } = data;
  const what = [named({ area: answer.area }), answer.trade && named(answer)].filter(Boolean).join(" · ");
  const task = word("post_task", data.task);
  return html`<section class=${classes("duty-answer", !answer.post && !answer.elsewhere && "duty-gap")}
    aria-live="polite"><h2>${t("posts.question", { what, task })}</h2>
    <${BrandOf} trade=${answer.trade} at=${at} />
    ${
      answer.post
        ? html`<p class="duty-who"><${Who} id=${answer.post} posts=${posts} /></p>`
        : html`<p class="duty-who"><${Icon} name="alert" />${t(
            answer.elsewhere ? "posts.elsewhere" : "posts.nobody",
          )}</p>`
    }
    ${
      answer.charge &&
      html`<p class="muted">${t("posts.by_charge", { charge: chargeText(answer.charge) })}</p>`
    }
    ${
      answer.passed.length > 0 &&
      html`<p class="duty-passed"><${Icon} name="alert" />${t("posts.passed")} ${answer.passed.map(
        (id) => html`<span key=${id}><${Who} id=${id} posts=${posts} /></span>`,
      )}</p>`
    }
    ${
      data.chain.length > answer.passed.length + 1 &&
      html`<ol class="duty-chain" aria-label=${t("posts.chain")}>${data.chain.map(
        (id) => html`<li key=${id}><${Who} id=${id} posts=${posts} /></li>`,
      )}</ol>`
    }</section>`;
}

/** A post with its holder, or since when it is vacant. */
function Who({ id, posts, within = false }) {
  const post = posts.get(id);
  if (!post) return html`<span>${shortened(id)}</span>`;
  return html`<a href=${to({ id })}>${post.name}</a>
    ${!within && html`<span class="muted"> ${post.unit_name ?? shortened(post.unit)}</span>`}
    ${" "}${
      post.vacant_since
        ? html`<span class="duty-vacant">${t("posts.vacant_from", { at: stamp(post.vacant_since) })}</span>`
        : html`<bdi>${post.holder_name ?? t("posts.no_name")}</bdi>`
    }`;
}

/** The units with their posts, each below the one above it. */
function Units({ data, posts }) {
  const at = route.value.query.at;
  return html`<section class="duty-units"><h2>${t("posts.tree")}</h2>
    ${!data.lead && html`<p class="duty-passed"><${Icon} name="alert" />${t("posts.no_lead")}</p>`}
    ${!data.first && html`<p class="duty-passed"><${Icon} name="alert" />${t("posts.no_first")}</p>`}
    ${data.units.length === 0 && html`<p class="muted">${t("posts.no_units")}</p>`}
    <ul>${data.units.map(
      (unit) => html`<li key=${unit.unit} style=${`--depth: ${unit.depth}`}>
      <div class="duty-unit">${unit.duty && html`<${Duty} of=${unit.duty} />`}
        <a href=${href("units", { id: unit.unit, query: { at } })}>${unit.name}</a></div>
      ${
        unit.posts.some((id) => posts.has(id)) &&
        html`<ul>${unit.posts
          .filter((id) => posts.has(id))
          .map((id) => html`<${Post} key=${id} post=${posts.get(id)} posts=${posts} />`)}</ul>`
      }
      </li>`,
    )}</ul></section>`;
}

const Duty = ({ of }) => html`<span class=${`duty-mark duty-${of}`}>${word("unit_duty", of)}</span>`;

const Post = ({ post, posts }) => html`<li class=${classes("duty-post", post.vacant_since && "duty-gap")}>
  ${post.first && html`<span class="duty-mark duty-first">${t("posts.first")}</span>`}
  <${Who} id=${post.post} posts=${posts} within />
  ${
    post.vacant_since &&
    html`<p class="duty-rises">${
      post.rises_to
        ? t("posts.rises_to", { post: posts.get(post.rises_to)?.name ?? shortened(post.rises_to) })
        : t("posts.rises_nowhere")
    }</p>`
  }
  ${
    post.charges.length > 0 &&
    html`<p class="muted duty-charges">${post.charges.map(chargeText).join(" · ")}</p>`
  }</li>`;

/** The areas and trades for which nobody answers. */
function Gaps({ data }) {
  const count = data.gaps_areas_count + data.gaps_trades.length;
  const more = data.gaps_areas_count - data.gaps_areas.length;
  return html`<section class=${classes("duty-gaps", count > 0 && "duty-gap")}>
    <h2>${t("posts.gaps", { n: count })}</h2>
    ${count === 0 && html`<p>${t("posts.no_gaps")}</p>`}
    <ul>${data.gaps_trades.map(
      ({ code }) =>
        html`<li key=${`t${code}`}><a href=${to({ trade: code })}>${termName("trade", code)}</a></li>`,
    )}${data.gaps_areas.map(
      ({ code, charged }) => html`<li key=${code}><a href=${to({ area: code })}>${areas.value.name(code)}</a>
        ${charged && html` <span class="muted">${t("posts.all_vacant")}</span>`}</li>`,
    )}</ul>
    ${more > 0 && html`<p class="muted">${t("posts.more_gaps", { n: more })}</p>`}</section>`;
}

/** Who answers for the areas around and inside the one asked about, and for each trade. */
function Around({ data, posts }) {
  const parts = [
    ["up", [...data.up].reverse()],
    ["down", data.down],
    ["trades", data.trades],
  ];
  return parts
    .filter(([, some]) => some.length > 0)
    .map(
      ([key, some]) => html`<section key=${key}><h2>${t(`posts.${key}`)}</h2><table class="duty-table"><tbody>
      ${some.map(
        (one) => html`<tr key=${one.trade ?? one.area} class=${!one.post && !one.elsewhere && "duty-gap"}>
        <th scope="row"><a
          href=${to(one.trade ? { trade: one.trade } : { area: one.area })}>${named(one)}</a></th>
        <td>${
          one.post
            ? html`<${Who} id=${one.post} posts=${posts} />`
            : t(one.elsewhere ? "posts.elsewhere" : "posts.nobody")
        }</td></tr>`,
      )}</tbody></table></section>`,
    );
}
