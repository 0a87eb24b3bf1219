// Texts of the pages, in the languages of i18n/languages.js, which can be switched at any time.
import { LANGUAGES, REFERENCE } from "../i18n/languages.js";
import { computed, signal } from "./preact.js";

export { LANGUAGES };
const KEPT = "muster.language";
/** Marks of direction: in a value they would turn the text around it as well. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;
const catalogues = {};
const refusals = {};

/** Code of the language shown. */
export const lang = signal(preferred());
/** The language shown, as languages.js describes it. */
export const language = computed(() => LANGUAGES.find((one) => one.code === lang.value));
/** The language that the switch offers: the next in the list. */
export const next = computed(() => LANGUAGES[(LANGUAGES.indexOf(language.value) + 1) % LANGUAGES.length]);

function preferred() {
  const asked = new URLSearchParams(location.search).get("lang") ?? localStorage.getItem(KEPT);
  const own = navigator.language.toLowerCase().split("-")[0];
  const known = (code) => LANGUAGES.some((one) => one.code === code);
  return [asked, own].find(known) ?? REFERENCE;
}

/** Load a language if need be, and show it. `base` = the folder of catalogues; courier pages have their own. */
export async function speak(code, file = "board") {
  const parts = [import(`../i18n/${code}/${file}.js`), import(`../i18n/${code}/${file}_refusals.js`)];
  const [texts, refused] = await Promise.all(parts);
  catalogues[code] = texts.default;
  refusals[code] = refused.default;
  localStorage.setItem(KEPT, code);
  lang.value = code;
  document.documentElement.lang = language.value.tag;
}

/** A value without marks that turn the text around it. */
export const plain = (value) => String(value ?? "").replace(TURNING, "");

/** A text of the catalogue with its values filled in; `other` where it may have none. */
export function t(key, values = {}, other = undefined) {
  const text = catalogues[lang.value]?.[key] ?? other;
  if (text === undefined) {
    console.error(`no text ${key} in ${lang.value}`);
    return key;
  }
  return text.replace(/\{(\w+)\}/g, (_, name) => plain(values[name]));
}

/** The word for a code of a domain such as role or category; a code that we have no word for, as it is. */
export function word(domain, code) {
  if (code === null || code === undefined || code === "") return t("word.none");
  return catalogues[lang.value]?.[`${domain}.${code}`] ?? String(code).replaceAll("_", " ");
}

/** What the catalogue of refusals says of a code: on a phone a text, on the board as lib/refusals.js reads it. */
export const refusal = (code) => refusals[lang.value]?.[code];

const numbers = new Map();
/** A number as the language writes it. */
export function number(value, options = {}) {
  const key = `${lang.value}${JSON.stringify(options)}`;
  if (!numbers.has(key)) numbers.set(key, new Intl.NumberFormat(language.value.format, options));
  return numbers.get(key).format(value);
}
