// Note for a refused assignment: the reason, who was faster, and an override.

import { t } from "../i18n.js";
import { html, useEffect, useRef } from "../preact.js";
import { DONE } from "../rules.js";
import { hhmm } from "../time.js";
import { ErrorNote, Icon } from "../ui.js";
import { unitName } from "./desk.js";
import { useReason } from "./reasons.js";

/** Note for a refusal. taken: the assignment with the last slot; override(code): called to send anyway. */
export function Refusal({ problem, taken, override }) {
  if (!problem) return null;
  if (problem.code === "request.full" && taken) {
    return html`<div class="note note-error" role="alert"><${Icon} name="alert" /><p>${t(
      "requests.taken_by",
      {
        who: unitName(taken),
        at: hhmm(taken.accepted_at ?? taken.dispatched_at),
      },
    )}</p></div>`;
  }
  return html`<${ErrorNote} problem=${problem} />
    ${problem.code === "capacity.exceeded" && override && html`<${Override} send=${override} />`}`;
}

function Override({ send }) {
  const reason = useReason("override", { needed: true });
  const form = useRef();
  useEffect(() => {
    form.current.querySelector("select").focus();
  }, []);
  const submit = (event) => {
    event.preventDefault();
    if (reason.ready) send(reason.code);
  };
  return html`<form class="override" ref=${form} onSubmit=${submit}><p>${t("requests.override_what")}</p>
    ${reason.field}
    <button type="submit" class="button button-main" aria-disabled=${reason.ready ? undefined : "true"}>
      ${t("requests.override")}</button></form>`;
}

/** Return the newest assignment that takes a slot. */
export const holder = (rows) =>
  rows
    .filter((row) => row.live || row.state === DONE)
    .sort(
      (a, b) => Date.parse(b.accepted_at ?? b.dispatched_at) - Date.parse(a.accepted_at ?? a.dispatched_at),
    )[0];
