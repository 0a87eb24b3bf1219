// Which field a refusal is about, and what is wrong there in words.
import { t } from "../i18n.js";
import { reason } from "../refusals.js";

/** The rule that a value breaks -> the text that says it. */
const SAID = {
  string_too_long: "entry.fault.long",
  string_too_short: "entry.fault.short",
  greater_than_equal: "entry.fault.least",
  less_than_equal: "entry.fault.most",
  string_pattern_mismatch: "entry.fault.pattern",
  missing: "entry.fault.required",
};

/** Codes of refusals -> the fields they are about, in the order in which a form may have them. */
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
  "timezone.unknown": ["timezone"],
};
/** Fields of commands that forms have under another name. */
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

/** What is wrong with a value, in words: {variant, limit?} of the service. */
export const fault = ({ variant, limit }) => t(SAID[variant] ?? "entry.fault.other", { n: limit });

const nameIn = (field, names) =>
  [field, NAMED[field], field === "area" && "code"].find((one) => names.includes(one));

/** The errors of fields that a refusal means, {field: text}; null where it is about none of `names`. */
export function faults(problem, names) {
  const about = ABOUT[problem.code]?.find((one) => names.includes(one));
  if (about) return { [about]: reason(problem) };
  const found = {};
  for (const { field, values } of problem.body?.errors ?? []) {
    const name = nameIn(field.split(".")[0], names);
    if (!name) return null;
    found[name] = fault(values);
  }
  return Object.keys(found).length ? found : null;
}
