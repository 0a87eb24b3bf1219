// Who sees which personal data without asking.

import { t, word } from "../i18n.js";
import { useSend } from "../people/send.js";
import { html, useState } from "../preact.js";
import { DISCLOSED, DISCLOSURE, SIGHTS } from "../settings_rules.js";
import { place } from "../store.js";
import { Foot, Select, sorted } from "./parts.js";

const SCOPES = Object.keys(DISCLOSURE);
/** Those who may not reveal have nothing on demand. */
const sightsOf = (scope) => (scope === "dispatcher" ? SIGHTS : SIGHTS.filter((one) => one !== "on_demand"));

/** The part of the page. */
export function Sights() {
  const [rules, setRules] = useState(() => place.peek().disclosure);
  const action = useSend();
  const { rest } = sorted(action.problem);
  const set = (scope, kind) => (sight) =>
    setRules((before) => ({ ...before, [scope]: { ...before[scope], [kind]: sight } }));
  const submit = async (event) => {
    event.preventDefault();
    if (action.busy) return;
    const given = Object.fromEntries(
      SCOPES.map((scope) => [
        scope,
        Object.fromEntries(
          DISCLOSED.filter((kind) => rules[scope][kind] !== DISCLOSURE[scope][kind]).map((kind) => [
            kind,
            rules[scope][kind],
          ]),
        ),
      ]),
    );
    await action.send("jurisdiction.set_disclosure", { rules: given });
  };
  return html`<form class="entry-card settings-form" onSubmit=${submit}>${SCOPES.toReversed().map(
    (scope) => html`<fieldset class="settings-group" key=${scope}><legend>${word("scope", scope)}</legend>
    <div class="settings-four settings-wide">${DISCLOSED.map(
      (kind) => html`<${Select} label=${t(`settings.class_${kind}`)} value=${rules[scope][kind]}
        change=${set(scope, kind)}
        options=${sightsOf(scope).map((one) => [one, t(`settings.sight_${one}`)])} />`,
    )}</div></fieldset>`,
  )}<${Foot} action=${action} label=${t("ui.save")} problem=${rest}><button type="button" class="button"
    onClick=${() => setRules(DISCLOSURE)}>${t("settings.to_defaults")}</button></${Foot}></form>`;
}
