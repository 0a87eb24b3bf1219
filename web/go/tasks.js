// Offers and tasks, each with its next step as one button.

import { get } from "../lib/api.js";
import { number, t, word } from "../lib/i18n.js";
import { requestSign } from "../lib/names.js";
import { effect, html, signal, useEffect, useState } from "../lib/preact.js";
import { OFFERED, STAGES } from "../lib/rules.js";
import { hhmm, now, span } from "../lib/time.js";
import { link } from "./live.js";
import { Button, Icon, reason, Sheet, Unsent } from "./parts.js";
import { db, finished, offers, served, tasks, who } from "./state.js";
import { act, well } from "./sync.js";

const ON_SCENE = STAGES.at(-1);
/** Reasons to decline until the lists have loaded. */
const REASONS = ["busy", "too_far", "no_vehicle", "unwell", "other"];

/** The buttons and sheets for the door. They come with the first offer or task: the page starts without. */
const door = signal(/** @type {typeof import("./door.js") | null} */ (null));
effect(() => {
  void link.value.phase; // repeats a load that failed once the network is back
  if (door.peek() || !(offers.value.length || tasks.value.length || finished.value.length)) return;
  import("./door.js").then(
    (module) => {
      door.value = module;
    },
    (error) => console.warn(error.message),
  );
});
const AtDoor = (props) => door.value && html`<${door.value.AtDoor} ...${props} />`;
const ProofButton = (props) => door.value && html`<${door.value.ProofButton} ...${props} />`;

const declines = () => door.value?.declines() ?? REASONS.map((why) => [why, word("reason", why)]);

/** Return the title of a task: category, area and number.
 * @param {Task} task
 */
export const titleOf = (task) =>
  [word("category", task.request?.category), task.request?.area_name ?? task.request?.area, numberOf(task)]
    .filter(Boolean)
    .join(" · ");

/** Return the number of a task's request, as people say it aloud; "" if it has none.
 * @param {Task} task
 */
const numberOf = ({ request }) => (request?.number ? requestSign(request.number) : "");

/** Return the first offer, else the first task, else null. */
export const foremost = () => offers.value[0] ?? tasks.value[0] ?? null;

/** The buttons of the foremost task, for the dock. */
export const Foremost = ({ task, titled }) =>
  html`${
    titled &&
    html`<p class="dock-what"><b>${titleOf(task)}</b>${
      task.state === OFFERED &&
      html`<${Left}
      task=${task} />`
    }</p>`
  }
    <${Actions} task=${task} />`;

const Actions = ({ task }) =>
  task.state === OFFERED ? html`<${Answer} task=${task} />` : html`<${Step} task=${task} />`;

function Step({ task }) {
  const stage = STAGES[STAGES.indexOf(task.state) + 1]; // undefined after the last stage
  const name = stage ? "assignment.progress" : "assignment.done";
  const data = { assignment: task.assignment, ...(stage && { stage }) };
  return html`<${Button} kind="main" class="step" icon=${stage ? "navigate" : "check"}
    onClick=${() => act(name, data, { title: titleOf(task) })}>${t(`go.step.${stage ?? "done"}`)}
      </${Button}>`;
}

function Answer({ task }) {
  const [asking, setAsking] = useState(false);
  const about = { title: titleOf(task) };
  const decline = (why) => {
    setAsking(false);
    act("assignment.decline", { assignment: task.assignment, reason: why }, about);
  };
  return html`<div class="answer">
    <${Button} icon="close" onClick=${() => setAsking(true)}>${t("go.decline")}</${Button}>
    <${Button} kind="main" icon="check"
        onClick=${() => act("assignment.accept", { assignment: task.assignment }, about)}>${t("go.accept")}
          </${Button}>
    ${
      asking &&
      html`<${Sheet} title=${t("go.decline.why")} close=${() => setAsking(false)}><div class="stack">
      ${declines().map(
        ([why, name]) => html`<${Button} key=${why} onClick=${() => decline(why)}>${name}
        </${Button}>`,
      )}</div></${Sheet}>`
    }
  </div>`;
}

