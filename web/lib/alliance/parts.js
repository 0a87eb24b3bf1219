// What the pages of the alliance share: posts as choices and in words, and what is past its deadline.

import { postChoices, postName } from "../posts/posts.js";
import { html } from "../preact.js";
import { enterpriseName, instantOf } from "./difficulty.js";

/** @typedef {import("../institution/types.js").FormField} FormField */

/** A field of a form that asks for a post.
 *
 * @param {string} name
 * @param {boolean} [required]
 * @returns {FormField}
 */
export const post = (name, required = false) => ({
  name,
  kind: "pick",
  options: (source) => postChoices(source, null),
  required,
  codes: ["post.abolished", "post.not_yet"],
});

/** A column with the name of a post. */
export const postColumn = (key) => ({ key, of: (row, source) => postName(row[key], source) });

/** A column with the name of an enterprise. */
export const enterpriseColumn = {
  key: "enterprise",
  of: (row, source) => enterpriseName(row.enterprise, source),
};

/** A field of a form that asks for an enterprise.
 *
 * @param {boolean} [required]
 * @returns {FormField}
 */
export const enterprise = (required = false) => ({
  name: "enterprise",
  kind: "enterprise",
  required,
  codes: ["enterprise.unknown", "enterprise.later"],
});

/** Whether something open is past its deadline. */
export const overdue = (row, source) =>
  row.state === "open" && Boolean(row.due) && Date.parse(row.due) < instantOf(source);

/** Names as lines. */
export const Lines = ({ items }) =>
  html`<ul class="folk-lines">${items.map((one) => html`<li key=${one}><bdi>${one}</bdi></li>`)}</ul>`;

/** Return ids that were typed, separated by commas. */
export const ids = (text) => (text ?? "").split(/[^\w.-]+/).filter(Boolean);
