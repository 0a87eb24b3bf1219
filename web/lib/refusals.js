// Texts of refusals in the reader's language, from a code and values. The catalogues,
// i18n/{language}/{page}_refusals.js, are generated from services/refusals.
import { REFERENCE } from "../i18n/languages.js";
import { called, shortened } from "./called.js";
import { lang, language, plain, refusal, t } from "./i18n.js";
import { stamp } from "./time.js";

const PLACE = /\{(\w+)\}/g;
const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** Format a value: instants in local time, lists with commas, codes as words. */
function shown(value, words = {}) {
  if (Array.isArray(value)) return value.map((one) => shown(one)).join(language.value.list);
  return INSTANT.test(value) ? stamp(value) : shortened(plain(words[value] ?? value));
}

/** Names of values that are ids, and of what. */
const IDS = /** @type {Record<string, "request" | "worker" | "team" | "incident">} */ ({
  request: "request",
  into: "request",
  worker: "worker",
  team: "team",
  incident: "incident",
});

/** Name what an id means; undefined for other values. */
const named = (name, value) =>
  IDS[name] && typeof value === "string" ? plain(called(IDS[name], value)) : undefined;

const whole = (text, values) => [...text.matchAll(PLACE)].every(([, name]) => values[name] !== undefined);

/** Return the first sentence whose values are all given, or undefined. */
function sentence(entry, values) {
  const found = (entry.variants?.[values.variant] ?? entry.sentences ?? []).find((text) =>
    whole(text, values),
  );
  return found?.replace(
    PLACE,
    (_, name) => named(name, values[name]) ?? shown(values[name], entry.words?.[name]),
  );
}

/** Return the reason of a refusal as text.
 *
 * A text `code.*` of the page itself comes first. Without values, falls back to the text of the service in
 * the reference language, and to the meaning of the code in others.
 *
 * @param {{ code: string, values?: Record<string, any>, detail?: string }} problem
 * @returns {string}
 */
export function reason({ code, values = {}, detail }) {
  const entry = refusal(code);
  const own = t(`code.${code}`, {}, "");
  if (own || typeof entry === "string") return own || entry;
  return (
    (entry && sentence(entry, values)) ||
    ((lang.value === REFERENCE || !entry) && detail) ||
    entry?.meaning ||
    code
  );
}
