// Why something was refused, in the reader's language: made of its code and values by the service's catalogue
// (i18n/{language}/{page}_refusals.js, generated from services/refusals).
import { REFERENCE } from "../i18n/languages.js";
import { lang, language, plain, refusal, t } from "./i18n.js";
import { stamp } from "./time.js";

const PLACE = /\{(\w+)\}/g;
const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** A value as people read it: instants in the jurisdiction's time, lists with commas, codes in words. */
function shown(value, words = {}) {
  if (Array.isArray(value)) return value.map((one) => shown(one)).join(language.value.list);
  return INSTANT.test(value) ? stamp(value) : plain(words[value] ?? value);
}

const whole = (text, values) => [...text.matchAll(PLACE)].every(([, name]) => values[name] !== undefined);

/** The first sentence whose values are all given; undefined where there is none. */
function sentence(entry, values) {
  const found = (entry.variants?.[values.variant] ?? entry.sentences ?? []).find((text) =>
    whole(text, values),
  );
  return found?.replace(PLACE, (_, name) => shown(values[name], entry.words?.[name]));
}

/** Why, for the person who asked: {code, values?, detail?}. Without values it is said as the service said it; what
 * a page says in words of its own (`code.*` of its texts) comes first. */
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
