// Texts of the pages in the languages of i18n/languages.js. The language can change at any time.
import { LANGUAGES, REFERENCE } from "../i18n/languages.js";
import { computed, signal } from "./preact.js";

export { LANGUAGES };

const KEPT = "muster.language";
/** Bidirectional control characters. In a value they would affect the text around it. */
const BIDI = /[\u202a-\u202e\u2066-\u2069]/g;
const catalogues = {};
const refusals = {};
/** Catalogues that parts of a page added. */
const added = new Set();

/** Code of the current language. */
export const lang = signal(preferred());
/** The entry of the current language in languages.js. */
export const language = computed(() => LANGUAGES.find((one) => one.code === lang.value));
/** The language that the switch offers: the next of the list. */
export const next = computed(() => LANGUAGES[(LANGUAGES.indexOf(language.value) + 1) % LANGUAGES.length]);

function preferred() {
  const asked = new URLSearchParams(location.search).get("lang") ?? localStorage.getItem(KEPT);
  const own = navigator.language.toLowerCase().split("-")[0];
  const known = (code) => LANGUAGES.some((one) => one.code === code);
  return [asked, own].find(known) ?? REFERENCE;
}

/** Load the catalogues of a language and switch to it.
 *
 * @param {string} code
 * @param {string} [file] Name of the catalogues. The phone pages have their own.
 */
export async function speak(code, file = "board") {
  const parts = [import(`../i18n/${code}/${file}.js`), import(`../i18n/${code}/${file}_refusals.js`)];
  const [texts, refused] = await Promise.all(parts);
  catalogues[code] = { ...texts.default };
  await extend(code);
  refusals[code] = refused.default;
  localStorage.setItem(KEPT, code);
  lang.value = code;
  document.documentElement.lang = language.value.tag;
}

/** Add the texts of a part that is loaded later, also to the languages chosen after that.
 *
 * @param {string[]} files Names of catalogues.
 */
export async function learn(...files) {
  for (const file of files) added.add(file);
  await extend(lang.peek());
}

async function extend(code) {
  for (const file of added)
    Object.assign(catalogues[code], (await import(`../i18n/${code}/${file}.js`)).default);
}

/** Return a value as text, without bidirectional control characters. */
export const plain = (value) => String(value ?? "").replace(BIDI, "");

/** Return a text of the catalogue with its values filled in.
 *
 * @param {string} key
 * @param {Record<string, any>} [values]
 * @param {string} [other] Returned for a key without text.
 * @returns {string}
 */
export function t(key, values = {}, other = undefined) {
  const text = catalogues[lang.value]?.[key] ?? other;
  if (text === undefined) {
    console.error(`no text ${key} in ${lang.value}`);
    return key;
  }
  return text.replace(/\{(\w+)\}/g, (_, name) => plain(values[name]));
}

/** Words of the jurisdiction's own lists by `domain.code`: {names, own}. Own ones replace the catalogue's.
 * @type {import("./preact.js").Signal<Record<string, { names: Record<string, string>, own: boolean }>>}
 */
export const defined = signal({});

const ownWord = (found) => found && (found.names[lang.value] ?? Object.values(found.names).find(Boolean));

/** Return the word for a code of a domain such as role. A code without a word is returned as text.
 *
 * @param {string} domain
 * @param {string | number | null | undefined} code
 * @returns {string}
 */
export function word(domain, code) {
  if (code === null || code === undefined || code === "") return t("word.none");
  const key = `${domain}.${code}`;
  const found = defined.value[key];
  const own = found?.own ? ownWord(found) : undefined;
  return own ?? catalogues[lang.value]?.[key] ?? ownWord(found) ?? String(code).replaceAll("_", " ");
}

/** Return the entry of a code in the catalogue of refusals: a text on phones, an object on the board. */
export const refusal = (code) => refusals[lang.value]?.[code];

const numbers = new Map();
/** Format a number in the current language.
 *
 * @param {number} value
 * @param {Intl.NumberFormatOptions} [options]
 * @returns {string}
 */
export function number(value, options = {}) {
  const key = `${lang.value}${JSON.stringify(options)}`;
  if (!numbers.has(key)) numbers.set(key, new Intl.NumberFormat(language.value.format, options));
  return numbers.get(key).format(value);
}
