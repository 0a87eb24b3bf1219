// Settings and sign-out. Loaded when it is opened.

import { t, word } from "../lib/i18n.js";
import { calledBy } from "../lib/names.js";
import { html, useEffect, useId, useState } from "../lib/preact.js";
import { setSound, sound } from "./alarm.js";
import { Button, Sheet } from "./parts.js";
import { installing, Looks } from "./people.js";
import { hindrance, setSharing, sharing } from "./place.js";
import { look, push, subscribe, unsubscribe } from "./push.js";
import { signOut, unsent } from "./session.js";
import { others, shown } from "./state.js";

/** A switch for a setting. */
function Toggle({ label, hint, on, set }) {
  const id = useId();
  return html`<div class="toggle"><span class="toggle-text"><span id=${id}>${label}</span>
      ${hint && html`<small id=${`${id}-hint`}>${hint}</small>`}</span>
    <button type="button" role="switch" class="switch" aria-checked=${String(on)} aria-labelledby=${id}
      aria-describedby=${hint && `${id}-hint`} onClick=${() => set(!on)}><span class="knob"
          aria-hidden="true"></span></button></div>`;
}

/** A button to install the page as an app, where supported. */
function Install() {
  const install = () => {
    installing.value.prompt();
    installing.value = null;
  };
  return installing.value && html`<${Button} icon="star" onClick=${install}>${t("go.install")}</${Button}>`;
}

function Notify() {
  if (push.value === "off" || push.value === "unknown") return null;
  if (push.value === "denied") return html`<p class="muted">${t("go.push.denied")}</p>`;
  return html`<${Toggle} label=${t("go.push")} hint=${t("go.push.hint")} on=${push.value === "on"}
      set=${(on) => (on ? subscribe() : unsubscribe())} />
    ${push.value === "failed" && html`<p class="hint hint-bad" role="alert">${t("go.push.failed")}</p>`}`;
}

/** The part's content. */
export function Body() {
  const [leaving, setLeaving] = useState(false);
  const { worker } = shown.value;
  useEffect(() => {
    look().catch(() => {});
  }, []);
  return html`<div class="stack">
      <p>${t("go.signed_in", { name: worker.name ?? "", worker: calledBy(worker.worker, worker) })}<br />
        <small>${word("role", worker.role)}${[worker.organisation, worker.phone].map(
          (one) => one && html` · <bdi>${one}</bdi>`,
        )}</small></p>
      <${Toggle} label=${t("go.sound")} on=${sound.value} set=${setSound} />
      <${Notify} />
      <${Toggle} label=${t("go.share")} hint=${t("go.share.hint")} on=${sharing.value} set=${setSharing} />
      ${hindrance.value && html`<p class="hint hint-bad" role="alert">${t(`go.near.${hindrance.value}`)}</p>`}
      <${Looks} /><${Install} />
      ${others.value > 0 && html`<p class="muted">${t("go.others", { n: others.value })}</p>`}
      <${Button} icon="power" onClick=${() => setLeaving(true)}>${t("go.leave")}</${Button}></div>
    ${
      leaving &&
      html`<${Sheet} title=${t("go.leave")} close=${() => setLeaving(false)}><div class="stack">
      <p>${unsent() ? t("go.leave.unsent", { n: unsent() }) : t("go.leave.what")}</p>
      <${Button} onClick=${signOut}>${t("go.leave")}</${Button}>
      <${Button} kind="main" onClick=${() => setLeaving(false)}>${t("go.stay")}</${Button}></div></${Sheet}>`
    }`;
}
