// Who is signed in on this phone, and links and codes that were opened.
import { signal } from "../lib/preact.js";
import { Problem, get, request, send } from "../lib/api.js";
import { heardClock, scenario, timezone } from "../lib/time.js";
import { acts, db, me, refresh, trouble, waiting, who } from "./state.js";
import { forget, link, start } from "./live.js";
import { last, retry } from "./sync.js";

/** Area or team of a printed code, until it is used: {area?, team?}. */
export const wish = signal({});
/** A sign-in code of a link that could not be exchanged yet, and why: {code, problem}. */
export const pending = signal(null);

/** What a link or printed code says: {code?, area?, team?}; a bare code of an area is taken as one. */
export function said(text) {
  const hash = text.includes("#")
    ? text.slice(text.indexOf("#") + 1)
    : text.includes("=")
      ? text
      : `area=${text.trim()}`;
  const given = new URLSearchParams(hash);
  return Object.fromEntries(
    ["code", "area", "team"].map((name) => [name, given.get(name)]).filter(([, value]) => value),
  );
}

/** Take what the address says, and remove it there: a code must not stay in a history. */
async function takeAddress() {
  if (location.hash.length < 2) return null;
  const { code, ...rest } = said(location.hash);
  history.replaceState(null, "", location.pathname + location.search);
  if (rest.area || rest.team) await keepWish(rest);
  return code ?? null;
}

/** Remember a printed code until somebody checks in by it. */
export async function keepWish(found) {
  wish.value = found;
  await db.set("wish", found);
}

/** Exchange a one-time code. Throws Problem. */
export async function signIn(code) {
  await send("POST", "/session", { code: code.trim() });
  pending.value = null;
  await adopt(await get("/session"));
}

/** Become the person that the cookie is of. Throws Problem. */
async function adopt(session) {
  heardClock(session.now);
  scenario.value = session.scenario;
  if (!session.worker) throw new Problem(0, "not_a_worker", "");
  const jurisdiction = session.jurisdictions[0] ?? (await get("")).jurisdictions[0];
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

/** Nothing of a person stays but their acts that were not sent: those are theirs to send. */
async function forgetPerson() {
  forget();
  for (const key of await db.keys()) {
    if (["who", "me", "confirmed", "wish"].includes(key) || key.startsWith("contact ")) await db.forget(key);
  }
  wish.value = {};
  last.value = null; // nobody undoes what another did
  who.value = null;
}

/** Sign out; without a network the service is told later. */
export async function signOut() {
  for (const act of acts.peek()) if (act.state !== "waiting") await db.remove(act.seq);
  await forgetPerson();
  await refresh();
  await db.set("leave", true);
  await leave().catch(() => {});
}

async function leave() {
  if (!(await db.get("leave"))) return;
  const subscription = await (
    await navigator.serviceWorker?.getRegistration("/go")
  )?.pushManager?.getSubscription();
  await subscription?.unsubscribe();
  await request("DELETE", "/session");
  await db.forget("leave");
}

/** Start from what is kept on the phone; then see who is signed in. */
export async function boot() {
  const code = await takeAddress();
  const [kept, seen, hoped] = [await db.get("who"), await db.get("me"), await db.get("wish")];
  wish.value = hoped ?? {};
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

/** Exchange the code of a link; where that fails, say so and keep it for another try. */
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

/** How many acts wait to be sent. */
export const unsent = () => waiting.value.length;
