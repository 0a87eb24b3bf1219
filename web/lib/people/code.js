// A single-use sign-in code for a worker's phone: as text, as QR code, and on a card to print.

import { send } from "../api.js";
import { t } from "../i18n.js";
import { calledBy } from "../names.js";
import { html, useEffect, useRef, useState } from "../preact.js";
import { live, place } from "../store.js";
import { span, wall } from "../time.js";
import { ErrorNote, Icon, useAction } from "../ui.js";
import { Both } from "./both.js";
import { print } from "./print.js";
import { Qr } from "./qr.js";

const MINUTES = [15, 60, 480];

/** A form to create a code, then the code. Its time left counts from the answer, by this machine's clock. */
export function SignInCode({ row, done }) {
  const [minutes, setMinutes] = useState(MINUTES[0]);
  const [made, setMade] = useState(null);
  const { busy, problem, run } = useAction();
  const make = async () => {
    const found = await run(() =>
      send("POST", `/${live.peek().jurisdiction}/codes`, { worker: row.worker, minutes }),
    );
    if (found) setMade({ ...found, until: performance.now() + minutes * 60000, minutes });
  };
  if (made) return html`<${Made} row=${row} made=${made} again=${() => setMade(null)} done=${done} />`;
  return html`<div class="folk-small-form"><p class="muted">${t("people.code_note")}</p>
    <fieldset class="folk-choices"><legend>${t("people.code_lasts")}</legend>
      ${MINUTES.map(
        (one) => html`<label><input type="radio" name="minutes"
      checked=${minutes === one} onChange=${() => setMinutes(one)} /> ${span(one * 60000)}</label>`,
      )}</fieldset>
    <${ErrorNote} problem=${problem} retry=${make} />
    <div class="form-actions"><button type="button" class="button button-main" onClick=${make}
      aria-disabled=${busy ? "true" : undefined}>${t("people.code_make")}</button>
      <button type="button" class="button button-plain" onClick=${done}>${t("ui.cancel")}</button></div>
        </div>`;
}

/** Whether phones cannot reach an address, because it means the machine that opens it. */
const isLoopback = (host) => /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host);

const LISTEN = "muster serve --host 0.0.0.0";
/** A warning that QR codes lead to this machine only, and what to do. */
export const Loopback = () =>
  isLoopback(location.hostname) &&
  html`<div class="note loopback"><${Icon} name="alert" /><p>${t("people.loopback", {
    address: location.host,
  })} <code>${LISTEN}</code></p></div>`;

function Made({ row, made, again, done }) {
  const left = made.until - wall.value;
  const heading = useRef();
  useEffect(() => {
    heading.current?.focus();
  }, []);
  const link = new URL(made.link, location.origin).href;
  if (left <= 0) {
    return html`<div class="folk-small-form" role="status"><p>${t("people.code_over")}</p>
      <div class="form-actions">
      <button type="button" class="button button-main" onClick=${again}>${t("people.code_again")}</button>
        </div>
        </div>`;
  }
  return html`<div class="folk-code-made"><${Qr} text=${link}
      label=${t("people.code_qr", { who: row.worker })}
    />
    <div class="folk-code-text"><p class="folk-code-big" ref=${heading} tabindex="-1">${made.code}</p>
      <p>${t("people.code_how", { address: `${location.host}/go` })}</p>
      <${Loopback} />
      <p class="folk-code-left"><${Icon} name="wait" />${t("people.code_left", { span: span(left) })}</p>
      <div class="form-actions"><button type="button" class="button"
        onClick=${() => print(html`<${Card} row=${row} made=${made} link=${link} />`)}><${Icon}
            name="print" />
        ${t("people.code_print")}</button>
        <button type="button" class="button button-plain" onClick=${done}>${t("ui.close")}</button></div>
          </div>
          </div>`;
}

const Card = ({ row, made, link }) => html`<section class="folk-card folk-card-code">
  <div class="folk-card-text">
    <p class="folk-card-place">${place.value?.name}</p><p class="folk-card-name">
      ${row.name ?? ""} ${calledBy(row.worker, row)}
      </p>
    <p class="folk-code-big">${made.code}</p>
      <${Both} text="people.card.sign_in" values=${{ n: made.minutes }} /></div>
  <${Qr} text=${link} label=${made.code} /></section>`;
