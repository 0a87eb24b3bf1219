// What the pages of units and posts share: names, states and charges of rows.

import { shortened } from "../called.js";
import { t, word } from "../i18n.js";
import { areas } from "../store.js";
import { termName } from "../terms.js";
import { now } from "../time.js";

export const DUTIES = ["lead", "coordinate", "carry_out", "act_jointly", "guarantee"];
export const TASKS = ["answer", "screen", "verify", "check_city", "check_county"];

/** Return the name of a unit or post at the date of the page, else its id. */
const nameIn = (view) => (id, source) => (id ? (source.rows(view).get(id)?.name ?? shortened(id)) : "");
export const unitName = nameIn("units");
const nameOfPost = nameIn("posts");
/** Return the name of a post; one outside the token's areas is only said to be elsewhere. */
export const postName = (id, source) => saidPost(nameOfPost(id, source));
/** Return the name of a post that the service gave, or that the post is elsewhere. */
export const saidPost = (name) => (name === "elsewhere" ? t("posts.outside") : name);

/** Return a post's state: a term that has run out leaves it vacant, without an event. */
export function stateOf(row, source) {
  if (row.state !== "held" || !row.until) return row.state;
  const instant = source.at === null ? now.value : Date.parse(source.at);
  return Date.parse(row.until) <= instant ? "vacant" : "held";
}

/** Whether somebody holds a post, or it can be filled. */
export const isHeld = (row, source) => stateOf(row, source) === "held";
export const isVacant = (row, source) => stateOf(row, source) === "vacant";

/** Return the name of a post's holder; null while it is vacant. */
export const holderOf = (row, source) => (isHeld(row, source) ? row.holder_name : null);

/** Return since when a post is vacant, or null. */
export const vacantSince = (row, source) =>
  row.vacant_since ?? (stateOf(row, source) === "vacant" ? row.until : null);

/** Return what a charge reads as: the task, where, and the trade. */
export function chargeText({ task, area, trade }) {
  const where = areas.value.name(area);
  const what = trade ? t("posts.of_trade", { area: where, trade: termName("trade", trade) }) : where;
  return task === "answer" ? what : t("posts.of_task", { task: word("post_task", task), what });
}

/** Return the charges of a post as text. */
export const chargesText = (row) => (row.charges ?? []).map(chargeText);

/** Return the choices of a form: [id, name] of rows that stand. */
export const choices = (view, gone) => (source, row) =>
  [...source.rows(view).values()]
    .filter((one) => one.state !== gone && one.key !== row?.key)
    .map((one) => /** @type {[string, string]} */ ([one.key, one.name]))
    .sort((a, b) => a[1].localeCompare(b[1]));
export const unitChoices = choices("units", "dissolved");
export const postChoices = choices("posts", "abolished");

/** Return codes as choices of a form: [code, word]. */
export const words = (domain, codes) => () =>
  codes.map((code) => /** @type {[string, string]} */ ([code, word(domain, code)]));

const SEPARATOR = "|";
/** Write a charge as the value of a choice. */
export const written = ({ task, area, trade }) => [task, area, trade ?? ""].join(SEPARATOR);
/** Read a charge from the value of a choice. */
export function readCharge(text) {
  const [task, area, trade] = String(text).split(SEPARATOR);
  return { task, area, ...(trade && { trade }) };
}
