// Coded reasons that the phone asks for: the built-in ones, and those that the jurisdiction defines.

import { get, Problem } from "../lib/api.js";
import { lang } from "../lib/i18n.js";
import { computed, effect, signal } from "../lib/preact.js";
import { REASONS } from "../lib/reason_rules.js";
import { link } from "./live.js";
import { db, who } from "./state.js";

/** Lists of reasons: why it could not be done, why an offer is declined, why somebody goes off duty. */
const LISTS = ["door", "decline", "leave"];
const MOST = 200;

/** What the jurisdiction defines, as last loaded; kept for a start without a network. */
const defined = signal(/** @type {TermRow[]} */ ([]));

/** Return [code, name] of each reason on offer, by the built-in order, then own ones.
 * @param {TermRow[]} rows
 * @param {string} language
 * @param {string} list
 */
export function offered(rows, language, list = "door") {
  const found = new Map(Object.entries(REASONS[list]).map(([code, names]) => [code, { names }]));
  for (const { list: of, code, names, retired } of rows) {
    if (of !== list) continue;
    if (retired) found.delete(code);
    else found.set(code, { names: { ...found.get(code)?.names, ...names } });
  }
  return [...found].map(([code, { names }]) => [code, names[language] ?? code]);
}

/** The reasons of a list in the reader's language.
 * @param {string} list
 */
export const reasons = (list) => offered(defined.value, lang.value, list);

/** Load what was kept, then, with a network, what is defined now. */
async function load(jurisdiction, online) {
  defined.value = (await db.get(`terms ${jurisdiction}`)) ?? [];
  if (!online) return;
  try {
    const { items } = await get(`/${jurisdiction}/terms`, { list: LISTS, limit: MOST });
    defined.value = items;
    await db.set(`terms ${jurisdiction}`, items);
  } catch (error) {
    if (!(error instanceof Problem)) throw error; // what was kept still holds
  }
}

const online = computed(() => link.value.phase === "live");
const place = computed(() => who.value?.jurisdiction);
effect(() => {
  if (place.value) load(place.value, online.value);
});
