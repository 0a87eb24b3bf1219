// Coded lists: what is built in, and what the jurisdiction has defined itself.

import { defined, lang, word } from "./i18n.js";
import { computed, effect } from "./preact.js";
import { BUILT_IN } from "./settings_rules.js";
import { live } from "./store.js";

/** Lists that have a domain of words of their own. All others are reasons. */
const OWN = ["category", "incident_kind"];
/** Return the domain of words of a list, as for `word`. */
const domainOf = (list) => (OWN.includes(list) ? list : "reason");

/** Merge the built-in terms with definitions: list -> code -> {code, names, confirm, retired, own, builtIn}.
 *
 * @param {Record<string, Record<string, any>>} builtIn
 * @param {Iterable<any>} rows Rows of the view `terms`.
 */
export function merged(builtIn, rows) {
  /** @type {Record<string, Record<string, any>>} */
  const found = {};
  for (const [list, terms] of Object.entries(builtIn)) {
    found[list] = {};
    for (const [code, term] of Object.entries(terms))
      found[list][code] = { code, ...term, own: false, builtIn: true };
  }
  for (const row of rows) {
    found[row.list] ??= {};
    const usual = found[row.list][row.code];
    const { code, confirm, retired } = row;
    const names = { ...usual?.names, ...filledIn(row.names) };
    found[row.list][code] = { code, names, confirm, retired, own: true, builtIn: Boolean(usual) };
  }
  return found;
}

const filledIn = (names) => Object.fromEntries(Object.entries(names).filter(([, name]) => name));

/** All terms by list and code. */
export const lists = computed(() => merged(BUILT_IN, live.value?.rows("terms").values() ?? []));

/** Codes of a list that are offered. */
export const codes = (list) =>
  Object.values(lists.value[list] ?? {})
    .filter((term) => !term.retired)
    .map((term) => term.code);

/** Return what a term is called in the current language, else in another one, else its code. */
export const named = (term) =>
  term.names[lang.value] ?? Object.values(term.names).find(Boolean) ?? term.code.replaceAll("_", " ");

/** Return what a code of a list is called, as a word if the list does not have it.
 *
 * @param {string} list
 * @param {string} code
 * @returns {string}
 */
export const termName = (list, code) => {
  const term = lists.value[list]?.[code];
  return term ? named(term) : word(domainOf(list), code);
};

effect(() => {
  /** @type {Record<string, any>} */
  const found = {};
  for (const [list, terms] of Object.entries(lists.value)) {
    for (const term of Object.values(terms)) {
      const key = `${domainOf(list)}.${term.code}`;
      if (term.own || !(key in found)) found[key] = { names: term.names, own: term.own };
    }
  }
  defined.value = found;
});
