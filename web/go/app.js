// Entry point of the courier's page.

import { lang, speak, t } from "../lib/i18n.js";
import { calledBy } from "../lib/names.js";
import { effect, html, render, signal, useState } from "../lib/preact.js";
import { hhmm, span, wall } from "../lib/time.js";
import { ring } from "./alarm.js";
import { Difficulties } from "./asked.js";
import { Now, Switch } from "./duty.js";
import { Recognition, Service, Settings, Training } from "./later.js";
import { link } from "./live.js";
import { Button, Icon } from "./parts.js";
import { deed, Hours, NotifyNudge, Refused, Team, Waiting } from "./people.js";
import { look } from "./push.js";
import { boot } from "./session.js";
import { Again, SignIn } from "./sign.js";
import { SosButton, SosStatus } from "./sos.js";
import { duty, lingers, me, offers, outbox, served, shown, waiting, who } from "./state.js";
import { Scanned, Stations } from "./stops.js";
import { broken, last, retry, undo } from "./sync.js";
import { Foremost, foremost, Work } from "./tasks.js";

const LIVE_MS = 7000;
const OLD_MS = 12000;

/** Return how current the page is: {kind: live | old | offline | connecting, text}. */
function freshness() {
  void wall.value;
  const { phase, heard, behind } = link.value;
  const age = Date.now() - heard;
  if (phase === "live" && age < LIVE_MS && behind < 2) return { kind: "live", text: t("live.live") };
  if (phase === "connecting" && !heard) return { kind: "connecting", text: t("live.connecting") };
  if (navigator.onLine === false || !heard || (phase === "lost" && age > OLD_MS)) {
    return {
      kind: "offline",
      text: me.value ? t("live.offline", { time: hhmm(served(link.value.confirmed)) }) : t("live.never"),
    };
  }
  return { kind: "old", text: t("live.old", { age: span(Math.max(age, behind * 1000)) }) };
}

function Freshness() {
  const { kind, text } = freshness();
  return html`<p class=${`fresh fresh-${kind}`}><span class="dot" aria-hidden="true"></span>${text}</p>`;
}

/** Return for how many more seconds the last act can be undone. */
function undoable() {
  void wall.value;
  return last.value ? Math.ceil((last.value.until - Date.now()) / 1000) : 0;
}

function Undo({ left }) {
  return html`<div class="undo" role="status"><span>${deed(last.value.act)}</span>
    <${Button} icon="undo" onClick=${() => undo(last.value.act)}>${t("go.undo")} <span aria-hidden="true">
      ${left}</span></${Button}></div>`;
}

const Broken = () =>
  broken.value && html`<p class="refused" role="alert">${t("go.broken", { why: broken.value })}</p>`;

/** The controls within reach of the thumb: undo, the next step, the duty switch. */
function Dock({ where }) {
  const first = foremost();
  const left = undoable();
  return html`<footer class="dock">${left > 0 && html`<${Undo} left=${left} />`}
    ${first && html`<${Foremost} key=${first.assignment} task=${first} titled=${left <= 0} />`}<${Switch}
        where=${where} /></footer>`;
}

const Count = ({ n }) => html`<p class="top-wait"><${Icon} name="wait" />
  <span class="visually-hidden">${t("go.waiting", { n })}</span><span aria-hidden="true">${n}</span></p>`;

/** The sheet of places. It comes when it is opened: the page starts without. */
const places = signal(/** @type {typeof import("./where.js") | null} */ (null));
const loadPlaces = () =>
  import("./where.js").then(
    (module) => {
      places.value = module;
    },
    (error) => console.warn(error.message),
  );

/** The page after sign-in. */
function Shift() {
  const [choosing, setChoosing] = useState(false);
  const where = () => {
    loadPlaces();
    setChoosing(true);
  };
  if (!shown.value) {
    return html`<main class="sign"><h1>${t("go.title")}</h1><${Again} />
      <p role="status">${t("go.loading")}</p><${Freshness} /></main>`;
  }
  return html`<header class="top"><p class="top-name">${
    shown.value.worker.name ?? calledBy(shown.value.worker.worker, shown.value.worker)
  }</p>
      ${waiting.value.some(lingers) && html`<${Count} n=${waiting.value.length} />`}
      <${Freshness} /><${SosButton} /></header>
    <main class="page">
      <${SosStatus} /><${Again} /><${Broken} /><${Refused} /><${Scanned} />
      <${Now} where=${where} /><${Work} /><${Waiting} /><${NotifyNudge} />
      <div class="parts"><${Stations} /><${Team} /><${Hours} /><${Service} /><${Training} />
        <${Recognition} /><${Difficulties} /><${Settings} /></div></main>
    <${Dock} where=${where} />
    ${choosing && places.value && html`<${places.value.Where} close=${() => setChoosing(false)} />`}`;
}

function App() {
  void lang.value;
  if (who.value === undefined) return null;
  return who.value ? html`<${Shift} />` : html`<${SignIn} />`;
}

const known = new Set();
/** Ring for new offers. */
effect(() => {
  const fresh = offers.value.filter((task) => !known.has(task.assignment));
  for (const task of fresh) known.add(task.assignment);
  if (fresh.length) ring();
});

let phase = null;
/** Send the outbox on reconnection. */
effect(() => {
  const came = link.value.phase === "live" && phase !== "live";
  phase = link.value.phase;
  if (came && waiting.peek().length) retry();
  if (came) outbox.tell().catch(() => {});
});

effect(() => {
  document.title = who.value && shown.value ? `${t(`go.duty.${duty.value}`)} · ${t("go.title")}` : "Muster";
});

let touched = false;
for (const kind of ["pointerdown", "keydown"])
  addEventListener(
    kind,
    () => {
      touched = true;
    },
    { once: true, capture: true },
  );

/** Register the service worker, so that the page starts without a network. */
async function withoutNetwork() {
  if (!navigator.serviceWorker) return; // needs HTTPS
  takeOver(await navigator.serviceWorker.register("/go/worker.js", { scope: "/go" }));
}

/** Activate a new version of the service worker at the start or while the page is hidden, never while it is
 * in use.
 *
 * Waiting for the next start is not enough: a browser that is closed may drop the waiting version each time.
 * @param {ServiceWorkerRegistration} registration
 */
function takeOver(registration) {
  const take = () => {
    if (!registration.waiting || !navigator.serviceWorker.controller) return;
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    registration.waiting.postMessage("take over");
  };
  take();
  document.addEventListener("visibilitychange", () => document.hidden && take());
  registration.addEventListener("updatefound", () => {
    const { installing } = registration;
    installing.addEventListener(
      "statechange",
      () => installing.state === "installed" && (!touched || document.hidden) && take(),
    );
  });
}

async function begin() {
  await speak(lang.value, "go");
  const root = document.getElementById("app");
  root.textContent = "";
  render(html`<${App} />`, root);
  withoutNetwork().catch((error) => console.warn(error.message));
  await boot();
  if (who.peek()) look().catch(() => {});
}

begin();
