// The state that the page shows: the last answer of /me with the local acts applied on top.
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
  RELEASED,
  STAGES,
  UNENDED,
} from "../lib/rules.js";
import { ahead, now, wall } from "../lib/time.js";
import "./idb.js";
import "./outbox.js";

export const db = self.musterDb;
export const outbox = self.musterOutbox;

/** The worker who is signed in; undefined: not known yet, null: nobody. */
export const who = signal(/** @type {Who | null | undefined} */ (undefined));
/** The last answer of /me, which may be days old. */
export const me = signal(null);
/** Acts of this worker that the last answer does not include yet, and refused ones. */
export const acts = signal(/** @type {Act[]} */ ([]));
/** Number of waiting acts of other workers on this phone. They are sent when their owner signs in. */
export const others = signal(0);
/** The ids of these workers, comma-separated. */
export const unsentOf = signal("");
/** Why nothing can be sent: signed_out, another (somebody else's session), unknown (not on the roster),
 * not_a_worker, or null.
 */
export const trouble = signal(null);

export const waiting = computed(() => acts.value.filter(outbox.waits));
const AT_ONCE_MS = 1500;
/** Return whether an act has waited longer than sending normally takes.
 * @param {Act} [act]
 */
export function lingers(act) {
  void wall.value;
  return act?.state === "waiting" && Date.now() - Date.parse(act.at) > AT_ONCE_MS;
}

export const refused = computed(() => acts.value.filter((act) => act.state === "refused"));

/** Convert a time of this phone (ISO 8601 or ms) to the service's clock, in ms.
 * @param {string | number} at
 */
export const served = (at) => (typeof at === "number" ? at : Date.parse(at)) + ahead();

/** Reload the acts from storage. */
export async function refresh() {
  const all = await db.everyone();
  const owner = who.peek()?.owner;
  acts.value = all.filter((act) => act.owner === owner);
  const theirs = all.filter((act) => act.owner !== owner && outbox.waits(act));
  others.value = theirs.length;
  unsentOf.value = [...new Set(theirs.map((act) => act.owner.split("/")[1]))].join(", ");
}

/** Return whether an act is not included in the state at `position` yet.
 * @param {Act} act
 * @param {number} position
 */
export const counts = (act, position) =>
  act.state === "waiting" || (act.state === "sent" && act.position > position);

const STATES = {
  "assignment.accept": ACCEPTED,
  "assignment.done": DONE,
  "assignment.decline": DECLINED,
  "assignment.give_back": RELEASED,
};

function withDuty(shown, act, changes) {
  return { ...shown, worker: { ...shown.worker, ...changes, since: served(act.at), act } };
}

function withTask(shown, act, changes) {
  const tasks = shown.tasks.map((task) =>
    task.assignment === act.data.assignment ? { ...task, ...changes, act } : task,
  );
  return { ...shown, tasks };
}

/** Restore the state from before the act that is taken back. */
function restored(shown, act) {
  const { duty, task } = act.about.before ?? {};
  if (duty) return { ...shown, worker: { ...shown.worker, ...duty, act } };
  if (!task) return shown;
  const rest = shown.tasks.filter((one) => one.assignment !== task.assignment);
  return { ...shown, tasks: [{ ...task, act }, ...rest] };
}

/** Return the call for help that an act raises. */
const called = (act) => ({
  sos: act.id,
  state: "open",
  raised_at: new Date(served(act.at)).toISOString(),
  act,
});

function withProof(shown, act) {
  const tasks = shown.tasks.map((task) =>
    task.assignment === act.data.assignment
      ? { ...task, proofs: [...(task.proofs ?? []), { kind: act.data.kind }] }
      : task,
  );
  return { ...shown, tasks };
}

/** Apply an act to the state. */
function after(shown, act) {
  if (!/^(worker|assignment)\./.test(act.name)) return shown; // of stations and activities
  switch (act.name) {
    case "worker.check_in":
      return withDuty(shown, act, { presence: AVAILABLE, area: act.data.area, area_name: act.about.place });
    case "worker.set_presence":
      return withDuty(shown, act, { presence: act.data.presence });
    case "worker.check_out":
      return withDuty(shown, act, { presence: OFF_DUTY });
    case "worker.take_back":
      return restored(shown, act);
    case "worker.raise_sos":
      return { ...shown, sos: called(act) };
    case "worker.cancel_sos":
      return shown.sos?.sos === act.data.sos ? { ...shown, sos: null } : shown;
    case "assignment.attach_proof":
      return withProof(shown, act);
    default: // other acts of a worker, such as to report home, move nothing here
      return act.data.assignment
        ? withTask(shown, act, { state: STATES[act.name] ?? act.data.stage })
        : shown;
  }
}

const leaves = (act) => act.name === "worker.check_out" && act.data.release;

/** Derive the presence from the states of live tasks, as the service does. A break shows once no task is
 * live.
 * @param {string} presence
 * @param {string[]} live
 */
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

/** The state with local acts applied, or null if /me was never loaded on this phone. */
export const shown = computed(() => (me.value ? overlaid(me.value, acts.value) : null));

/** Offers that have not expired. */
export const offers = computed(() =>
  (shown.value?.tasks ?? []).filter(
    (task) => task.state === OFFERED && !(Date.parse(task.expires_at) <= now.value),
  ),
);

/** Live tasks: most advanced stage first, then by priority. */
export const tasks = computed(() =>
  (shown.value?.tasks ?? [])
    .filter((task) => LIVE.includes(task.state))
    .sort((a, b) => LIVE.indexOf(b.state) - LIVE.indexOf(a.state) || priority(a) - priority(b)),
);

const priority = (task) => task.request?.priority ?? 9;

const JUST_MS = 3600000;

/** Tasks done within the last hour, newest first: a proof can still be added. */
export const finished = computed(() => {
  if (!me.value) return [];
  const own = acts.value
    .filter((act) => act.name === "assignment.done" && act.state !== "refused" && act.about.before?.task)
    .map((act) => ({ ...act.about.before.task, ended_at: new Date(served(act.at)).toISOString() }));
  const live = new Set(shown.value.tasks.map((task) => task.assignment));
  const since = now.value - JUST_MS;
  const all = [...own, ...(me.value.recent ?? []).filter((task) => task.state === DONE)];
  const found = new Map(all.map((task) => [task.assignment, task]));
  return [...found.values()]
    .filter((task) => !live.has(task.assignment) && Date.parse(task.ended_at) > since)
    .sort((a, b) => Date.parse(b.ended_at) - Date.parse(a.ended_at));
});

/** Position of the duty switch: off, break or on. */
export const duty = computed(() => {
  const presence = shown.value?.worker.presence;
  return presence === OFF_DUTY ? "off" : presence === ON_BREAK ? "break" : "on";
});

/** Whether the worker was never on duty. The area on the roster is then only the one of the registration. */
export const newcomer = computed(
  () =>
    duty.value === "off" &&
    !me.value?.hours.intervals.length &&
    shown.value?.worker.act?.name !== "worker.check_out",
);

/** Remove sent acts that the state at `position` includes.
 * @param {number} position
 */
export async function dropSeen(position) {
  const seen = acts.peek().filter((act) => act.state === "sent" && act.position <= position);
  for (const act of seen) await db.remove(act.seq);
  if (seen.length) await refresh();
}
