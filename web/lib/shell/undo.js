// The last act, with the seconds that are left to undo it. Keys u and z undo it on every page.

import { t } from "../i18n.js";
import { html, useEffect, useState } from "../preact.js";
import { Icon } from "../ui.js";
import { keep, undo, undoable } from "../undo.js";

const KEYS = ["u", "z"];
const TYPING = "input:not([type=radio], [type=checkbox]), textarea, select, dialog";

/** The offer to undo. The shell shows it once. */
export function Undo() {
  const offer = undoable.value;
  useEffect(() => {
    const pressed = (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (!KEYS.includes(event.key) || !undoable.peek() || event.target.closest(TYPING)) return;
      event.preventDefault();
      undo();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
  return html`<div class="undo" role="status" aria-live="polite">${
    offer &&
    html`<p class="toast toast-undo" key=${offer.until}><${Icon} name="done" /><span>${offer.text}</span>
      <button type="button" class="button" onClick=${undo} aria-keyshortcuts="u z"><${Icon} name="undo" />
        ${t("undo.do")} <kbd>u</kbd></button><${Countdown} until=${offer.until} />
      <button type="button" class="button button-plain" onClick=${keep} aria-label=${t("ui.close")}><${Icon}
        name="close" /></button></p>`
  }</div>`;
}

/** Seconds left. Not announced: it would interrupt a screen reader ten times. */
function Countdown({ until }) {
  const left = () => Math.max(0, Math.ceil((until - Date.now()) / 1000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(left()), 250);
    return () => clearInterval(timer);
  }, [until]);
  return html`<span class="undo-left" aria-hidden="true">${seconds}</span>`;
}
