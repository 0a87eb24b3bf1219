// Acts: stored on the phone first, then sent. They can be undone within ten seconds.

import { uuid } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { signal } from "../lib/preact.js";
import { wanted } from "./live.js";
import { db, outbox, refresh, shown, trouble, waiting, who } from "./state.js";

/** How long an act can be undone. */
const UNDO_MS = 10000;
const LONGEST_MS = 60000;
const PROOF = "assignment.attach_proof";
/** Acts without an undo of ten seconds: they are no step of a task or of the duty, or have their own. */
const LASTING = [
  "assignment.accept",
  PROOF,
  "worker.check_welfare",
  "worker.raise_sos",
  "worker.cancel_sos",
  "station.scan",
  "session.scan",
  "station.report",
  "inspection.report",
  "need.open",
  "need.close",
  "activity.sign_up",
  "activity.sign_off",
  "session.sign_up",
  "session.sign_off",
  "worker.consent",
  "worker.withdraw_consent",
];
/** Acts that the service cannot take back: they stay on the phone until they cannot be undone any more. */
const FINAL = ["assignment.decline", "station.use"];

/** The act that can be undone, and until when (ms). */
export const last = signal(/** @type {{act: Act, until: number} | null} */ (null));
/** The id of the act that was undone last, or null. */
export const undone = signal(/** @type {string | null} */ (null));
/** Why the phone could not store an act, or null. */
export const broken = signal(null);

const channel = "BroadcastChannel" in self ? new BroadcastChannel("muster-go") : null;
if (channel) channel.onmessage = () => refresh();

/** When one last said on this page that one is well, or null. */
export const well = signal(/** @type {string | null} */ (null));

let timer = null;
let failures = 0;
let sending = false;
let again = false;

/** Return the state before an act, to restore it on undo.
 * @param {string} name
 * @param {Act["data"]} data
 * @returns {{duty?: Duty, task?: Task}}
 */
function before(name, data) {
  const { worker, tasks } = shown.peek();
  if (!name.startsWith("assignment.")) {
    const { presence, area, area_name, since } = worker;
    return { duty: { presence, area, area_name, since } };
  }
  return { task: tasks.find((task) => task.assignment === data.assignment) };
}

/** Return whether an act stays on the phone until it cannot be undone any more: the service cannot take it
 * back.
 * @param {string} name
 * @param {Task} [task]
 */
function holds(name, task) {
  if (["assignment.accept", PROOF].includes(name)) return false;
  return FINAL.includes(name) || Boolean(task?.team);
}

/** Store an act with its id and time, then send it.
 * @param {string} name command
 * @param {Act["data"]} data
 * @param {{place?: string, title?: string}} [about] words for lists, never sent
 * @param {{picture?: Blob, hold?: number, at?: string}} [more] a picture to send with it; how long to hold it
 *   back, in ms; when it was, if not now
 * @returns {Promise<Act | null>} the act; null if it could not be stored
 */
export async function act(name, data, about = {}, { picture, hold = 0, at } = {}) {
  const now = Date.now();
  const was = before(name, data);
  /** @type {Act} */
  const entry = {
    owner: who.peek().owner,
    id: uuid(),
    name,
    data,
    at: at ?? new Date(now).toISOString(),
    state: "waiting",
    tried: false,
    hold_until: now + (holds(name, was.task) ? UNDO_MS : hold),
    about: { ...about, before: was },
    ...(picture && { picture }),
  };
  try {
    entry.seq = await db.add(entry);
  } catch (error) {
    broken.value = error?.name === "QuotaExceededError" ? t("go.full") : String(error?.message ?? error);
    return null;
  }
  broken.value = null;
  if (!LASTING.includes(name)) last.value = { act: entry, until: now + UNDO_MS };
  else if (name === "assignment.accept") last.value = null;
  else if (name === "worker.check_welfare") well.value = entry.at;
  if (name !== "worker.raise_sos") navigator.vibrate?.(20);
  await told();
  const sent = send(); // not awaited by those who still want to add to the act
  if (!hold) await sent;
  return entry;
}

/** Add to an act that was not sent yet, and send it now.
 * @param {string} id
 * @param {Act["data"]} more
 */
export async function amendUnsent(id, more) {
  await outbox.locked(async () => {
    const kept = (await db.acts(who.peek().owner)).find((one) => one.id === id);
    if (kept?.state === "waiting" && !kept.tried)
      await db.put({ ...kept, data: { ...kept.data, ...more }, hold_until: 0 });
  });
  await told();
  await send();
}

