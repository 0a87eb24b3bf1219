// How the values of a row read, by their kind: as text, for sorting, and on the screen.

import { called } from "../called.js";
import { Trade } from "../honours/brand.js";
import { number, t, word } from "../i18n.js";
import { AreaName, TeamLink, WorkerLink } from "../people/parts.js";
import { html } from "../preact.js";
import { areas } from "../store.js";
import { lists, termName } from "../terms.js";
import { day, stamp } from "../time.js";
import { State } from "../ui.js";
import { valueIn } from "./rows.js";

/** Return a text of a page, else the one that all institutions share.
 *
 * @param {string} page
 * @param {string} key
 * @param {Record<string, any>} [values]
 */
export const say = (page, key, values = {}) =>
  t(`${page}.${key}`, values, "") || t(`institution.${key}`, values);

/** Return a text of a page, or "" if it has none. */
export const hint = (page, key, values = {}) => t(`${page}.${key}`, values, "");

const empty = (value) => value === null || value === undefined || value === "";

/** Return the word of a code: of a list of terms, else of a domain. */
export const coded = (domain, value) =>
  domain in lists.value ? termName(domain, value) : word(domain, value);

/** Kind -> how a value reads. */
const READS = {
  number: (value) => number(value),
  share: (value) => number(value, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }),
  area: (value) => areas.value.name(value),
  instant: (value) => stamp(value),
  date: (value) => day(value.length === 10 ? `${value}T12:00:00Z` : value),
  code: (value, { domain }) => coded(domain, value),
  state: (value, { domain }) => coded(domain, value),
  flag: (value) => t(value ? "institution.yes" : "institution.no"),
  worker: (value) => called("worker", value),
  team: (value) => called("team", value),
};

/** Return how the value of a column reads.
 *
 * @param {import("./types.js").Shown} column
 * @param {any} row
 * @param {import("./types.js").Source} source
 * @returns {string}
 */
export function said(column, row, source) {
  const value = valueIn(column, row, source);
  if (empty(value)) return "";
  const reads = READS[column.kind] ?? String;
  return Array.isArray(value) ? value.map((one) => reads(one, column)).join(" · ") : reads(value, column);
}

/** Return what a column is sorted by: instants and numbers by themselves, all else as it reads. */
export function sortable(column, row, source) {
  const value = valueIn(column, row, source);
  if (empty(value)) return null;
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (column.kind === "instant" || column.kind === "date") return Date.parse(value);
  return said(column, row, source);
}

/** Kind -> how a value is shown on the screen, where it is more than its text. */
const SHOWS = {
  code: (value, { domain }, source) =>
    domain === "trade"
      ? html`<${Trade} trade=${value} at=${source.at} text=${coded(domain, value)} />`
      : html`<span>${coded(domain, value)}</span>`,
  area: (value) => html`<${AreaName} code=${value} />`,
  state: (value, { domain }) => html`<${State} domain=${domain} value=${value} />`,
  worker: (value) => html`<${WorkerLink} id=${value} />`,
  team: (value) => html`<${TeamLink} id=${value} />`,
};

/** The value of a column or fact. */
export function Value({ column, row, source }) {
  const made = column.cell?.(row, source);
  if (made) return made;
  const value = valueIn(column, row, source);
  if (empty(value)) return html`<span class="muted">${t("word.none")}</span>`;
  const shows = SHOWS[column.kind];
  return shows && !Array.isArray(value)
    ? shows(value, column, source)
    : html`<span>${said(column, row, source)}</span>`;
}
