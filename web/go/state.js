// What the page shows: the service's last word, with what was done on this phone since laid over it.
import { computed, signal } from "../lib/preact.js";
import {
  ACCEPTED,
  ASSIGNED,
  AVAILABLE,
  DECLINED,
  DONE,
  LIVE,
  OFF_DUTY,
  OFFERED,
  ON_BREAK,
  STAGES,
  UNENDED,
} from "../lib/rules.js";
import { ahead, now, wall } from "../lib/time.js";
import "./idb.js";
import "./outbox.js";

export const db = self.musterDb;
export const outbox = self.musterOutbox;

/** Who is signed in: {owner, worker, jurisdiction}; undefined = not yet known, null = nobody. */
export const who = signal(undefined);
/** The last answer of /me, perhaps of an earlier day. */
export const me = signal(null);
/** This person's acts that the last answer does not include yet, and those that were refused. */
export const acts = signal([]);
/** Acts of others on this phone: they go out when their owner signs in. */
export const others = signal(0);
/** Whose they are: ids of workers. */
export const unsentOf = signal("");
/** Why nothing can be sent: signed_out, another (the cookie is another's) or null. */
export const trouble = signal(null);

export const waiting = computed(() => acts.value.filter(outbox.waits));
const AT_ONCE_MS = 1500;
/** Whether an act waits longer than sending takes with a network. */
export function lingers(act) {
  void wall.value;
  return act?.state === "waiting" && Date.now() - Date.parse(act.at) > AT_ONCE_MS;
}

export const refused = computed(() => acts.value.filter((act) => act.state === "refused"));

/** A time of this phone (ISO, or ms) by the service's clock, in ms. */
export const served = (at) => (typeof at === "number" ? at : Date.parse(at)) + ahead();

/** Reread the acts. */
export async function refresh() {
  const all = await db.everyone();
  const owner = who.peek()?.owner;
  acts.value = all.filter((act) => act.owner === owner);
  const theirs = all.filter((act) => act.owner !== owner && outbox.waits(act));
  others.value = theirs.length;
  unsentOf.value = [...new Set(theirs.map((act) => act.owner.split("/")[1]))].join(", ");
}

/** Whether an act still has to be laid over what the service said. */
const counts = (act, position) =>
  act.state === "waiting" || (act.state === "sent" && act.position > position);

const STATES = { "assignment.accept": ACCEPTED, "assignment.done": DONE, "assignment.decline": DECLINED };

function withDuty(shown, act, changes) {
  return { ...shown, worker: { ...shown.worker, ...changes, since: served(act.at), act } };
}

function withTask(shown, act, changes) {
  const tasks = shown.tasks.map((task) =>
    task.assignment === act.data.assignment ? { ...task, ...changes, act } : task,
  );
  return { ...shown, tasks };
}

/** Undone: as it was before the act that is taken back. */
function restored(shown, act) {
  const { duty, task } = act.about.before ?? {};
  if (duty) return { ...shown, worker: { ...shown.worker, ...duty, act } };
  if (!task) return shown;
  const rest = shown.tasks.filter((one) => one.assignment !== task.assignment);
  return { ...shown, tasks: [{ ...task, act }, ...rest] };
}

/** What is shown, once this act has happened. */
function after(shown, act) {
  switch (act.name) {
    case "worker.check_in":
      return withDuty(shown, act, { presence: AVAILABLE, area: act.data.area, area_name: act.about.place });
    case "worker.set_presence":
      return withDuty(shown, act, { presence: act.data.presence });
    case "worker.check_out":
      return withDuty(shown, act, { presence: OFF_DUTY });
    case "worker.take_back":
      return restored(shown, act);
    default:
      return withTask(shown, act, { state: STATES[act.name] ?? act.data.stage });
  }
}

const leaves = (act) => act.name === "worker.check_out" && act.data.release;

/** Presence by the states of live tasks, as the service will say; a break shows once none is under way. */
export function presenceOf(presence, live) {
  if (presence === OFF_DUTY) return presence;
  if (live.length) return STAGES.filter((stage) => live.includes(stage)).at(-1) ?? ASSIGNED;
  return presence === ON_BREAK ? presence : AVAILABLE;
}

function withPresence(shown, before, act) {
  const { presence } = shown.worker;
  if (presence === OFF_DUTY) return shown;
  const found = presenceOf(
    presence,
    shown.tasks.map((task) => task.state).filter((state) => LIVE.includes(state)),
  );
  const since = found === before ? shown.worker.since : served(act.at);
  return { ...shown, worker: { ...shown.worker, presence: found, since } };
}

function overlaid(said, own) {
  const lying = own.filter((act) => counts(act, said.position));
  const shown = lying.reduce(after, said);
  const released = lying.some(leaves);
  const left = (task) => !UNENDED.includes(task.state) || (released && !task.team && task.state !== OFFERED);
  const result = { ...shown, tasks: shown.tasks.filter((task) => !left(task)) };
  return lying.length ? withPresence(result, said.worker.presence, lying.at(-1)) : result;
}

/** The state as it will be; null = never known on this phone. */
export const shown = computed(() => (me.value ? overlaid(me.value, acts.value) : null));

/** Offers that can still be answered. */
export const offers = computed(() =>
  (shown.value?.tasks ?? []).filter(
    (task) => task.state === OFFERED && !(Date.parse(task.expires_at) <= now.value),
  ),
);

/** Tasks under way: the furthest along first, then by priority. */
export const tasks = computed(() =>
  (shown.value?.tasks ?? [])
    .filter((task) => LIVE.includes(task.state))
    .sort((a, b) => LIVE.indexOf(b.state) - LIVE.indexOf(a.state) || priority(a) - priority(b)),
);

const priority = (task) => task.request?.priority ?? 9;

/** off, break or on. */
export const duty = computed(() => {
  const presence = shown.value?.worker.presence;
  return presence === OFF_DUTY ? "off" : presence === ON_BREAK ? "break" : "on";
});

/** Whether they have never been on duty: what the roster says of their place is then only their registration. */
export const newcomer = computed(
  () =>
    duty.value === "off" &&
    !me.value?.hours.intervals.length &&
    shown.value?.worker.act?.name !== "worker.check_out",
);

/** Drop what the service's answer includes by now. */
export async function dropSeen(position) {
  const seen = acts.peek().filter((act) => act.state === "sent" && act.position <= position);
  for (const act of seen) await db.remove(act.seq);
  if (seen.length) await refresh();
}
