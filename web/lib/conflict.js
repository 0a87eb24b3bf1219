// Two people who amend one thing: shows what somebody else changed meanwhile, and lets one choose.

import { called } from "./called.js";
import { t, word } from "./i18n.js";
import { html, useState } from "./preact.js";
import { who } from "./requests/history.js";
import { areas } from "./store.js";
import { stamp } from "./time.js";
import { Icon } from "./ui.js";

const CODE = "amend.conflict";

/** Whether an amendment was refused because of what somebody changed meanwhile. */
export const isConflict = (problem) => problem?.code === CODE;

/** Return what to send after the choice: without the fields that stay as they are, based on what was seen.
 *
 * @param {Record<string, any>} data What was refused.
 * @param {{ values?: Record<string, any> }} problem
 * @param {Set<string>} mine Fields whose own value is to win.
 */
export function settled(data, problem, mine) {
  const dropped = new Set((problem.values?.fields ?? []).filter((name) => !mine.has(name)));
  const kept = Object.entries(data).filter(([name]) => !dropped.has(name));
  return { ...Object.fromEntries(kept), based_on: problem.values?.at };
}

const SHOWN = {
  priority: (value) => `${value} ${word("priority", value)}`,
  category: (value) => word("category", value),
  role: (value) => word("role", value),
  kind: (value) => word("incident_kind", value),
  area: (value) => areas.value.name(value),
  home_area: (value) => areas.value.name(value),
  incident: (value) => called("incident", value),
  due_at: stamp,
  starts_at: stamp,
};

/** Return a value of a field in words. */
function shown(name, value) {
  if (value === null || value === undefined || value === "") return t("word.none");
  if (Array.isArray(value)) {
    return value.map((one) => (name === "areas" ? areas.value.name(one) : one)).join(" ");
  }
  return SHOWN[name]?.(value) ?? String(value);
}

/** What somebody changed meanwhile, theirs and mine side by side, with the choice.
 *
 * `send` gets the data to send now. The present values come from `row`, the live row.
 */
export function Conflict({ problem, data, row, send, busy }) {
  const { fields = [], by, changed } = problem.values;
  const [mine, setMine] = useState(new Set());
  const pick = (name, own) => {
    const next = new Set(mine);
    if (own) next.add(name);
    else next.delete(name);
    setMine(next);
  };
  return html`<section class="note note-error conflict" role="alert">
    <${Icon} name="alert" /><div>
    <p>${t("conflict.title", { who: who(by), at: stamp(changed) })}</p>
    ${fields.map(
      (name) => html`<fieldset class="plain" key=${name}><legend>${t(`conflict.field_${name}`)}</legend>
      <div class="toggles"><label class="toggle toggle-radio"><input type="radio" name=${`conflict-${name}`}
        checked=${!mine.has(name)} onChange=${() => pick(name, false)} />
        ${t("conflict.theirs")} <b>${shown(name, row?.[name])}</b></label>
      <label class="toggle toggle-radio"><input type="radio" name=${`conflict-${name}`}
        checked=${mine.has(name)} onChange=${() => pick(name, true)} />
        ${t("conflict.mine")} <b>${shown(name, data[name])}</b></label></div></fieldset>`,
    )}
    <button type="button" class="button button-main" aria-disabled=${busy ? "true" : undefined}
      onClick=${() => !busy && send(settled(data, problem, mine))}>${t("conflict.send")}</button></div>
  </section>`;
}
