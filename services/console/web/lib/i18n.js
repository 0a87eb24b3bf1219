// Two languages, switched at once. Every text of the page is in the catalogues under i18n/.
import { signal } from "./preact.js";

export const LANGUAGES = ["zh", "en"];
const KEPT = "muster.language";
/** Marks of direction: in a value they would turn the text around it as well. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;
const catalogues = { zh: null, en: null };

/** What the service's sentence for a refusal names (docs/catalogue/codes.md). */
const NAMED = {
  "request.full": /taken by (?<by>.+?)\.$/,
  "capacity.exceeded": /already on (?<live>.+?);/,
  "worker.has_assignment": /live assignment \((?<live>.+?)\)/,
  "team.has_assignments": /live assignments \((?<live>.+?)\)/,
  "worker.in_team": /active team (?<team>.+?);/,
  "incident.unfinished": /^(?<n>\d+) /,
  "import.column": /^(?<what>.+)$/s,
  "import.file": /^(?<what>.+)$/s,
  invalid: /^(?<what>.+)$/s,
};

/** The language shown: zh or en. */
export const lang = signal(preferred());

function preferred() {
  const asked = new URLSearchParams(location.search).get("lang") ?? localStorage.getItem(KEPT);
  if (LANGUAGES.includes(asked)) return asked;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** Load a language if need be, and show it. `base` = the folder of catalogues; courier pages have their own. */
export async function speak(code, file = "board") {
  catalogues[code] ??= (await import(`../i18n/${code}/${file}.js`)).default;
  localStorage.setItem(KEPT, code);
  document.documentElement.lang = code === "zh" ? "zh-CN" : "en";
  lang.value = code;
}

/** A text of the catalogue with its values filled in. */
export function t(key, values = {}) {
  const text = catalogues[lang.value]?.[key];
  if (text === undefined) {
    console.error(`no text ${key} in ${lang.value}`);
    return key;
  }
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? "").replace(TURNING, ""));
}

/** The word for a code of a domain such as role or category; a code that we have no word for, as it is. */
export function word(domain, code) {
  if (code === null || code === undefined || code === "") return t("word.none");
  return catalogues[lang.value]?.[`${domain}.${code}`] ?? String(code).replaceAll("_", " ");
}

/** Why something was refused, for the person who asked: our sentence for its code, else the service's. */
export function reason(problem) {
  const key = `code.${problem.code}`;
  const known = catalogues[lang.value]?.[key];
  if (lang.value === "en" && problem.detail && problem.status) return problem.detail;
  return known ? t(key, NAMED[problem.code]?.exec(problem.detail ?? "")?.groups) : problem.detail || problem.code;
}

const numbers = new Map();
/** A number as the language writes it. */
export function number(value, options = {}) {
  const key = `${lang.value}${JSON.stringify(options)}`;
  if (!numbers.has(key)) numbers.set(key, new Intl.NumberFormat(lang.value === "zh" ? "zh-CN" : "en-GB", options));
  return numbers.get(key).format(value);
}
