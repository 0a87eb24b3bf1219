// The rows of a list: which pass its filters, how many each choice would show, and in which order. Pure.

import { inside } from "../areas.js";

/** @typedef {import("./types.js").Institution} Institution */
/** @typedef {import("./types.js").Filter} Filter */
/** @typedef {import("./types.js").Source} Source */

/** In the address: all rows, whatever the filter chooses by default. */
export const ALL = "*";
/** In the address: rows without a value. */
export const NONE = "-";

const none = (value) => value === null || value === undefined || value === "";

/** Return the values that a filter asks for; empty is all.
 *
 * @param {Filter} filter
 * @param {Record<string, string[]>} query
 */
export function wanted(filter, query) {
  const asked = query[filter.key] ?? filter.otherwise ?? [];
  return asked.includes(ALL) ? [] : asked;
}

/** Return the values of a row for a filter as text; several if the row has several. */
function valuesOf(filter, row, source) {
  const found = [valueIn(filter, row, source)].flat();
  return found.length === 0 ? [NONE] : found.map((value) => (none(value) ? NONE : String(value)));
}

function passes(filter, asked, row, source) {
  if (asked.length === 0) return true;
  const values = valuesOf(filter, row, source);
  return filter.kind === "area"
    ? values.some((area) => asked.some((outer) => inside(area, outer)))
    : values.some((value) => asked.includes(value));
}

/** Return the text without case, accents and outer space. */
export const folded = (text) => String(text).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();

/** Return the value of a column or field of a row. */
export const valueIn = (column, row, source) => (column.of ? column.of(row, source) : row[column.key]);

/** Kinds of columns that nobody looks for by text: to write them out for all rows takes long. */
const UNSEARCHED = ["number", "share", "instant", "date", "flag"];

/** Return the text that the search of a list looks in.
 *
 * @param {Institution} institution
 * @param {(column: any, row: any, source: Source) => string} said How a value reads.
 */
export const textOf = (institution, said) => (row, source) =>
  folded(
    [
      ...institution.columns
        .filter(({ kind }) => !UNSEARCHED.includes(kind))
        .map((column) => said(column, row, source)),
      institution.text?.(row, source) ?? "",
    ].join(" "),
  );

/** Return a predicate of rows. `but` is a filter to leave out, for counting its choices.
 *
 * @param {Filter[]} filters
 * @param {Record<string, string[]>} query
 * @param {Source} source
 * @param {(row: any, source: Source) => string} text
 * @param {string} [but]
 */
export function passer(filters, query, source, text, but) {
  const asked = filters
    .filter(({ key }) => key !== but)
    .map((filter) => /** @type {[Filter, string[]]} */ ([filter, wanted(filter, query)]));
  const words = folded(query.q?.[0] ?? "")
    .split(/\s+/)
    .filter(Boolean);
  return (row) => {
    if (!asked.every(([filter, values]) => passes(filter, values, row, source))) return false;
    if (words.length === 0) return true;
    const found = text(row, source);
    return words.every((one) => found.includes(one));
  };
}

/** Count rows by value of a filter.
 *
 * @param {Filter} filter
 * @param {any[]} rows
 * @param {Source} source
 */
export function tally(filter, rows, source) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const row of rows) {
    for (const value of valuesOf(filter, row, source)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

/** Return the order that the address asks for: {key, down}.
 *
 * @param {Institution} institution
 * @param {Record<string, string[]>} query
 */
export function orderOf(institution, query) {
  const columns = institution.columns.map(({ key }) => key);
  const asked = [query.sort?.[0], institution.sort].find((said) => columns.includes(said?.replace(/^-/, "")));
  return { key: asked.replace(/^-/, ""), down: asked.startsWith("-") };
}

/** Rank values: numbers by themselves, others in the order of the collator, nothing last.
 *
 * Each text is compared once, however many rows have it: a list has tens of thousands.
 *
 * @param {any[]} values
 * @param {Intl.Collator} collator
 * @returns {(value: any) => number}
 */
function ranking(values, collator) {
  if (values.every((value) => none(value) || typeof value === "number" || typeof value === "boolean")) {
    return Number;
  }
  const texts = [...new Set(values.filter((value) => !none(value)).map(String))].sort(collator.compare);
  const ranks = new Map(texts.map((text, rank) => [text, rank]));
  return (value) => ranks.get(String(value));
}

/** Sort rows by a column; rows without a value come last, equal ones by key.
 *
 * @param {any[]} rows
 * @param {(row: any) => any} value
 * @param {boolean} down
 * @param {Intl.Collator} collator
 */
export function arranged(rows, value, down, collator) {
  const values = rows.map(value);
  const rank = ranking(values, collator);
  const sign = down ? -1 : 1;
  const keyed = rows.map((row, index) => ({
    row,
    rank: none(values[index]) ? Infinity : sign * rank(values[index]),
  }));
  const byKey = (a, b) => (a.row.key < b.row.key ? -1 : a.row.key > b.row.key ? 1 : 0);
  return keyed.sort((a, b) => (a.rank === b.rank ? byKey(a, b) : a.rank - b.rank)).map(({ row }) => row);
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MINUTE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

/** Return a local time, or the end of a local day, as an instant. Null is now: for today, and for what is no
 * date or is to come.
 *
 * @param {string | undefined} date YYYY-MM-DD or YYYY-MM-DDTHH:MM
 * @param {string} now The local time, YYYY-MM-DDTHH:MM.
 * @param {(local: string) => string} toInstant
 */
export function instantOf(date, now, toInstant) {
  if (MINUTE.test(date ?? "")) return date < now ? toInstant(date) : null;
  if (!DAY.test(date ?? "") || date >= now.slice(0, 10)) return null;
  const next = new Date(`${date}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  const midnight = Date.parse(toInstant(`${next.toISOString().slice(0, 10)}T00:00`));
  return new Date(midnight - 1).toISOString();
}

/** Return a function that works something out once for each state of the rows: of 20,000 enterprises not with
 * each letter that is typed.
 *
 * @template T
 * @param {(source: import("./types.js").Source) => T} work
 */
export function perSource(work) {
  const known = new WeakMap();
  return (/** @type {import("./types.js").Source} */ source) => {
    if (!known.has(source)) known.set(source, work(source));
    return /** @type {T} */ (known.get(source));
  };
}

/** Return a row's choices in a form: key and name, by name.
 *
 * @param {Iterable<any>} rows
 * @param {Intl.Collator} collator
 */
export const choicesOf = (rows, collator) =>
  [...rows]
    .map((row) => /** @type {[string, string]} */ ([row.key, row.name || row.key]))
    .sort(([, one], [, other]) => collator.compare(one, other));
