// Corrections of attendance: the form of one fact, and what was corrected before.

import { t, word } from "../i18n.js";
import { fromLocal, toLocal } from "../localtime.js";
import { html, useEffect, useState } from "../preact.js";
import { who } from "../requests/history.js";
import { needing } from "../store.js";
import { codes, termName } from "../terms.js";
import { now, stamp } from "../time.js";
import { Field } from "../ui.js";
import { CommandForm } from "./acts.js";
import { AreaField, AreaName, Choice, short } from "./parts.js";

const LIST = "correction";
/** Kinds of facts that can be corrected. */
export const ATTENDANCE = ["in", "out", "break", "available"];

/** The form that corrects one fact: its time, and for a check-in its area. */
export function CorrectForm({ fact, done }) {
  const [at, setAt] = useState(toLocal(Date.parse(fact.at)));
  const [area, setArea] = useState(fact.area);
  const [reason, setReason] = useState("wrong_time");
  useEffect(() => needing("terms"), []);
  const moved = at !== toLocal(Date.parse(fact.at));
  const work = () => [
    "worker.correct_duty",
    {
      worker: fact.worker,
      fact: fact.command,
      ...(moved && { happened_at: fromLocal(at) }),
      ...(fact.kind === "in" && area && area !== fact.area && { area }),
      reason,
    },
  ];
  return html`<${CommandForm} label=${t("people.correct")} work=${work} done=${done}
      note=${t("people.correct_note")}>
    <${Field} label=${t("people.correct_at", { what: word("fact", fact.kind) })}>${(
      a11y,
    ) => html`<input ...${a11y} type="datetime-local" required value=${at} max=${toLocal(now.peek())}
      onInput=${(event) => setAt(event.currentTarget.value)} />`}</${Field}>
    ${
      fact.kind === "in" &&
      html`<${AreaField} label=${t("people.where")} value=${area} change=${setArea} required />`
    }
    <${Field} label=${t("people.correct_reason")}>${(a11y) => html`<${Choice} ...${a11y}
      label=${t("people.correct_reason")} value=${reason} change=${setReason} required
      codes=${codes(LIST)} say=${(code) => termName(LIST, code)}
      none=${t("requests.reason_choose")} />`}
    </${Field}></${CommandForm}>`;
}

/** What was corrected: who, when, from and to. */
export const Corrections = ({ fact }) =>
  (fact.corrections ?? []).length > 0 &&
  html`<details class="folk-corrections"><summary>${t("people.corrected_n", {
    n: fact.corrections.length,
  })}</summary><ul>${fact.corrections.map(
    (one) => html`<li key=${one.at}><time>${stamp(one.at)}</time> ${who(one.by)}:${" "}
      ${one.was_at !== one.to_at && html`<s>${short(one.was_at)}</s> → ${short(one.to_at)} `}
      ${
        one.was_area !== one.to_area &&
        html`<s><${AreaName} code=${one.was_area} /></s> → <${AreaName} code=${one.to_area} /> `
      }<span class="muted">${termName(LIST, one.reason)}</span></li>`,
  )}</ul></details>`;
