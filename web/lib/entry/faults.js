// Maps refusals to the fields of a form, with texts.
import { t } from "../i18n.js";
import { reason } from "../refusals.js";

/** Texts of the rules that a value can break. */
const SAID = {
  string_too_long: "entry.fault.long",
  string_too_short: "entry.fault.short",
  greater_than_equal: "entry.fault.least",
  less_than_equal: "entry.fault.most",
  string_pattern_mismatch: "entry.fault.pattern",
  missing: "entry.fault.required",
};

/** Fields that a refusal is about, by code. The first that the form has is used. */
const ABOUT = {
  "area.unknown": ["area", "home_area", "areas"],
  "area.closed": ["area", "home_area"],
  "area.outside": ["area", "code"],
  "area.exists": ["code"],
  "area.no_parent": ["code"],
  "incident.unknown": ["incident"],
  "incident.closed": ["incident"],
  "incident.exists": ["id"],
  "request.exists": ["id"],
  "worker.exists": ["id"],
  "worker.erased": ["id"],
  "team.exists": ["id"],
  "worker.unknown": ["members"],
  "worker.retired": ["members"],
  "worker.in_team": ["members"],
  "call_sign.taken": ["call_sign"],
  "timezone.unknown": ["timezone"],
  "jurisdiction.established": ["code"],
};
/** Names of fields in forms, by name in commands. */
const NAMED = {
  lon: "place",
  lat: "place",
  at: "received",
  starts_at: "starts",
  due_at: "due",
  request: "id",
  worker: "id",
  team: "id",
};

/** Return the text of a fault {variant, limit?} of the service. */
export const fault = ({ variant, limit }) => t(SAID[variant] ?? "entry.fault.other", { n: limit });

const nameIn = (field, names) =>
  [field, NAMED[field], field === "area" && "code"].find((one) => names.includes(one));

/** Return the field whose value a refusal names: both have the same name and value. */
const mentioned = ({ values = {} }, names, data) =>
  names.find((name) => values[name] !== undefined && values[name] === data[name]);

/** Return the errors of fields in a refusal, or null if it is about none of `names`.
 *
 * @param {import("../api.js").Problem} problem
 * @param {string[]} names
 * @param {Record<string, any>} [data] What was sent, to find the field that a refusal mentions.
 * @param {Record<string, string[]>} [more] Fields that a refusal is about, by code.
 * @returns {Record<string, string> | null}
 */
export function faults(problem, names, data = {}, more = {}) {
  const known = more[problem.code] ?? ABOUT[problem.code] ?? [];
  const about = known.find((one) => names.includes(one)) ?? mentioned(problem, names, data);
  if (about) return { [about]: reason(problem) };
  /** @type {Record<string, string>} */
  const found = {};
  for (const { field, values } of problem.body?.errors ?? []) {
    const name = nameIn(field.split(".")[0], names);
    if (!name) return null;
    found[name] = fault(values);
  }
  return Object.keys(found).length ? found : null;
}
