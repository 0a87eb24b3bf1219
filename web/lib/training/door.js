// The screen at the door: it opens a half-day, and then shows a code that changes every 30 seconds.
// Once it is open it needs no network: the codes are made here, and nowhere else.

import { t } from "../i18n.js";
import { fromLocal, toLocal } from "../localtime.js";
import { Qr } from "../people/qr.js";
import { useSend } from "../people/send.js";
import { html, useEffect, useState } from "../preact.js";
import { now, stamp } from "../time.js";
import { ErrorNote } from "../ui.js";
import { address, chain, numberAt, STEP_MS, seed } from "./door_code.js";
import { halfText } from "./parts.js";

const PREFIX = "muster.door.";
/** Codes of one door: four hours. */
export const CODES = 480;
const BEFORE_MS = 1800000;

/** Return the half-day that is now or comes next; null if all are over.
 * @param {{halves: string[]}} row
 * @param {number} at ms
 */
function nextHalf(row, at) {
  const [day, time] = toLocal(at).split("T");
  return row.halves.find((half) => half >= `${day}.${time < "12" ? "am" : "pm"}`) ?? null;
}

/** Return from when a door shows codes: half an hour before the session or the half-day, or from now on.
 * @param {{begins: string, halves: string[]}} row
 * @param {string} half
 * @param {number} at ms
 */
function doorBegins(row, half, at) {
  const [day, part] = half.split(".");
  const half_day = Date.parse(fromLocal(`${day}T${part === "am" ? "08:00" : "12:00"}`));
  const first = half === row.halves[0] ? Date.parse(row.begins) : half_day;
  return new Date(Math.max(at, first - BEFORE_MS)).toISOString();
}

/** The doors that this screen opened, by session and half-day. */
const doorOf = (session, half) => JSON.parse(localStorage.getItem(`${PREFIX}${session} ${half}`) ?? "null");

/** Opens a door, and shows its code. */
export function Door({ row }) {
  const half = nextHalf(row, now.value);
  const [opened, setOpened] = useState(0);
  if (half === null) return html`<p class="muted">${t("sessions.door_over")}</p>`;
  const door = doorOf(row.session, half);
  const over = door && now.value >= Date.parse(door.begins) + door.codes * STEP_MS;
  return door && !over
    ? html`<${Screen} key=${`${door.anchor} ${opened}`} row=${row} door=${door} />`
    : html`<${Open} key=${half} row=${row} half=${half} done=${() => setOpened(opened + 1)} />`;
}

function Open({ row, half, done }) {
  const { busy, problem, send } = useSend();
  const open = async () => {
    const begins = doorBegins(row, half, now.peek());
    const from = seed();
    const { anchor } = await chain(from, CODES);
    const door = { session: row.session, half, anchor, begins, codes: CODES };
    if (!(await send("session.open_door", door))) return;
    localStorage.setItem(`${PREFIX}${row.session} ${half}`, JSON.stringify({ ...door, seed: from }));
    done();
  };
  return html`<p class="muted">${t("sessions.door_hint", { half: halfText(half) })}</p>
    <${ErrorNote} problem=${problem} />
    <button type="button" class="button" aria-disabled=${busy ? "true" : undefined} onClick=${() => {
      if (!busy) open();
    }}>${t("sessions.door_open")}</button>`;
}

/** The code of this moment. */
function Screen({ row, door }) {
  const [codes, setCodes] = useState(/** @type {string[] | null} */ (null));
  useEffect(() => {
    let here = true;
    chain(door.seed, door.codes).then(({ shown }) => here && setCodes(shown));
    return () => {
      here = false;
    };
  }, [door.anchor]);
  const number = numberAt(door, now.value);
  if (number === null)
    return html`<p class="muted">${t("sessions.door_from", { at: stamp(door.begins) })}</p>`;
  if (!codes) return html`<p role="status">${t("ui.loading")}</p>`;
  const text = address(location.origin, row.session, door.anchor, number, codes[number]);
  return html`<div class="door-code" data-code=${text}><${Qr} text=${text}
    label=${t("sessions.door_label", { title: row.title })} /></div>
    <p class="muted">${t("sessions.door_shown", { half: halfText(door.half) })}</p>`;
}
