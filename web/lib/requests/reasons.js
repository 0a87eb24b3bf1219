// A field for coded reasons: a usual one, or a new one that is shown as it will be recorded.

import { codeOf, OWN } from "../codeof.js";
import { t, word } from "../i18n.js";
import { html, useState } from "../preact.js";
import { NewTerm } from "../settings/newterm.js";
import { codes } from "../terms.js";
import { Field } from "../ui.js";

/** Code of a reason that is told in a note. */
const NOTED = "other";

/** Manage a field for a reason. `note` is the typed text if it makes no code.
 *
 * @param {string} purpose A list of reasons, such as cancel.
 * @param {object} options
 * @param {boolean} options.needed Whether a reason is required.
 * @param {boolean} [options.notes] Whether a text that makes no code is accepted, as note.
 * @param {boolean} [options.first] Whether the field takes the focus.
 */
export function useReason(purpose, { needed, notes, first }) {
  const [choice, setChoice] = useState("");
  const [typed, setTyped] = useState("");
  const own = choice === OWN;
  const made = own ? codeOf(typed) : choice;
  const asNote = own && !made && notes && typed.trim() !== "";
  const code = made || (asNote ? NOTED : "");
  const ready = own ? code !== "" : !needed || code !== "";
  const field = html`<div class="form-row">
    <${Field} label=${t("requests.reason")} hint=${needed ? undefined : t("ui.optional")}>${(control) => html`
      <select ...${control} autofocus=${first} value=${choice} required=${needed}
          onChange=${(event) => setChoice(event.currentTarget.value)}>
        <option value="">${needed ? t("requests.reason_choose") : t("word.none")}</option>
        ${codes(purpose).map((one) => html`<option value=${one}>${word("reason", one)}</option>`)}
        <option value=${OWN}>${t("requests.reason_other")}</option>
      </select>`}</${Field}>
    ${
      own &&
      html`<${Field} label=${t("requests.reason_own")} hint=${ownHint(typed, made, asNote)}>${(
        control,
      ) => html`
      <input ...${control} value=${typed} maxlength="200"
          onInput=${(event) => setTyped(event.currentTarget.value)} />`}</${Field}>
      <${NewTerm} list=${purpose} added=${setChoice} />`
    }
  </div>`;
  return { code: code || null, note: asNote ? typed.trim() : null, ready, field };
}

function ownHint(typed, made, asNote) {
  if (made) return t("requests.reason_as", { code: made });
  if (asNote) return t("requests.reason_as_note");
  return typed ? t("requests.reason_letters") : t("requests.reason_hint");
}
