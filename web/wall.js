// The wall display: legible from three metres and unattended. It rotates through the areas, shows when it is
// not live, and recovers from any failure of the service.

import { alerts, arrived } from "./lib/alerts.js";
import { page, signedOut } from "./lib/api.js";
import { dayWords } from "./lib/clock.js";
import { lang, number, speak, t, word } from "./lib/i18n.js";
import { effect, html, render, signal, useEffect, useErrorBoundary, useState } from "./lib/preact.js";
import { href, param, route } from "./lib/router.js";
import { counted, Held, headline, kindOf, news, toneOf } from "./lib/shell/arrival.js";
import { areas, attend, identify, incidents, jurisdictions, live, named, session } from "./lib/store.js";
import { askedIn, peopleIn } from "./lib/sums.js";
import { hhmm, now, scenario, since, span, stamp, wall } from "./lib/time.js";
import { classes, freshness, Icon, Loading } from "./lib/ui.js";
import { Ledger, NeedsHere, People, Requests, Teams } from "./lib/wall/figures.js";
import "./lib/prefs.js";

const ASK_AGAIN_MS = 5000;
const LOOK_FOR_NEW_MS = 300000;
/** A pointer at rest stops the rotation for this long only. */
const STILL_MS = 60000;
const MOST_NAMES = 12;
/** How long what has arrived takes the screen. */
const ARRIVAL_MS = 8000;
const SOS_MS = 20000;
const LEAST_SECONDS = 5;
const VIEWS = ["headcount", "requests", "teams", "ledger", "areas", "incidents"];

const setting = (name) => param(name) ?? new URLSearchParams(location.search).get(name);
const seconds = () => Math.max(LEAST_SECONDS, Number(setting("seconds")) || 20);

/** Return the areas to show: the configured ones, else the root and its children that have people or
 * requests.
 */
function turns() {
  const asked = setting("areas")
    ?.split(",")
    .map((code) => areas.value.node(code))
    .filter(Boolean);
  if (asked?.length) return asked;
  const { root } = areas.value;
  if (!root) return [];
  const lives = ({ area }) => peopleIn(area).all > 0 || askedIn(area).unfinished > 0;
  return [root, ...root.children.filter(lives)];
}

const paused = signal(false);
const pointer = { at: -Infinity, focused: false };
/** Return whether the pointer, the keyboard focus or the space bar stops the rotation. */
const held = () => paused.value || pointer.focused || performance.now() - pointer.at < STILL_MS;

/** Return which area is shown, for how many seconds, and a setter: {index, elapsed, show(index)}.
 * @param {number} count
 */
