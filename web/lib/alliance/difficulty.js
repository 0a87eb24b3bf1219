// What the pages of visits and difficulties share: whose a difficulty is, how old, and its steps in words.

import { shortened } from "../called.js";
import { number, t, word } from "../i18n.js";
import { coded } from "../institution/show.js";
import { short } from "../people/parts.js";
import { isVacant, postName } from "../posts/posts.js";
import { html } from "../preact.js";
import { now } from "../time.js";

export const STATES = ["open", "offered", "answered", "solved", "declined", "withdrawn", "closed", "merged"];
export const OPEN = ["open", "offered", "answered"];
export const ACTIVE = ["open", "offered"];
const DAY_MS = 86400000;

/** Return the instant that a page is about, in milliseconds. */
export const instantOf = (source) => (source.at === null ? now.value : Date.parse(source.at));

/** Return how many days a difficulty was open until it ended, or is open. */
export const days = (row, source) =>
  Math.floor(
    ((row.ended_at ? Date.parse(row.ended_at) : instantOf(source)) - Date.parse(row.raised_at)) / DAY_MS,
  );

/** Whether it went up or its wait is over. */
export const late = (row, source) =>
  ACTIVE.includes(row.state) &&
  (row.level > 0 || (row.due !== null && Date.parse(row.due) <= instantOf(source)));

/** Return what an enterprise is called, if a page follows them as well. */
export const enterpriseName = (id, source) =>
  id && (source.rows("enterprises").get(id)?.name ?? shortened(id));

/** Return whom a visit or a difficulty is about. */
export const about = (row, source) => row.group ?? enterpriseName(row.enterprise, source);

/** Return what a difficulty is called: its category and whom it is about. */
export const title = (row, source) =>
  [coded("difficulty", row.category), about(row, source)].filter(Boolean).join(" · ");

/** The post that has a difficulty, and who answers for it while nobody holds that post. */
export function Owner({ row, source }) {
  const post = source.rows("posts").get(row.owner);
  const open = OPEN.includes(row.state);
  const rose = open && row.post !== row.owner;
  const vacant = open && !rose && post && isVacant(post, source);
  return html`<span><bdi>${postName(row.owner, source)}</bdi>${
    rose && html` <span class="late">${t("difficulties.rose", { name: postName(row.post, source) })}</span>`
  }${vacant && html` <span class="late">${t("difficulties.vacant")}</span>`}</span>`;
}

/** How many days, in red if it waits too long. */
export const Days = ({ row, source }) =>
  html`<span class=${late(row, source) ? "late" : ""}>${number(days(row, source))}${
    late(row, source) && html` <span class="visually-hidden">${t("difficulties.overdue")}</span>`
  }</span>`;

/** The steps of a difficulty, with what was said at each. */
export const Steps = ({ row, source }) =>
  html`<ol class="folk-lines">${[...row.history].reverse().map((one) => {
    const to = one.kind === "offered" ? one.to : (one.post ?? one.owner);
    const said = [
      to && postName(to, source),
      one.reason && coded("difficulty_end", one.reason),
      one.note,
      one.text,
    ].filter(Boolean);
    return html`<li key=${one.position}>
      <time class="folk-line-time" datetime=${one.at}>${short(one.at)}</time>
      <span>${
        one.kind === "took_over" ? word("difficulty_step", one.kind) : word("event", `difficulty.${one.kind}`)
      }</span>
      ${said.length > 0 && html`<span class="muted">${said.join(" · ")}</span>`}</li>`;
  })}</ol>`;
