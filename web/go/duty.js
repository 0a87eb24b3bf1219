// The duty switch: on duty, on a break, off.

import { t, word } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { AVAILABLE, ON_BREAK } from "../lib/rules.js";
import { hhmm } from "../lib/time.js";
import { Button, classes, Icon, Sheet, Unsent } from "./parts.js";
import { reasons } from "./reasons.js";
import { duty, newcomer, shown, tasks, who } from "./state.js";
import { act } from "./sync.js";

/** The current presence in large letters. */
export function Now({ where }) {
  const { worker } = shown.value;
  const off = duty.value === "off";
  return html`<section class=${`now now-${duty.value}`} aria-live="polite">
    <h1>${word("presence", worker.presence)}</h1>
    ${
      !off &&
      html`<p class="now-place"><${Icon} name="place" /><span>${worker.area_name ?? worker.area}</span>
      <button type="button" class="link" onClick=${where}>${t("go.move")}</button></p>`
    }
    <p class="now-since">
      ${
        worker.since && !newcomer.value
          ? t(off ? "go.since_off" : "go.since", { time: hhmm(worker.since) })
          : t("go.never")
      }</p>
    <${Unsent} act=${worker.act} /></section>`;
}

/** The duty switch. `where` opens the sheet for choosing an area. */
export function Switch({ where }) {
  const [leaving, setLeaving] = useState(false);
  const [note, setNote] = useState(null);
  const now = duty.value;
  const set = (presence) => act("worker.set_presence", { worker: who.value.worker, presence });
  const on = () => {
    setNote(null);
    if (now === "off") where();
    else if (now === "break") set(AVAILABLE);
  };
  const rest = () => {
    const hindered = now === "off" ? "go.break_first" : tasks.value.length ? "go.break_later" : null;
    setNote(hindered && t(hindered));
    if (now === "on" && !hindered) set(ON_BREAK);
  };
  const off = () => {
    setNote(null);
    if (now === "off") return;
    if (tasks.value.some((task) => !task.team)) setLeaving(true);
    else act("worker.check_out", { worker: who.value.worker });
  };
  return html`${note && html`<p class="hint hint-dock" role="alert">${note}</p>`}
    <div class="duty" role="group" aria-label=${t("go.duty")}>
      <${Position} name="on" icon="check" now=${now} press=${on} />
      <${Position} name="break" icon="pause" now=${now} press=${rest} />
      <${Position} name="off" icon="power" now=${now} press=${off} /></div>
    ${leaving && html`<${Leaving} close=${() => setLeaving(false)} />`}`;
}

const Position = ({ name, icon, now, press }) =>
  html`<button type="button" class=${classes("duty-one", `duty-${name}`)} aria-pressed=${String(now === name)}
      onClick=${press}>
    <${Icon} name=${icon} /><span>${t(`go.duty.${name}`)}</span></button>`;

/** Going off duty with own live tasks: they are released for a reason. */
function Leaving({ close }) {
  const own = tasks.value.filter((task) => !task.team);
  const leave = (release) => {
    act("worker.check_out", { worker: who.value.worker, release });
    close();
  };
  return html`<${Sheet} title=${t("go.leaving.title")} close=${close}><div class="stack">
    <p>${t("go.leaving.what", { n: own.length })}</p>
    ${reasons("leave").map(
      ([code, name]) => html`<${Button} key=${code} onClick=${() => leave(code)}>${name}</${Button}>`,
    )}
    <${Button} kind="main" onClick=${close}>${t("go.leaving.stay")}</${Button}></div></${Sheet}>`;
}
