// Calling for help: hold the button. The call is stored at once and goes out before everything else.

import { t } from "../lib/i18n.js";
import { html, useEffect, useRef, useState } from "../lib/preact.js";
import { hhmm, wall } from "../lib/time.js";
import { Button, classes, Icon, Sheet } from "./parts.js";
import { fix } from "./place.js";
import { lingers, me, shown, who } from "./state.js";
import { act, amendUnsent } from "./sync.js";

/** How long the button is held. */
const HOLD_MS = 1500;
/** How long the call waits for a place; it is stored meanwhile. */
const PLACE_MS = 2500;
const ALARM = [200, 80, 200, 80, 400];

/** Return a place in words for the desk.
 * @param {{lat: number, lon: number, accuracy: number}} place
 */
export const placed = ({ lat, lon, accuracy }) =>
  `${lat.toFixed(5)},${lon.toFixed(5)} ±${Math.round(accuracy)} m`;

/** Call for help.
 * @param {Promise<{lat: number, lon: number, accuracy: number} | null>} [asked] a place asked for before
 */
export async function call(asked = fix(PLACE_MS)) {
  navigator.vibrate?.(ALARM);
  const { worker } = who.value;
  const entry = await act("worker.raise_sos", { worker }, {}, { hold: PLACE_MS });
  if (!entry) return;
  const place = await asked;
  await amendUnsent(entry.id, place ? { place: placed(place) } : {});
}

/** The button in the header. A click without a pointer, as by keyboard, asks instead of being held. */
export function SosButton() {
  const [held, setHeld] = useState(false);
  const [asking, setAsking] = useState(false);
  const timer = useRef(null);
  const place = useRef(null);
  const fired = useRef(false);
  const stop = () => {
    clearTimeout(timer.current);
    setHeld(false);
  };
  useEffect(() => stop, []);
  const start = (event) => {
    if (event.button) return;
    fired.current = false;
    place.current = fix(HOLD_MS + PLACE_MS);
    setHeld(true);
    timer.current = setTimeout(() => {
      fired.current = true;
      stop();
      call(place.current);
    }, HOLD_MS);
  };
  const click = () => {
    if (!fired.current) setAsking(true);
  };
  if (shown.value?.sos) return null;
  return html`<button type="button" class=${classes("sos", held && "sos-held")}
      aria-label=${t("go.sos.button")} onPointerDown=${start} onPointerUp=${stop} onPointerLeave=${stop}
      onPointerCancel=${stop} onContextMenu=${(event) => event.preventDefault()} onClick=${click}>
    <svg class="sos-ring" viewBox="0 0 40 40" aria-hidden="true"><circle cx="20" cy="20" r="18" /></svg>
    <span aria-hidden="true">${t("act.worker.raise_sos")}</span></button>
    ${asking && html`<${Confirm} close=${() => setAsking(false)} />`}`;
}

const Confirm = ({ close }) => html`<${Sheet} title=${t("go.sos.title")} close=${close}><div class="stack">
  <p>${t("go.sos.what")}</p>
  <${Button} class="sos-send" icon="alert" onClick=${() => {
    close();
    call();
  }}>${t("go.sos.send")}</${Button}>
  <${Button} onClick=${close}>${t("go.sos.not")}</${Button}></div></${Sheet}>`;

/** Return how the call stands, in words. */
function standing(sos) {
  void wall.value;
  if (sos.state === "acknowledged") return t("go.sos.seen", { time: hhmm(sos.acknowledged_at) });
  if (sos.act?.state !== "waiting") return t("go.sos.sent", { time: hhmm(sos.raised_at) });
  return lingers(sos.act) || navigator.onLine === false ? t("go.sos.unsent") : t("go.sos.sending");
}

/** The call that is open, at the top of the page. */
export function SosStatus() {
  const sos = shown.value?.sos;
  if (!sos) return null;
  const waits = sos.act?.state === "waiting";
  const phone = me.value?.desk_phone;
  const cancel = () => act("worker.cancel_sos", { worker: who.value.worker, sos: sos.sos });
  return html`<section class=${classes("sos-status", `sos-${waits ? "unsent" : sos.state}`)} role="alert">
    <p><${Icon} name=${sos.state === "acknowledged" ? "check" : "alert"} /><b>${standing(sos)}</b></p>
    ${
      sos.state !== "acknowledged" &&
      (phone
        ? html`<a class="button" href=${`tel:${phone.replace(/[^+\d]/g, "")}`}><${Icon} name="phone" />
          <span>${t("go.sos.call", { phone })}</span></a>`
        : html`<p>${t("go.sos.call_local")}</p>`)
    }
    <${Button} onClick=${cancel}>${t("go.sos.cancel")}</${Button}></section>`;
}
