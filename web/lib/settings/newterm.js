// A new entry of a list, with its names in every language and its code: on the settings page, and in forms
// where the value is missing.

import { codeOf } from "../codeof.js";
import { LANGUAGES, t } from "../i18n.js";
import { useSend } from "../people/send.js";
import { html, useState } from "../preact.js";
import { TERM_LISTS } from "../settings_rules.js";
import { may } from "../store.js";
import { ErrorNote } from "../ui.js";
import { Input, sorted } from "./parts.js";

const DEFINE = "term.define";
const ABOUT = { "term.unnamed": LANGUAGES[0].code };
const NAMES = Object.fromEntries(LANGUAGES.map(({ code }) => [code, ""]));
const LANGUAGE_CODES = Object.keys(NAMES);

/** Return the code that a form makes: the one typed, else one from a name in Latin letters, if any.
 *
 * @param {Record<string, any>} form
 * @returns {string | undefined}
 */
const codeMade = (form) => form.code.trim() || LANGUAGE_CODES.map((one) => codeOf(form[one])).find(Boolean);

/** Manage the form of one entry. `define` resolves to its code, null if it was refused or is incomplete.
 *
 * @param {string} list
 * @param {Record<string, any>} [term] The entry to change; none for a new one.
 */
export function useTerm(list, term) {
  const blank = { ...NAMES, code: "", confirm: false, retired: false };
  const [form, setForm] = useState(term ? { ...blank, ...term.names, ...term } : blank);
  const [missing, setMissing] = useState(/** @type {Record<string, string>} */ ({}));
  const action = useSend();
  const set = (part) => {
    setForm((before) => ({ ...before, ...part }));
    setMissing({});
  };
  const code = term?.code ?? codeMade(form);
  const { fields, rest } = sorted(action.problem, ABOUT);
  const define = async () => {
    if (action.busy) return null;
    if (!code) {
      setMissing({ code: t("settings.code_needed") });
      return null;
    }
    const names = Object.fromEntries(
      LANGUAGE_CODES.map((one) => [one, form[one].trim()]).filter(([, name]) => name),
    );
    const data = { list, code, names, confirm: form.confirm, retired: form.retired };
    if (!(await action.send(DEFINE, data))) return null;
    if (!term) setForm(blank);
    return code;
  };
  return { form, set, code, errors: { ...fields, ...missing }, rest, action, define };
}

/** Fields of the names in every language, and of the code of a new entry. */
export const TermFields = ({ term, entry: { form, set, code, errors } }) =>
  html`${LANGUAGES.map(
    ({ code: one, name }) => html`<${Input} key=${one} label=${t("settings.name_in", { language: name })}
    error=${errors[one]} maxlength="200" value=${form[one]} change=${(text) => set({ [one]: text })} />`,
  )}${
    !term &&
    html`<${Input} label=${t("settings.code")} maxlength="64" error=${errors.code}
    hint=${code ? t("settings.code_as", { code }) : t("settings.code_hint")} value=${form.code}
    change=${(value) => set({ code: value })} />`
  }`;

/** Adds an entry to a list from within another form, for those who may. `added` gets its code.
 *
 * @param {{ list: string, added: (code: string) => void }} props
 */
export function NewTerm({ list, added }) {
  if (!TERM_LISTS.includes(list) || !may(DEFINE)) return null;
  return html`<${Fold} list=${list} added=${added} />`;
}

function Fold({ list, added }) {
  const entry = useTerm(list);
  const add = async () => {
    const code = await entry.define();
    if (code) added(code);
  };
  const typed = (event) => {
    if (event.key !== "Enter" || event.target.localName !== "input") return;
    event.preventDefault(); // it would send the form around this
    add();
  };
  return html`<details class="new-term" onKeyDown=${typed}><summary>${t("settings.new_in_list")}</summary>
    <${TermFields} entry=${entry} /><${ErrorNote} problem=${entry.rest} />
    <button type="button" class="button" aria-disabled=${entry.action.busy ? "true" : undefined}
      onClick=${add}>${entry.action.busy ? t("people.sending") : t("settings.add_to_list")}</button>
    </details>`;
}