function useRotation(count) {
  const [{ index, elapsed }, set] = useState({ index: 0, elapsed: 0 });
  const show = (next) => set({ index: (next + count) % Math.max(1, count), elapsed: 0 });
  useEffect(() => {
    const timer = setInterval(
      () =>
        set((before) => {
          if (held() || count < 2) return before;
          const next = before.elapsed + 1;
          return next < seconds()
            ? { ...before, elapsed: next }
            : { index: (before.index + 1) % count, elapsed: 0 };
        }),
      1000,
    );
    const pressed = (event) => {
      if (event.key === " ") paused.value = !paused.peek();
      else if (event.key === "ArrowRight")
        set((before) => ({ index: (before.index + 1) % Math.max(1, count), elapsed: 0 }));
      else if (event.key === "ArrowLeft")
        set((before) => ({ index: (before.index + count - 1) % Math.max(1, count), elapsed: 0 }));
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", pressed);
    return () => {
      clearInterval(timer);
      removeEventListener("keydown", pressed);
    };
  }, [count]);
  return { index: Math.min(index, Math.max(0, count - 1)), elapsed, show };
}

function Wall() {
  const shown = turns();
  const { index, elapsed, show } = useRotation(shown.length);
  const { kind } = freshness();
  const ready = VIEWS.every((view) => live.value.has(view)) && shown.length > 0;
  const waiting = counted();
  useEffect(() => {
    document.title = `${waiting}${t("page.wall")} · ${shown[index]?.name ?? "Muster"}`;
  });
  return html`<div class=${classes("wall", kind !== "live" && "wall-stale")}>
    <${Band} /><${Sos} /><${Takeover} />
    ${
      ready
        ? html`<${Top} node=${shown[index]} />
      <main class="wall-main" key=${shown[index].area}><${People} area=${shown[index].area} />
        <${NeedsHere} node=${shown[index]} /><${Requests} node=${shown[index]} />
        <${Teams} area=${shown[index].area} /><${Ledger} area=${shown[index].area} /></main>
      <${Turns} shown=${shown} index=${index} elapsed=${elapsed} show=${show} />`
        : html`<main
        class="wall-wait"><${Loading} /></main>`
    }
  </div>`;
}

/** A band across the wall if the data is stale or the service has suspended a view. */
function Band() {
  const { kind, text } = freshness();
  const state = live.value.state.value;
  const stuck = Object.keys(state.degraded ?? {}).filter((view) => VIEWS.includes(view));
  if (kind !== "live") {
    return html`<div class=${`band band-${kind}`} role="alert"><${Icon} name="alert" /><b>${text}</b>
      ${
        live.value.has("headcount") &&
        html`<span>${t("wall.stale")} · ${t("wall.late_news", { age: span(wall.value - state.heard) })}
        </span>`
      }</div>`;
  }
  if (!stuck.length) return null;
  return html`<div class="band band-behind" role="alert"><${Icon} name="alert" /><b>${t("live.degraded", {
    views: stuck.map((view) => word("view", view)).join(", "),
  })}</b></div>`;
}

/** SOS that nobody has ended, across the wall until it is. */
function Sos() {
  return alerts.value
    .filter((one) => one.kind === "sos")
    .map(
      (one) => html`<div key=${one.id} class="band band-disconnected" role="alert"><${Icon} name="level-1" />
      <b>${t("alerts.sos")}</b><span>${headline(one, false)} · ${since(one.since)}</span>
      <span>${
        one.acknowledged_by
          ? t("arrival.known_by", { who: one.acknowledged_by, age: since(one.since) })
          : t("wall.sos_open")
      }</span></div>`,
    );
}

function Top({ node }) {
  const above = areas.value
    .path(node.area)
    .slice(0, -1)
    .map((one) => one.name)
    .join(" · ");
  const [incident] = incidents.value;
  return html`<header class="wall-top">
    <div class="wall-place"><h1>${node.name || node.area}</h1>${above && html`<p>${above}</p>`}</div>
    <div class="wall-incident">${
      incident
        ? html`<b>${dayWords(incident)}</b>
      <span>${incident.name} · ${t("over.since", { at: stamp(incident.starts_at) })}</span>`
        : html`<span>${t("over.no_incident")}</span>`
    }</div>
    <div class="wall-clock"><time>${hhmm(now.value)}</time><span class="wall-fresh">
      <${Held} /><${Fresh} />${scenario.value && html`<span>${t("clock.scenario")}</span>`}</span></div>
  </header>`;
}

/** The age of the last message from the service. */
function Fresh() {
  const { kind, text } = freshness();
  if (kind !== "live") return html`<span class="wall-not-live">${t("wall.not_live")}</span>`;
  return html`<span class="wall-live"><span class="live-dot" aria-hidden="true">
    </span>${text} · ${t("live.age", {
      age: span(Math.max(0, wall.value - live.value.state.value.heard)),
    })}</span>`;
}

/** What has just arrived takes the screen for some seconds. */
function Takeover() {
  const items = news.value;
  const [shown, setShown] = useState(/** @type {any[]} */ ([]));
  useEffect(() => {
    if (!items.length) return undefined;
    setShown(items);
    const timer = setTimeout(
      () => setShown([]),
      items.some((one) => one.kind === "sos") ? SOS_MS : ARRIVAL_MS,
    );
    return () => clearTimeout(timer);
  }, [items]);
  const waiting = shown.filter((one) => arrived.value.some((other) => other.id === one.id));
  if (!waiting.length) return null;
  return html`<div class=${`takeover takeover-${toneOf(waiting[0])}`} role="alert">${waiting.slice(0, 4).map(
    (one) => html`<p key=${one.id}><${Icon} name=${`level-${one.level}`} /><b>${kindOf(one)}</b>
      <span>${headline(one, false)}</span></p>`,
  )}</div>`;
}

/** The position of the rotation, and controls for it. */
function Turns({ shown, index, elapsed, show }) {
  if (shown.length < 2) return null;
  const stopped = held();
  return html`<nav class="turns" aria-label=${t("wall.areas")}
    onFocusIn=${(event) => {
      pointer.focused = event.target.matches(":focus-visible");
    }}
      onFocusOut=${() => {
        pointer.focused = false;
      }}>
    <div class="turns-line" aria-hidden="true"><span
      style=${{ width: `${(100 * (elapsed + (stopped ? 0 : 1))) / seconds()}%` }}></span></div>
    <ol>${
      shown.length <= MOST_NAMES &&
      shown.map(
        (node, at) => html`<li key=${node.area}><button type="button"
      aria-current=${at === index ? "true" : undefined}
      onClick=${() => show(at)}>${node.name || node.area}</button></li>`,
      )
    }</ol>
    <p>${shown.length > MOST_NAMES && t("wall.step", { n: number(index + 1), of: number(shown.length) })} ${
      stopped &&
      html`<b>${t("wall.paused")}
      </b>`
    }
      ${paused.value && html` ${t("wall.resume")}`}</p>
  </nav>`;
}

const SignIn = () => html`<main class="wall-gate"><h1>${t("wall.sign_in")}</h1><p>${t("wall.sign_in_how")}</p>
  <p><a href="/" target="_blank" rel="noopener">${t("wall.to_board")}</a></p></main>`;

const Choose = () => html`<main class="wall-gate"><h1>${t("wall.choose")}</h1>
  ${jurisdictions.value.map(
    (code) => html`<p key=${code}><a
    href=${href("overview", { jurisdiction: code })}>${named(code)}</a></p>`,
  )}
  ${
    jurisdictions.value.length === 0 &&
    html`<p>${t("choose.none")} <a href="/">${t("wall.to_board")}</a>
    </p>`
  }
    </main>`;

const Starting = () => html`<main class="wall-gate"><h1>${t("live.connecting")}</h1></main>`;

/** The page. Reloads after an error of its own. */
function App() {
  const [error] = useErrorBoundary((caught) => {
    console.error(caught);
    setTimeout(() => location.reload(), ASK_AGAIN_MS);
  });
  void lang.value;
  if (error) return html`<main class="wall-gate"><h1>${t("ui.broken")}</h1></main>`;
  if (session.value === undefined) return html`<${Starting} />`;
  if (session.value === null || signedOut.value) return html`<${SignIn} />`;
  return live.value ? html`<${Wall} />` : html`<${Choose} />`;
}

/** Check the session periodically until somebody is signed in. */
async function ask() {
  try {
    if (!session.peek() || signedOut.peek()) {
      await identify();
      if (session.peek()) signedOut.value = false;
    }
  } catch (problem) {
    if (problem.code === undefined) throw problem;
    if (session.peek() === null) session.value = undefined;
  }
  setTimeout(ask, ASK_AGAIN_MS);
}

/** Reload if the service has another version of this page. */
async function renew() {
  const served = await page();
  if (served !== null && !served.includes(new URL(import.meta.url).pathname)) location.reload();
}

/** Keep the screen on, where the browser supports it. */
const stayAwake = () => {
  if (!document.hidden) navigator.wakeLock?.request("screen").catch(() => {});
};

let stillTimer = 0;
/** @param {PointerEvent} event */
function moved(event) {
  if (event.movementX || event.movementY) pointer.at = performance.now();
  document.documentElement.classList.remove("still");
  clearTimeout(stillTimer);
  stillTimer = setTimeout(() => document.documentElement.classList.add("still"), STILL_MS);
}

effect(() => {
  const only = jurisdictions.value.length === 1 ? jurisdictions.value[0] : "";
  const wanted = session.value && !signedOut.value ? route.value.jurisdiction || only : null;
  attend(wanted || null);
});
let phase = "connecting";
effect(() => {
  const next = live.value?.state.value.phase ?? "connecting";
  if (next === "live" && phase !== "live") renew();
  phase = next;
});
addEventListener("pointermove", moved);
document.documentElement.addEventListener("pointerleave", () => {
  pointer.at = -Infinity;
});
document.addEventListener("visibilitychange", stayAwake);
setInterval(renew, LOOK_FOR_NEW_MS);
stayAwake();
await speak(lang.value);
render(html`<${App} />`, document.getElementById("app"));
ask();
