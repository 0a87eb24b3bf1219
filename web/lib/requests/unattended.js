// Dialog that asks why a team is sent although nobody of it is on duty.

import { t } from "../i18n.js";
import { html } from "../preact.js";
import { Dialog } from "../ui.js";
import { useReason } from "./reasons.js";

/** Code of the refusal that a reason overcomes. */
export const NOBODY_ON_DUTY = "team.nobody_on_duty";

/** Ask for the reason. unit: name of the team; send(code): called with the reason; close(): without one. */
export function Unattended({ unit, send, close }) {
  const reason = useReason("unattended", { needed: true, first: true });
  const submit = (event) => {
    event.preventDefault();
    if (!reason.ready) return;
    close();
    send(reason.code);
  };
  return html`<${Dialog} title=${t("requests.unattended_title", { unit })} close=${close}>
    <form class="form" onSubmit=${submit}>
      <p>${t("requests.unattended_what")}</p>${reason.field}
      <div class="form-actions"><button type="submit" class="button button-main"
          aria-disabled=${reason.ready ? undefined : "true"}>${t("requests.unattended_send")}</button>
        <button type="button" class="button button-plain" onClick=${close}>${t("ui.cancel")}</button></div>
    </form></${Dialog}>`;
}