/** Format as minutes:seconds.
 * @param {number} milliseconds
 */
function clock(milliseconds) {
  const seconds = Math.ceil(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** The time left to answer an offer, by the service's clock. */
function Left({ task }) {
  if (!task.expires_at) return null;
  const left = Math.max(0, Date.parse(task.expires_at) - now.value);
  return html`<span class="left" role="timer">
    ${t("go.left", { time: left < 3600000 ? clock(left) : span(left) })}</span>`;
}

function Countdown({ task }) {
  if (!task.expires_at) return null;
  const whole = Date.parse(task.expires_at) - Date.parse(task.offered_at ?? task.expires_at);
  const left = Math.max(0, Date.parse(task.expires_at) - now.value);
  const width = `${whole ? Math.min(100, (100 * left) / whole) : 0}%`;
  return html`<div class="countdown" aria-hidden="true"><div class="countdown-left" style=${{ width }}></div>
    </div>`;
}

const Facts = ({ request }) => html`<p class="facts">
  <span class=${`priority priority-${request.priority}`}><b>${request.priority}
    </b> ${word("priority", request.priority)}</span>
  ${request.quantity > 1 && html`<span>× ${number(request.quantity)}</span>`}
  ${request.due_at && html`<span>${t("go.due", { time: hhmm(request.due_at) })}</span>`}</p>`;

function Offer({ task, docked }) {
  return html`<article class="card card-offer" aria-label=${t("go.offer")}>
    <header class="card-head"><span class="tag">${t(task.team ? "go.offer_team" : "go.offer")}</span><${Left}
        task=${task} /></header>
    <${Countdown} task=${task} />
    <h2>${titleOf(task)}</h2>${task.request && html`<${Facts} request=${task.request} />`}
    <${Unsent} act=${task.act} />${!docked && html`<${Actions} task=${task} />`}</article>`;
}

/** Say that one is well: the welfare timer begins again. */
const Well = () =>
  html`<${Button} icon="check" class="well"
    onClick=${() => act("worker.check_welfare", { worker: who.value.worker })}>${
      well.value ? t("go.well.said", { time: hhmm(served(well.value)) }) : t("go.well")
    }</${Button}>`;

function Task({ task, docked }) {
  return html`<article class="card" aria-label=${titleOf(task)}>
    <header class="card-head"><span class="tag">${word("state", task.state)}</span>
      ${task.team && html`<span class="muted">${t("go.team_task")}</span>`}</header>
    <h2>${titleOf(task)}</h2>${task.request && html`<${Facts} request=${task.request} />`}
    <${Unsent} act=${task.act} />
    ${task.request && html`<${Contact} task=${task} />`}
    <${AtDoor} task=${task} title=${titleOf(task)} />
    ${task.state === ON_SCENE && html`<${Well} />`}
    ${!docked && html`<${Actions} task=${task} />`}</article>`;
}

/** Contact details, masked until revealed. The service records each reveal; the phone stores them while the
 * task is live.
 */
function Contact({ task }) {
  /** @type {`contact ${string}`} */
  const key = `contact ${task.assignment}`;
  const [open, setOpen] = useState(/** @type {Contact | null} */ (null));
  const [problem, setProblem] = useState(null);
  useEffect(() => {
    db.get(key).then((kept) => kept && setOpen(kept));
  }, [key]);
  const reveal = async () => {
    setProblem(null);
    try {
      const { request } = await get(
        `/${who.value.jurisdiction}/tasks/${encodeURIComponent(task.assignment)}`,
        { reveal: true },
      );
      const { contact_name, contact_phone, address, text } = request;
      const found = { contact_name, contact_phone, address, text };
      await db.set(key, found);
      setOpen(found);
    } catch (error) {
      setProblem(error);
    }
  };
  const { contact_name, contact_phone } = open ?? task.request;
  const { address, text } = open ?? {}; // masked ones are useless
  const known = [contact_name, contact_phone, task.request.address, task.request.text].some(Boolean);
  return html`<div class="contact">
    ${address && html`<p class="address">${address}</p>`}${text && html`<p class="said">${text}</p>`}
    ${
      (contact_name || contact_phone) &&
      html`<p class="muted"><bdi>${contact_name}</bdi> ${contact_phone}
      </p>`
    }
    ${
      problem &&
      html`<p class="hint hint-bad" role="alert">${
        problem.status === 0 ? t("go.reveal.offline") : `${t("go.reveal.failed")} ${reason(problem)}`
      }</p>`
    }
    <div class="choices contact-ways">
      ${
        !open &&
        known &&
        task.act?.name !== "assignment.accept" &&
        html`<${Button} icon="eye"
          onClick=${reveal}>${t("go.reveal")}</${Button}>`
      }
      ${
        open?.contact_phone &&
        html`<a class="button" href=${`tel:${open.contact_phone.replace(/[^+\d]/g, "")}`}>
        <${Icon} name="phone" /><span>${t("go.call")}</span></a>`
      }
      <${Ways} request=${task.request} address=${open?.address} /></div></div>`;
}

/** Links to map apps: geo: (Apple Maps on Apple devices) and AMap. */
function Ways({ request, address }) {
  const placed = request.lon !== null && request.lat !== null && request.lon !== undefined;
  if (!placed && !address) return null;
  return html`<a class="button" href=${placed ? toPlace(request) : toAddress(address)} target="_blank"
      rel="noreferrer">
      <${Icon} name="navigate" /><span>${t("go.way")}</span></a>
    <a class="button" href=${amap(request, address, placed)} target="_blank" rel="noreferrer">
      <${Icon} name="navigate" /><span>${t("go.way_amap")}</span></a>`;
}

const apple = /iPhone|iPad|Macintosh/.test(navigator.userAgent);
const toPlace = ({ lon, lat }) =>
  apple ? `https://maps.apple.com/?daddr=${lat},${lon}` : `geo:${lat},${lon}?q=${lat},${lon}`;
const toAddress = (address) =>
  `${apple ? "https://maps.apple.com/?daddr=" : "geo:0,0?q="}${encodeURIComponent(address)}`;
const amap = ({ lon, lat }, address, placed) =>
  placed
    ? `https://uri.amap.com/navigation?to=${lon},${lat}&coordinate=wgs84&mode=car&callnative=1`
    : `https://uri.amap.com/search?keyword=${encodeURIComponent(address)}&callnative=1`;

/** Tasks just done: a proof may follow, and nobody waits for it. */
const Finished = () =>
  finished.value.length > 0 &&
  html`<section class="finished" aria-labelledby="finished"><h2 id="finished">${t("go.finished")}</h2>
    <ul>${finished.value.slice(0, 5).map(
      (task) => html`<li key=${task.assignment}><span>${titleOf(task)}</span>
        ${task.request?.request && html`<${ProofButton} task=${task} title=${titleOf(task)} />`}</li>`,
    )}</ul></section>`;

/** All offers and tasks. */
export function Work() {
  const first = foremost();
  const none = offers.value.length === 0 && tasks.value.length === 0;
  return html`<section class="work" aria-label=${t("go.tasks")}>
    ${offers.value.map(
      (task) => html`<${Offer} key=${task.assignment} task=${task} docked=${task === first}
        />`,
    )}
    ${tasks.value.map(
      (task) => html`<${Task} key=${task.assignment} task=${task} docked=${task === first}
        />`,
    )}
    ${none && html`<p class="nothing">${t("go.no_tasks")}</p>`}
    <${Finished} /></section>`;
}