/** Refresh this page and the other open ones. */
async function told() {
  channel?.postMessage("acts");
  await refresh();
}

/** Undo an act: delete it if it was not sent, else send the command `worker.take_back`.
 * @param {Act} act
 */
export async function undo({ id, name, seq, about }) {
  last.value = null;
  undone.value = id;
  await outbox.locked(async () => {
    const kept = (await db.acts(who.peek().owner)).find((one) => one.id === id);
    const unsent = kept && (kept.state === "refused" || (kept.state === "waiting" && !kept.tried));
    if (unsent) return db.remove(seq);
    if (FINAL.includes(name)) return undefined;
    return db.add({
      owner: who.peek().owner,
      id: uuid(),
      name: "worker.take_back",
      at: new Date().toISOString(),
      state: "waiting",
      data: { worker: who.peek().worker, command: id },
      tried: false,
      hold_until: 0,
      about: { ...about, undoes: name },
    });
  });
  await told();
  await send();
}

/** Remove a refused act from the list.
 * @param {Act} entry
 */
export async function dismiss(entry) {
  await db.remove(entry.seq);
  await told();
}

/** Send the outbox now. Failed attempts are repeated with exponential backoff. */
export async function send() {
  if (sending) {
    again = true;
    return;
  }
  sending = true;
  try {
    do {
      again = false;
      settle(await outbox.flush());
      await told();
    } while (again || (failures === 0 && !trouble.peek() && ready(not).length));
  } finally {
    sending = false;
  }
  plan();
  sendPictures();
}

let carrying = false;
let carryFailures = 0;
let carryPause = 0;

/** Send the pictures, beside the acts: a slow one holds back nothing. */
async function sendPictures() {
  if (carrying || trouble.peek() || !ready(Boolean).length) return;
  carrying = true;
  try {
    const { outcome, wait } = await outbox.pictures();
    carryPause = asked(wait);
    carryFailures = outcome === "sent" ? 0 : carryFailures + 1;
    if (outcome === "sent") wanted();
    if (["signed_out", "another"].includes(outcome)) trouble.value = outcome;
    await told();
  } finally {
    carrying = false;
  }
  plan();
}

/** @param {Sent} sent */
function settle({ outcome, wait }) {
  if (outcome === "sent") {
    failures = 0;
    pause = 0;
    trouble.value = null;
    wanted();
  } else if (outcome === "signed_out" || outcome === "another") trouble.value = outcome;
  else if (outcome !== "idle") {
    failures += 1;
    pause = asked(wait);
    askSync();
  }
}
let pause = 0;
/** Return the milliseconds that the service asked to wait. @param {number} [seconds] */
const asked = (seconds) => (seconds ?? 0) * 1000;

const not = (picture) => !picture;
/** Return the acts that may be sent now, with or without a picture. */
const ready = (wants) => waiting.peek().filter((one) => !outbox.held(one, Date.now()) && wants(one.picture));
const backoff = (count) => Math.min(LONGEST_MS, 1000 * 2 ** count);

/** Schedule the next attempt: when the first held act is due, or after the backoff. */
function plan() {
  clearTimeout(timer);
  if (document.hidden || trouble.peek() || !waiting.peek().length) return;
  const held = waiting
    .peek()
    .map((one) => one.hold_until)
    .filter((until) => until > Date.now());
  const due = held.length ? Math.min(...held) - Date.now() : Infinity;
  const retry = ready(not).length ? Math.max(pause, backoff(failures)) : Infinity;
  const carry = ready(Boolean).length && !carrying ? Math.max(carryPause, backoff(carryFailures)) : Infinity;
  const next = Math.min(due, retry, carry);
  if (next < Infinity) timer = setTimeout(send, Math.max(50, next));
}

/** Ask the browser to send the outbox in the background, where supported. */
function askSync() {
  navigator.serviceWorker?.ready
    .then((registration) => registration.sync?.register("outbox"))
    .catch(() => {});
}

/** Send at once, without backoff. */
export function retry() {
  failures = 0;
  carryFailures = 0;
  pause = 0;
  carryPause = 0;
  return send();
}

addEventListener("online", retry);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) retry();
  else {
    clearTimeout(timer);
    if (waiting.peek().length) askSync();
  }
});
