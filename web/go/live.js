// Keeps the state of this worker up to date while the page is visible, and stops while it is hidden.

import { json, Problem, request } from "../lib/api.js";
import { signal } from "../lib/preact.js";
import { OFFERED } from "../lib/rules.js";
import { read } from "../lib/stream.js";
import { heardClock } from "../lib/time.js";
import { acts, db, dropSeen, me, trouble, who } from "./state.js";

const POLL_MS = 30000;
/** The service pings every 5 s. */
const SILENT_MS = 12000;
const PATIENCE_MS = 15000;
const DEBOUNCE_MS = 250;

/** State of the connection.
 *
 * `phase` is connecting, live or lost. `heard` is when the service last sent anything, `confirmed` when it
 * last confirmed the shown state; both in ms of this phone's clock. `confirmed` survives a restart of the
 * page. `behind` is the lag of the projections in seconds.
 */
export const link = signal({ phase: "connecting", heard: 0, confirmed: 0, behind: 0 });

let tag = null;
let soon = null;
let patience = DEBOUNCE_MS;
let began = 0;
/** @type {{reader?: AbortController, wake?: (value?: unknown) => void} | null} */
let stream = null;
let timers = [];
let loading = false;
let stale = false;

const heard = (more = {}) => {
  link.value = { ...link.value, heard: Date.now(), ...more };
};
const lost = () => {
  link.value = { ...link.value, phase: "lost" };
};

/** Reload soon; several calls in a row cause one request. */
export function wanted() {
  if (!soon && !document.hidden)
    soon = setTimeout(() => {
      soon = null;
      load();
    }, patience);
}

/** Load the state and store it for a start without a network. */
export async function load() {
  if (loading) {
    stale = true;
    return;
  }
  loading = true;
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), PATIENCE_MS);
  try {
    await ask(who.peek(), over.signal);
  } catch (error) {
    if (error.name === "AbortError") lost();
    else if (error.status === 304) {
      heard();
      await confirm();
    } else if (error instanceof Problem) refusedBy(error);
    else throw error;
  } finally {
    clearTimeout(timer);
    loading = false;
    if (stale) {
      stale = false;
      wanted();
    }
  }
}

async function ask(whose, over) {
  if (!whose) return;
  // Acts that were sent are matched by the position of the answer, so "304 Not Modified" would not do.
  const known = tag && !acts.peek().some((act) => act.state === "sent");
  const headers = known ? { "If-None-Match": tag } : {};
  const answer = await request("GET", `/${whose.jurisdiction}/me`, { headers, signal: over });
  const said = await json(answer);
  if (who.peek()?.owner !== whose.owner || said.worker.worker !== whose.worker) return;
  tag = answer.headers.get("etag");
  await take(whose, said);
}

/** Record that the shown state is current. */
async function confirm() {
  link.value = { ...link.value, confirmed: Date.now() };
  await db.set("confirmed", link.value.confirmed);
}

async function take(whose, said) {
  heardClock(said.now);
  await confirm();
  if (trouble.peek() === "unknown") trouble.value = null;
  if (!me.peek() || said.position >= me.peek().position) {
    me.value = said;
    await db.set("me", { owner: whose.owner, said, at: Date.now() });
    await forgetContacts(said.tasks);
  }
  if (link.peek().phase !== "live") heard();
  await dropSeen(said.position);
  const behind = acts.peek().some((act) => act.state === "sent"); // the projections lag behind
  patience = behind ? Math.min(POLL_MS, patience * 2) : DEBOUNCE_MS;
  if (behind) wanted();
}

/** Delete the stored contact details of tasks that are not live. */
async function forgetContacts(tasks) {
  const live = tasks.filter((task) => task.state !== OFFERED).map((task) => `contact ${task.assignment}`);
  for (const key of await db.keys())
    if (key.startsWith("contact ") && !live.includes(key)) await db.forget(key);
}

function refusedBy(problem) {
  const known = { 401: "signed_out", 403: "another", 404: "unknown" }[problem.status];
  if (known) trouble.value = known;
  if (known && known !== "unknown") stop(); // an unknown worker may be registered any time
  lost();
}

function frame({ event, data }) {
  if (data.now) heardClock(data.now);
  heard({ phase: "live", behind: data.behind ?? 0 });
  if (event === "snapshot" || event === "reset" || (event === "patch" && data.rows.length)) wanted();
}

/** Read the stream and reconnect until it is stopped.
 * @param {{reader?: AbortController, wake?: (value?: unknown) => void}} mine
 */
async function listen(mine) {
  for (let failures = 0; stream === mine; failures += 1) {
    mine.reader = new AbortController();
    try {
      const path = `/${who.peek().jurisdiction}/stream`;
      const take = (one) => {
        failures = 0;
        frame(one);
      };
      await read(
        path,
        { views: "roster,assignments,teams,sos" },
        { heard: () => heard(), take, signal: mine.reader.signal },
      );
    } catch (error) {
      if (error.name !== "AbortError" && !(error instanceof Problem)) throw error;
      if (error instanceof Problem) refusedBy(error);
    }
    if (stream === mine) lost();
    if (stream === mine) await pause(mine, Math.min(15000, 500 * 2 ** Math.min(failures, 5)));
  }
}

function pause(mine, milliseconds) {
  return new Promise((resolve) => {
    mine.wake = resolve;
    setTimeout(resolve, milliseconds);
  });
}

/** Abort a connection that has been silent for too long. */
function watch() {
  if (Date.now() - Math.max(link.peek().heard, began) < SILENT_MS) return;
  began = Date.now();
  lost();
  stream?.reader?.abort();
}

/** Start or restart: open the stream and load the state. */
export function start() {
  stop();
  if (!who.peek() || document.hidden) return;
  if (navigator.onLine === false) {
    lost(); // the event "online" starts again
    return;
  }
  link.value = { ...link.value, phase: "connecting" };
  began = Date.now();
  stream = {};
  listen(stream);
  load();
  timers = [setInterval(load, POLL_MS), setInterval(watch, 1000)];
}

/** Stop the stream and all timers. */
export function stop() {
  timers.forEach(clearInterval);
  clearTimeout(soon);
  soon = null;
  const old = stream;
  stream = null;
  old?.reader?.abort();
  old?.wake?.();
}

/** Stop and drop the state, because it belongs to another worker. */
export function forget() {
  stop();
  tag = null;
  me.value = null;
  link.value = { ...link.value, confirmed: 0 };
}

document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
addEventListener("online", start);
addEventListener("offline", () => {
  stop();
  lost();
});
