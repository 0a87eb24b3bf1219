// Sends what waits on this phone, in order and in one batch. A plain script, shared by the page and the service
// worker; a lock keeps the two from sending at once, and the acts' own ids make a double harmless anyway.
"use strict";
(() => {
  const db = self.musterDb;
  const MOST = 200;
  /** A network that answers nothing is none; the lock must not be held for it. */
  const PATIENCE_MS = 20000;
  const LATE_MS = 120000;

  const waits = (act) => act.state === "waiting";
  const held = (act, now) => act.hold_until > now;

  /** One holder of the name at a time, page or worker; where there are no locks, everyone at once. */
  const locked = (work) => (self.navigator.locks ? navigator.locks.request("muster-outbox", work) : work());

  /** The act as the service takes it.
   *
   * A fact that waited longer than two minutes is sent as observed: what really happened is then recorded even where
   * a rule would by now refuse it (a task withdrawn meanwhile, a check-out under an assignment made meanwhile), with
   * the rule's code as an anomaly that the desk sees. One sent at once is judged by the rules, for then its sender
   * is there to read why and to do something else. `observed` is no part of what an id stands for, so the same id
   * may go out first without and later with it. `observes` names what this token may send so.
   */
  function item(act, observes, now) {
    const late = now - Date.parse(act.at) > LATE_MS;
    const observed = late && observes.includes(act.name);
    const sent_at = new Date(now).toISOString();
    return { id: act.id, name: act.name, at: act.at, sent_at, data: act.data, ...(observed && { observed }) };
  }

  async function ask(path, options = {}) {
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(), PATIENCE_MS);
    const usual = { credentials: "same-origin", cache: "no-store", signal: over.signal };
    try {
      const answer = await fetch(`/api/v1${path}`, { ...usual, ...options });
      const text = await answer.text();
      return {
        status: answer.status,
        body: parsed(text),
        wait: Number(answer.headers.get("retry-after")) || 0,
      };
    } finally {
      clearTimeout(timer);
    }
  }

  function parsed(text) {
    try {
      return JSON.parse(text);
    } catch {
      return {}; // a proxy's page, say
    }
  }

  /** Whether the cookie is still this person's: it may be another's by now (somebody else, or the board). */
  async function mine(who) {
    const { status, body } = await ask("/session");
    if (status === 401 || status === 403) return { whose: "signed_out" };
    if (status !== 200) return { whose: "later" };
    const here = !body.jurisdictions.length || body.jurisdictions.includes(who.jurisdiction);
    return { whose: here && body.worker === who.worker ? "mine" : "another", observes: body.observes };
  }

  const post = (who, acts, observes) =>
    ask(`/${who.jurisdiction}/commands`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(acts.map((act) => item(act, observes, Date.now()))),
    });

  /** What became of one act. What is recorded stays until the page has seen a state that includes it. */
  function settled(act, found) {
    if (found.outcome === "pending") return act;
    if (found.outcome !== "refused") return { ...act, state: "sent", position: found.position ?? 0 };
    // It was to be undone, and never came to be: that is what was wanted.
    if (act.name === "worker.take_back" && found.code === "fact.unknown")
      return { ...act, state: "sent", position: 0 };
    return { ...act, state: "refused", code: found.code, detail: found.detail };
  }

  /** Take in the answers; true = none is pending. */
  async function settle(acts, items) {
    const answers = new Map(items.map((found) => [found.id, found]));
    for (const act of acts) await db.put(settled(act, answers.get(act.id) ?? { outcome: "pending" }));
    return items.every((found) => found.outcome !== "pending");
  }

  /** The service took offence at the batch as a whole: one by one, so that only what is wrong is refused. */
  async function singly(who, acts, observes) {
    for (const act of acts) {
      const { status, body } = await post(who, [act], observes);
      if (status === 200 && body.items) await settle([act], body.items);
      else if ([400, 413, 422].includes(status)) {
        await settle([act], [{ id: act.id, outcome: "refused", code: body.code, detail: body.detail }]);
      } else return { outcome: "later" };
    }
    return { outcome: "sent" };
  }

  async function attempt(who, acts) {
    const { whose, observes } = await mine(who);
    if (whose !== "mine") return { outcome: whose };
    for (const act of acts) if (!act.tried) await db.put({ ...act, tried: true });
    const tried = acts.map((act) => ({ ...act, tried: true }));
    const { status, body, wait } = await post(who, tried, observes);
    if (status === 200 && body.items)
      return { outcome: (await settle(tried, body.items)) ? "sent" : "later" };
    if (status === 401) return { outcome: "signed_out" };
    if ([400, 413, 422].includes(status)) return singly(who, tried, observes);
    return { outcome: "later", wait };
  }

  /** Send what waits: {outcome, wait?}; idle, sent, later (try again), offline, signed_out, another (cookie). */
  const flush = () =>
    locked(async () => {
      const who = await db.get("who");
      if (!who) return { outcome: "idle" };
      const now = Date.now();
      const acts = (await db.acts(who.owner)).filter((act) => waits(act) && !held(act, now)).slice(0, MOST);
      if (!acts.length) return { outcome: "idle" };
      try {
        return await attempt(who, acts);
      } catch (error) {
        // fetch could not reach the service, or gave up
        if (error instanceof TypeError || error.name === "AbortError") return { outcome: "offline" };
        throw error;
      }
    });

  self.musterOutbox = { flush, locked, waits, held, LATE_MS };
})();
