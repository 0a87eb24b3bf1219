// Parts of the settings' forms.

import { fault } from "../entry/faults.js";
import { t } from "../i18n.js";
import { html } from "../preact.js";
import { reason } from "../refusals.js";
import { ErrorNote, Field } from "../ui.js";

/** Return errors by field name of a refusal, and the problem itself if it is about no field.
 *
 * @param {import("../api.js").Problem | null | undefined} problem
 * @param {Record<string, string>} about Code of a refusal -> the field it is about.
 * @returns {{ fields: Record<string, string>, rest: any }}
 */
export function sorted(problem, about = {}) {
  if (!problem) return { fields: {}, rest: null };
  if (about[problem.code]) return { fields: { [about[problem.code]]: reason(problem) }, rest: null };
  /** @type {Record<string, string>} */
  const fields = {};
  for (const { field, values } of problem.body?.errors ?? []) fields[field.split(".")[0]] = fault(values);
  return { fields, rest: Object.keys(fields).length ? null : problem };
}

/** An input with its label and error. */
export const Input = ({ label, hint, error, value, change, ...rest }) => html`<${Field} label=${label}
  hint=${hint} error=${error}>${(a11y) => html`<input autocomplete="off" ...${a11y} ...${rest} value=${value}
  aria-invalid=${error ? "true" : undefined} onInput=${(event) => change(event.currentTarget.value)}
  />`}</${Field}>`;

/** A select. `options`: [[value, text]]. */
export const Select = ({ label, hint, error, value, change, options, ...rest }) => html`<${Field}
  label=${label} hint=${hint} error=${error}>${(a11y) => html`<select ...${a11y} ...${rest} value=${value}
  onChange=${(event) => change(event.currentTarget.value)}>${options.map(
    ([one, text]) => html`<option value=${one}>${text}</option>`,
  )}</select>`}</${Field}>`;

/** A checkbox with its label. */
export const Check = ({ label, value, change }) => html`<label class="entry-check"><input type="checkbox"
  checked=${value} onChange=${(event) => change(event.currentTarget.checked)} />
    <span>${label}</span></label>`;

/** The foot of a form: its problem and its buttons. */
export const Foot = ({ action, label, problem, children }) => html`<${ErrorNote} problem=${problem} />
  <div class="form-actions"><button type="submit" class="button button-main"
    aria-disabled=${action.busy ? "true" : undefined}>${action.busy ? t("people.sending") : label}</button>
    ${children}</div>`;
