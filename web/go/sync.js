// Acts: kept on the phone first, then sent; and taken back within ten seconds.
import { signal } from "../lib/preact.js";
import { uuid } from "../lib/api.js";
import { db, outbox, refresh, shown, trouble, waiting, who } from "./state.js";
import { wanted } from "./live.js";

/** How long a mistap can be undone. */
export const UNDO_MS = 10000;
const LONGEST_MS = 60000;

/** The act that can be undone: {act, until}; or null. */
export const last = signal(null);
/** Why the phone could not keep an act; then nothing happened. */
export const broken = signal(null);

const channel = "BroadcastChannel" in self ? new BroadcastChannel("muster-go") : null;
if (channel) channel.onmessage = () => refresh();

let timer = null;
let failures = 0;
let sending = false;
let again = false;

/** What it was like before, to show once an act is taken back. */
function before(name, data) {
  const { worker, tasks } = shown.peek();
  if (!name.startsWith("assignment.")) {
    const { presence, area, area_name, since } = worker;
    return { duty: { presence, area, area_name, since } };
  }
  return { task: tasks.find((task) => task.assignment === data.assignment) };
}

/** Claims, and acts for a team, cannot be taken back once they are recorded: they wait on the phone meanwhile. */
function holds(name, task) {
  if (name === "assignment.accept") return false;
  return name === "assignment.decline" || Boolean(task?.team);
}

/** Do something: kept with its own id and time before anything else. `about` = words for lists, on this phone only. */
export async function act(name, data, about = {}) {
  const now = Date.now();
  const was = before(name, data);
  const entry = {
    owner: who.peek().owner,
    id: uuid(),
    name,
    data,
    at: new Date(now).toISOString(),
    state: "waiting",
    tried: false,
    hold_until: holds(name, was.task) ? now + UNDO_MS : 0,
    about: { ...about, before: was },
  };
  try {
    entry.seq = await db.add(entry);
  } catch (error) {
    broken.value = String(error?.message ?? error);
    return;
  }
  broken.value = null;
  last.value = name === "assignment.accept" ? null : { act: entry, until: now + UNDO_MS };
  navigator.vibrate?.(20);
  await told();
  await send();
}

/** Tell the other pages of this phone, and show it here. */
async function told() {
  channel?.postMessage("acts");
  await refresh();
}

/** Undo an act: unsent, it never was; sent, it is taken back by a command of its own. */
export async function undo({ id, name, seq, about }) {
  last.value = null;
  await outbox.locked(async () => {
    const kept = (await db.acts(who.peek().owner)).find((one) => one.id === id);
    const unsent = kept && (kept.state === "refused" || (kept.state === "waiting" && !kept.tried));
    if (unsent) return db.remove(seq);
    if (name === "assignment.decline") return undefined;
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

/** Remove a refused act from the list: it was read. */
export async function dismiss(entry) {
  await db.remove(entry.seq);
  await told();
}

/** Send what waits, now; what cannot go out is tried again later and later. */
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
    } while (again || (failures === 0 && !trouble.peek() && ready().length));
  } finally {
    sending = false;
  }
  plan();
}

function settle({ outcome, wait }) {
  if (outcome === "sent") {
    failures = 0;
    trouble.value = null;
    wanted();
  } else if (outcome === "signed_out" || outcome === "another") trouble.value = outcome;
  else if (outcome !== "idle") {
    failures += 1;
    pause = wait ? wait * 1000 : 0;
    askSync();
  }
}
let pause = 0;

const ready = () => waiting.peek().filter((one) => !outbox.held(one, Date.now()));

/** The next try: when the first held act is due, or after a while that grows with each failure. */
function plan() {
  clearTimeout(timer);
  if (document.hidden || trouble.peek() || !waiting.peek().length) return;
  const held = waiting
    .peek()
    .map((one) => one.hold_until)
    .filter((until) => until > Date.now());
  const due = held.length ? Math.min(...held) - Date.now() : Infinity;
  const retry = ready().length ? Math.max(pause, Math.min(LONGEST_MS, 1000 * 2 ** failures)) : Infinity;
  timer = setTimeout(send, Math.max(50, Math.min(due, retry)));
}

/** The browser sends it later, also with no page open; where it can. */
function askSync() {
  navigator.serviceWorker?.ready
    .then((registration) => registration.sync?.register("outbox"))
    .catch(() => {});
}

/** The network is back, or the page: try at once. */
export function retry() {
  failures = 0;
  pause = 0;
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
