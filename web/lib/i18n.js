// Two languages, switched at once. Every text of the page is in the catalogues under i18n/.
import { signal } from "./preact.js";

export const LANGUAGES = ["zh", "en"];
const KEPT = "muster.language";
/** Marks of direction: in a value they would turn the text around it as well. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;
const catalogues = { zh: null, en: null };
const refusals = {};

/** The language shown: zh or en. */
export const lang = signal(preferred());

function preferred() {
  const asked = new URLSearchParams(location.search).get("lang") ?? localStorage.getItem(KEPT);
  if (LANGUAGES.includes(asked)) return asked;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** Load a language if need be, and show it. `base` = the folder of catalogues; courier pages have their own. */
export async function speak(code, file = "board") {
  const parts = [import(`../i18n/${code}/${file}.js`), import(`../i18n/${code}/${file}_refusals.js`)];
  const [texts, refused] = await Promise.all(parts);
  catalogues[code] = texts.default;
  refusals[code] = refused.default;
  localStorage.setItem(KEPT, code);
  document.documentElement.lang = code === "zh" ? "zh-CN" : "en";
  lang.value = code;
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
  if (!numbers.has(key))
    numbers.set(key, new Intl.NumberFormat(lang.value === "zh" ? "zh-CN" : "en-GB", options));
  return numbers.get(key).format(value);
}
