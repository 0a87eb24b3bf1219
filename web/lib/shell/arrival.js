// What arrives and waits to be acknowledged: new life-safety and urgent requests, and SOS. It is heard, shown
// on every page and, where allowed, notified by the desktop, until somebody says that they have seen it.

import { answer, arrived, lookAgain } from "../alerts.js";
import { command } from "../api.js";
import { called } from "../called.js";
import { t, word } from "../i18n.js";
import { calledBy } from "../names.js";
import { effect, html, signal, untracked } from "../preact.js";
import { soundOn } from "../prefs.js";
import { who } from "../requests/history.js";
import { href } from "../router.js";
import { areas, live, may } from "../store.js";
import { hhmmss, since } from "../time.js";
import { classes, Icon, useAction } from "../ui.js";
import { isLife, requestName } from "../urgency.js";
import { held, release, ring } from "./sound.js";

/** Pause between two tones for the same thing while nobody acknowledges it, in ms, by tone. */
const AGAIN_MS = { sos: 10000, life: 60000, urgent: Infinity };

/** @typedef {import("../urgency.js").Alert} Alarm */

/** Return the tone of an arrival.
 *
 * @param {Alarm} one
 * @returns {"sos" | "life" | "urgent"}
 */
export const toneOf = (one) => (one.kind === "sos" ? "sos" : isLife(one) ? "life" : "urgent");

/** The arrivals that were not there at the last look; the wall gives them the screen.
 *
 * @type {import("../preact.js").Signal<Alarm[]>}
 */
export const news = signal([]);

/** When each arrival last rang, by id, in ms of performance.now(). Only of those that still wait. */
let rung = new Map();
let place = "";

/** Name the team or the person that an alert is about.
 *
 * @param {Alarm} one
 * @param {boolean} named Whether by the person's name too, or by call sign alone.
 */
function unitOf({ team, worker }, named) {
  if (team) return called("team", team);
  if (!worker || named) return worker && called("worker", worker);
  return calledBy(worker, live.value?.rows("roster").get(worker) ?? {});
}

/** Return in a few words what arrived and where.
 *
 * @param {Alarm} one
 * @param {boolean} named Whether people's names may be in it: not outside of the page.
 */
export function headline(one, named = true) {
  const row = one.request ? live.value?.rows("requests").get(one.request) : null;
  const what = one.subject.startsWith("request/")
    ? [requestName(one), row && word("category", row.category)]
    : [one.number && requestName(one), unitOf(one, named)];
  return [...what, areas.value.name(one.area)].filter(Boolean).join(" · ");
}

/** Name the kind of an arrival: SOS, life safety, urgent.
 *
 * @param {Alarm} one
 */
export const kindOf = (one) =>
  one.kind === "sos" ? t("alerts.sos") : t("arrival.new", { priority: word("priority", one.priority) });

function notify(one) {
  if (typeof Notification === "undefined" || Notification.permission !== "granted" || document.hasFocus())
    return;
  const shown = new Notification(kindOf(one), { body: headline(one, false), tag: one.id });
  shown.onclick = () => {
    window.focus();
    location.hash = rowOf(one);
  };
}

/** Compare with the last look. What was there when the page was opened is shown, and only SOS rings. */
effect(() => {
  const items = arrived.value;
  const { jurisdiction } = live.value ?? {};
  if (!answer.value) return;
  const first = jurisdiction !== place;
  place = jurisdiction;
  const at = performance.now();
  const fresh = items.filter((one) => !rung.has(one.id));
  const due = items.filter(
    (one) =>
      at - (rung.get(one.id) ?? (first && one.kind !== "sos" ? at : -Infinity)) >= AGAIN_MS[toneOf(one)] ||
      (!first && !rung.has(one.id)),
  );
  const loudest = ["sos", "life", "urgent"].find((tone) => due.some((one) => toneOf(one) === tone));
  const played = loudest && ring(/** @type {any} */ (loudest));
  rung = new Map(items.map((one) => [one.id, due.includes(one) && played ? at : (rung.get(one.id) ?? at)]));
  if (first) return;
  untracked(() => fresh.slice(0, 3).forEach(notify));
  if (fresh.length) news.value = fresh;
});

/** The address of what an arrival is about. */
const rowOf = (one) =>
  one.request ? href("requests", { id: one.request }) : href("workers", { id: one.worker });

const COMMANDS = { sos: "worker.acknowledge_sos", unacknowledged: "request.acknowledge" };

/** Record that somebody has seen an arrival. Throws Problem.
 *
 * @param {Alarm} one
 */
export async function acknowledge(one) {
  const id = one.subject.split("/")[1];
  await command(
    live.peek().jurisdiction,
    COMMANDS[one.kind],
    one.kind === "sos" ? { worker: one.worker, sos: id } : { request: id },
  );
  lookAgain();
}

/** The banner under the header: the most urgent arrival, and how many more there are. */
export function Arrivals() {
  const [one, ...more] = arrived.value;
  const { busy, problem, run } = useAction();
  if (!one) return null;
  return html`<div class=${classes("arrival", `arrival-${toneOf(one)}`)} role="alert">
    <span class="arrival-kind"><${Icon} name=${`level-${one.kind === "sos" ? 1 : one.priority}`} />
      ${kindOf(one)}</span>
    <a class="arrival-what" href=${rowOf(one)}>${headline(one)}</a>
    <span class="arrival-when" title=${hhmmss(one.since)}>${t("live.age", {
      age: since(one.since),
    })}</span>
    ${
      may(COMMANDS[one.kind]) &&
      html`<button type="button" class="button arrival-do" aria-disabled=${busy ? "true" : undefined}
        onClick=${() => run(() => acknowledge(one))}>${t("arrival.acknowledge")}</button>`
    }
    ${
      more.length > 0 &&
      html`<a class="arrival-more" href=${href("requests", {
        query: { alert: "unacknowledged" },
      })}>${t("arrival.more", { n: more.length })}</a>`
    }
    ${problem && html`<span>${problem.detail}</span>`}
    <${Held} />
  </div>`;
}

/** Says that the browser holds the sound back, until a click. */
export function Held() {
  if (!soundOn.value || !held.value) return null;
  return html`<button type="button" class="button sound-held" onClick=${() => release()}><${Icon}
    name="sound" /><span class="sound-held-text">${t("sound.held")}</span></button>`;
}

/** SOS that somebody has acknowledged and nobody has ended: with who has it in hand. */
export function Pending() {
  const open = (answer.value?.items ?? []).filter((one) => one.kind === "sos" && one.acknowledged_by);
  return open.map(
    (one) => html`<p class="arrival arrival-known" key=${one.id}><${Icon} name="level-1" />
      <b>${t("alerts.sos")}</b> <a href=${rowOf(one)}>${headline(one)}</a>
      <span>${t("arrival.known_by", { who: who(one.acknowledged_by), age: since(one.since) })}</span></p>`,
  );
}

/** The number of arrivals that wait, before the title of the page: "(3) ". */
export const counted = () => (arrived.value.length ? `(${arrived.value.length}) ` : "");
