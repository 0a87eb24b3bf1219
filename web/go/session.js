// Sign-in on this phone, by link or code.

import { get, Problem, request, send } from "../lib/api.js";
import { signal } from "../lib/preact.js";
import { heardClock, scenario, timezone } from "../lib/time.js";
import { forget, link, start } from "./live.js";
import { acts, db, me, refresh, trouble, waiting, who } from "./state.js";
import { last, retry } from "./sync.js";

/** Area or team of a scanned code, until it is used. */
export const wish = signal(/** @type {Wish} */ ({}));
/** The station or training session whose code was scanned, and when, until it is recorded. */
export const scan = signal(/** @type {Scan | null} */ (null));
/** The sign-in code of an opened link that is not exchanged yet, and the problem if that failed. */
export const pending = signal(/** @type {{code: string, problem: Problem | null} | null} */ (null));

/** Parse a link or printed code. Text without parameters is the code of an area.
 * @param {string} text
 * @returns {Wish & {code?: string, station?: string, session?: string, door?: string, n?: string,
 *   sign?: string}}
 */
export function said(text) {
  const hash = text.includes("#")
    ? text.slice(text.indexOf("#") + 1)
    : text.includes("=")
      ? text
      : `area=${text.trim()}`;
  const given = new URLSearchParams(hash);
  return Object.fromEntries(
    ["code", "area", "team", "station", "session", "door", "n", "sign"]
      .map((name) => [name, given.get(name)])
      .filter(([, value]) => value),
  );
}

/** Read the fragment of the address and remove it, so that the code does not stay in the history. */
async function takeAddress() {
  if (location.hash.length < 2) return null;
  const { code, station, session, door, n, sign, ...rest } = said(location.hash);
  history.replaceState(null, "", location.pathname + location.search);
  if (rest.area || rest.team) await keepWish(rest);
  const at = new Date().toISOString();
  if (station) await keepScan({ station, at });
  if (session) await keepScan({ session, door, n, sign, at });
  return code ?? null;
}

/** Store what was scanned until it is recorded; null = it is.
 * @param {Scan | null} found
 */
export async function keepScan(found) {
  scan.value = found;
  await (found ? db.set("scan", found) : db.forget("scan"));
}

/** Store a scanned area or team until the next check-in.
 * @param {Wish} found
 */
export async function keepWish(found) {
  wish.value = found;
  await db.set("wish", found);
}

/** Exchange a one-time code. Throws Problem.
 * @param {string} code
 */
export async function signIn(code) {
  await send("POST", "/session", { code: code.trim() });
  pending.value = null;
  await adopt(await get("/session"));
}

/** Return the first jurisdiction that is not closed. */
async function firstOpen() {
  const { jurisdictions, closed } = await get("");
  return jurisdictions.find((code) => !closed.includes(code)) ?? jurisdictions[0];
}

/** Adopt the worker of the session. Throws Problem. */
async function adopt(session) {
  heardClock(session.now);
  scenario.value = session.scenario;
  if (!session.worker) throw new Problem(0, "not_a_worker", "");
  const jurisdiction = session.jurisdictions[0] ?? (await firstOpen());
  const place = await get(`/${jurisdiction}/jurisdictions/${jurisdiction}`);
  timezone.value = place.timezone;
  const found = {
    owner: `${jurisdiction}/${session.worker}`,
    worker: session.worker,
    jurisdiction,
    timezone: place.timezone,
  };
  if (who.peek() && who.peek().owner !== found.owner) await forgetPerson();
  await db.set("who", found);
  await db.forget("leave");
  who.value = found;
  trouble.value = null;
  await refresh();
  start();
  await retry();
}

/** Delete the data of the worker, except for acts that were not sent. */
async function forgetPerson() {
  forget();
  for (const key of await db.keys()) {
    if (
      ["who", "me", "confirmed", "wish", "scan", "scanned", "keeping"].includes(key) ||
      /^(contact|mine) /.test(key)
    )
      await db.forget(key);
  }
  wish.value = {};
  scan.value = null;
  last.value = null;
  who.value = null;
}

/** Sign out. Without a network, the session is deleted on the next start. */
export async function signOut() {
  for (const act of acts.peek()) if (act.state !== "waiting") await db.remove(act.seq);
  await forgetPerson();
  await refresh();
  await db.set("leave", true);
  await leave().catch(() => {});
}

/** Unsubscribe from push and delete the session, if the worker signed out. */
async function leave() {
  if (!(await db.get("leave"))) return;
  const subscription = await (
    await navigator.serviceWorker?.getRegistration("/go")
  )?.pushManager?.getSubscription();
  await subscription?.unsubscribe();
  await request("DELETE", "/session");
  await db.forget("leave");
}

/** Start from the stored state, then check the session. */
export async function boot() {
  const code = await takeAddress();
  const [kept, seen, hoped] = [await db.get("who"), await db.get("me"), await db.get("wish")];
  wish.value = hoped ?? {};
  scan.value = (await db.get("scan")) ?? null;
  if (kept && seen?.owner === kept.owner) {
    me.value = seen.said;
    link.value = { ...link.peek(), confirmed: (await db.get("confirmed")) ?? seen.at };
    heardClock(new Date(Date.parse(seen.said.now) + Date.now() - seen.at).toISOString());
  }
  if (kept) timezone.value = kept.timezone;
  who.value = kept ?? null;
  await refresh();
  if (code) await tryCode(code);
  else await lookWho();
}

/** Exchange the code of a link. If that fails, keep it for another attempt.
 * @param {string} code
 */
export async function tryCode(code) {
  pending.value = { code, problem: null };
  try {
    await signIn(code);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    pending.value = { code, problem };
    if (who.peek()) await lookWho();
  }
}

/** Check who is signed in. */
async function lookWho() {
  try {
    await leave();
    await adopt(await get("/session"));
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (who.peek() && problem.status === 401) trouble.value = "signed_out";
    if (problem.code === "not_a_worker") trouble.value = who.peek() ? "another" : "not_a_worker";
    if (who.peek()) start();
  }
}

addEventListener("hashchange", async () => {
  const code = await takeAddress();
  if (code) await tryCode(code);
});

/** Return the number of acts that are not sent. */
export const unsent = () => waiting.value.length;
