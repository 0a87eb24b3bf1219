// The values of a form: from a row to its fields, and from its fields to a command.

import { areaOf } from "../areabox.js";
import { checked } from "../entry/checks.js";
import { t } from "../i18n.js";

/** @typedef {import("./types.js").FormField} FormField */

const BLANK = { flag: false, areas: [] };

/** Return the first values of a form, from the row that it amends.
 *
 * @param {import("./types.js").Form} form
 * @param {any} row
 * @param {import("./types.js").Source} source
 * @param {(instant: string) => string} toLocal
 * @returns {Record<string, any>}
 */
export function first(form, row, source, toLocal) {
  const start = (field) => {
    const given = field.from ? field.from(row, source) : form.amends ? row?.[field.name] : undefined;
    if (given === null || given === undefined) return BLANK[field.kind] ?? "";
    if (field.kind === "instant") return toLocal(given);
    return field.kind === "number" ? String(given) : given;
  };
  return Object.fromEntries(form.fields.map((field) => [field.name, start(field)]));
}

/** Return the values that differ from the first ones: what somebody typed or chose.
 *
 * @param {Record<string, any>} values
 * @param {Record<string, any>} blank
 */
export const edited = (values, blank) =>
  Object.fromEntries(Object.entries(values).filter(([name, value]) => !same(value, blank[name])));

/** Field kind -> its value in a command. */
const SENT = {
  number: Number,
  flag: Boolean,
  text: (value) => value.trim(),
  lines: (value) => value.trim(),
};

/** Return the fields of a command: without empty ones, which the service then sets by default.
 *
 * @param {FormField[]} fields
 * @param {Record<string, any>} values
 * @param {(local: string) => string} fromLocal
 */
export function dataOf(fields, values, fromLocal) {
  const data = {};
  for (const { name, kind = "text" } of fields) {
    const value = values[name];
    if (kind === "areas") {
      data[name] = [...new Set([...value, values[`${name}_typed`]].filter(Boolean))];
    } else if (value !== "" && value !== undefined) {
      data[name] = kind === "instant" ? fromLocal(value) : (SENT[kind]?.(value) ?? value);
    }
  }
  return data;
}

const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** Return what an amendment changes; what was emptied is null.
 *
 * @param {FormField[]} fields
 * @param {Record<string, any>} data
 * @param {any} row
 */
export function changed(fields, data, row) {
  const now = fields.map(({ name }) => /** @type {[string, any]} */ ([name, data[name] ?? null]));
  return Object.fromEntries(now.filter(([name, value]) => !same(value, row[name])));
}

/** Return what is missing or against the limits, by field.
 *
 * @param {FormField[]} fields
 * @param {Record<string, any>} values
 * @param {HTMLFormElement} form
 */
export function missing(fields, values, form) {
  const found = checked(form);
  /** @type {NodeListOf<HTMLInputElement>} */
  const boxes = form.querySelectorAll("input[data-area]");
  for (const { name, value } of boxes) {
    if (value.trim() !== "" && areaOf(value) === null) found[name] = t("people.area_bad");
  }
  /** @type {NodeListOf<HTMLInputElement>} */
  const choices = form.querySelectorAll("input[role=combobox]:not([data-area])");
  for (const { name, value } of choices) {
    if (value.trim() !== "" && values[name] === "") found[name] = t("institution.no_such");
  }
  for (const { name, kind, required } of fields) {
    const value = values[name];
    const none = kind === "areas" ? value.length === 0 && !values[`${name}_typed`] : value === "";
    if (required && none && kind !== "flag") found[name] ??= t("entry.fault.required");
  }
  return found;
}
