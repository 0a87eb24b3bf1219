// Preferences of this browser: sound and desktop notifications for what arrives.

import { t } from "../i18n.js";
import { html, useState } from "../preact.js";
import { setSound, soundOn } from "../prefs.js";
import { Dialog, Icon } from "../ui.js";
import { release, ring } from "./sound.js";

const supported = () => typeof Notification !== "undefined" && window.isSecureContext;

/** The dialog.
 *
 * @param {{ close: () => void }} props
 */
export function Preferences({ close }) {
  const [permission, setPermission] = useState(supported() ? Notification.permission : "unsupported");
  const [tested, setTested] = useState("");
  const test = async (kind) => {
    await release();
    setTested(t(ring(kind, { asked: true }) ? "sound.tested" : "sound.failed"));
  };
  return html`<${Dialog} title=${t("preferences.title")} close=${close}><div class="preferences">
    <label class="preferences-line"><input type="checkbox" checked=${soundOn.value}
      onChange=${(event) => setSound(event.currentTarget.checked)} /> ${t("sound.on")}</label>
    <p class="muted">${t("sound.how")}</p>
    <div class="toolbar">${["urgent", "life", "sos"].map(
      (kind) => html`<button type="button" class="button" onClick=${() => test(kind)}><${Icon} name="sound" />
      ${t(`sound.test_${kind}`)}</button>`,
    )}<span role="status">${tested}</span></div>
    <h3>${t("notify.title")}</h3>
    <p class="muted">${t(`notify.${permission}`)}</p>
    ${
      permission === "default" &&
      html`<div class="toolbar"><button type="button" class="button"
      onClick=${async () => setPermission(await Notification.requestPermission())}>${t("notify.ask")}
        </button></div>`
    }
  </div></${Dialog}>`;
}
