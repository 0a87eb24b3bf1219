// What the pages of supervision share: deadlines by the calendar, whose it is by name, and steps.

import { instantOf } from "../alliance/difficulty.js";
import { shortened } from "../called.js";
import { number, t, word } from "../i18n.js";
import { short } from "../people/parts.js";
import { holderOf, isVacant, postName, unitChoices } from "../posts/posts.js";
import { html } from "../preact.js";
import { href } from "../router.js";

/** @typedef {import("../institution/types.js").FormField} FormField */

export const CATEGORIES = ["field", "measure", "campaign", "plan", "finding", "other"];
export const STATES = ["open", "done", "withdrawn"];

/** Whether a deadline of it, or of an open step, is over at the instant of the page. */
export const overdue = (row, source) =>
  row.state === "open" && row.next_due !== null && Date.parse(row.next_due) <= instantOf(source);

/** A day that was set as a deadline, with a word if the calendar of its year was not published. */
export const Day = ({ due, late }) =>
  due &&
  html`<span class=${late ? "late" : ""}><time datetime=${due.day}>${due.day}</time>${
    !due.confirmed && html` <small class="muted">${t("undertakings.unconfirmed")}</small>`
  }</span>`;

/** The post that leads, with the name of its holder, or that nobody holds it. */
export function Leader({ row, source }) {
  const post = source.rows("posts").get(row.leader);
  const name = post && holderOf(post, source);
  return html`<span><bdi>${postName(row.leader, source)}</bdi>${
    name && html` <bdi class="muted">${name}</bdi>`
  }${post && isVacant(post, source) && html` <span class="late">${t("difficulties.vacant")}</span>`}</span>`;
}

/** A field of a form that asks for a unit.
 *
 * @returns {FormField}
 */
export const unit = () => ({
  name: "unit",
  kind: "pick",
  options: (source) => unitChoices(source, null),
  codes: ["unit.unknown", "undertaking.no_unit"],
});

/** Return the lines of a text. */
export const lines = (text) =>
  (text ?? "")
    .split("\n")
    .map((one) => one.trim())
    .filter(Boolean);

/** The timetable: the steps in order of their deadlines, and the end of the whole. */
export function Timetable({ row, source }) {
  const at = instantOf(source);
  const over = (one) => one.state === "open" && Date.parse(one.due.ends) <= at;
  return html`<ol class="folk-lines">${row.steps.map(
    (one) => html`<li key=${one.step}><${Day} due=${one.due} late=${over(one)} />
      <span><bdi>${one.step}</bdi></span>
      <span class=${over(one) ? "late" : "muted"}>${
        over(one) ? t("undertakings.overdue") : word("step_state", one.late ? "late" : one.state)
      }</span></li>`,
  )}${
    row.due &&
    html`<li><${Day} due=${row.due} late=${overdue(row, source)} /><b>${t("undertakings.whole")}</b>
      <span class="muted">${word("undertaking_state", row.state)}</span></li>`
  }</ol>`;
}

/** The subtasks, each with who leads it. */
export const subtasks = (row, source) =>
  [...source.rows("undertakings").values()].filter((one) => one.parent === row.undertaking);

export const Subtasks = ({ row, source }) =>
  html`<ul class="folk-lines">${subtasks(row, source).map(
    (one) => html`<li key=${one.key}><a href=${href("undertakings", { id: one.key })}>${one.title}</a>
      <span class="muted">${postName(one.leader, source)} · ${word("undertaking_state", one.state)}</span>
      </li>`,
  )}</ul>`;

/** What was said at each step of its life. */
export const Story = ({ row, source }) =>
  html`<ol class="folk-lines">${[...row.history].reverse().map((one) => {
    const said = [
      one.step,
      one.leader && postName(one.leader, source),
      one.post && postName(one.post, source),
      one.due?.day,
      one.evidence,
      one.digest?.slice(0, 12),
      one.reason,
      one.note,
    ].filter(Boolean);
    return html`<li key=${one.position}>
      <time class="folk-line-time" datetime=${one.at}>${short(one.at)}</time>
      <span>${word("event", `undertaking.${one.kind}`)}</span>
      ${said.length > 0 && html`<span class="muted">${said.join(" · ")}</span>`}</li>`;
  })}</ol>`;

/** A link to an undertaking, by its title if the page knows it. */
export const Linked = ({ id, source }) =>
  id &&
  html`<a href=${href("undertakings", { id })}><bdi>${
    source.rows("undertakings").get(id)?.title ?? shortened(id)
  }</bdi></a>`;

/** A share in percent, or that there are no data. */
export const percent = (share) =>
  share === null ? t("undertakings.no_data") : number(share, { style: "percent", maximumFractionDigits: 1 });
