// What a form can tell before it is sent: the rules of its inputs, as texts beside the fields.

import { number, t } from "../i18n.js";

/** Return the text of what is wrong with an input, or null. */
function wrong(input) {
  const { validity } = input;
  if (validity.valid) return null;
  if (validity.valueMissing) return t("entry.fault.required");
  if (validity.rangeUnderflow) return t("entry.fault.least", { n: number(Number(input.min)) });
  if (validity.rangeOverflow)
    return input.type === "number"
      ? t("entry.fault.most", { n: number(Number(input.max)) })
      : t("entry.fault.future");
  if (validity.tooLong) return t("entry.fault.long", { n: number(input.maxLength) });
  if (validity.badInput || validity.stepMismatch) return t("entry.fault.number");
  return t("entry.fault.pattern");
}

/** Return the errors of a form's inputs by name. Inputs that are disabled have none.
 *
 * @param {HTMLFormElement} form
 * @returns {Record<string, string>}
 */
export function checked(form) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const input of /** @type {Iterable<HTMLInputElement>} */ (form.elements)) {
    if (!input.name || input.disabled || !input.validity || found[input.name]) continue;
    const text = wrong(input);
    if (text) found[input.name] = text;
  }
  return found;
}
