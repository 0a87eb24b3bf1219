// Sends the outbox in order, as one batch. A classic script, shared by the page and the service worker. A
// lock prevents both from sending at once; if that fails, the ids of the acts make duplicates harmless.
"use strict";
(() => {
  const db = self.musterDb;
  const MOST = 200;
  /** Timeout of a request, so that a dead network does not hold the lock. */
  const PATIENCE_MS = 20000;
  const LATE_MS = 120000;
  /** Timeout of a picture, which is sent apart from the acts. */
  const PICTURE_MS = 90000;
  /** Sent before everything else. */
  const FIRST = ["worker.raise_sos", "worker.cancel_sos"];

  /** @param {Act} act */
  const waits = (act) => act.state === "waiting";
  /** @param {Act} act @param {number} now */
  const held = (act, now) => act.hold_until > now;

  /** Run `work` under a lock that page and worker share. Browsers without the Web Locks API run it at once.
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  const locked = async (work) =>
    self.navigator.locks ? navigator.locks.request("muster-outbox", work) : work();

  /** Return the act as a command of the API.
   *
   * A fact that waited longer than two minutes is sent as observed. The service then records it even if a
   * rule would refuse it by now, for example because the task was withdrawn meanwhile, and adds the code of
   * the rule as an anomaly. A fact that is sent at once is subject to the rules, because its sender can still
   * react. `observed` is not part of the idempotency key: the same id may be sent first without it, later
   * with it.
   * @param {Act} act
   * @param {string[]} observes names of commands that this token may send as observed
   * @param {number} now
   */
  function item(act, observes, now) {
    const late = now - Date.parse(act.at) > LATE_MS;
    const observed = late && observes.includes(act.name);
    const sent_at = new Date(now).toISOString();
    return { id: act.id, name: act.name, at: act.at, sent_at, data: act.data, ...(observed && { observed }) };
  }

  /** Send a request to the API.
   * @param {string} path
   * @param {RequestInit} options
   * @param {number} patience ms
   */
  async function ask(path, options = {}, patience = PATIENCE_MS) {
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(), patience);
    /** @type {RequestInit} */
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

  /** Parse JSON; anything else, such as the error page of a proxy, yields an empty object.
   * @param {string} text
   */
  function parsed(text) {
    try {
      return JSON.parse(text);
    } catch {
      return {};
    }
  }

  /** Check that the session cookie still belongs to `who`: somebody else may have signed in meanwhile.
   * @param {Who} who
   * @returns {Promise<{whose: "mine" | "signed_out" | "later" | "another", observes?: string[]}>}
   */
  async function mine(who) {
    const { status, body } = await ask("/session");
    if (status === 401 || status === 403) return { whose: "signed_out" };
    if (status !== 200) return { whose: "later" };
    const here = !body.jurisdictions.length || body.jurisdictions.includes(who.jurisdiction);
    return { whose: here && body.worker === who.worker ? "mine" : "another", observes: body.observes };
  }

  /** @param {Who} who @param {Act[]} acts @param {string[]} observes */
  const post = (who, acts, observes) =>
    ask(`/${who.jurisdiction}/commands`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(acts.map((act) => item(act, observes, Date.now()))),
    });

  /** Return the act with its outcome. Recorded acts stay until the page has received a state that includes
   * them.
   * @param {Act} act
   * @param {{outcome: string, position?: number, code?: string, detail?: string}} found
   * @returns {Act}
   */
  function settled(act, found) {
    if (found.outcome !== "refused") return { ...act, state: "sent", position: found.position ?? 0 };
    // The command to take back was never recorded: nothing is left to undo.
    if (act.name === "worker.take_back" && found.code === "fact.unknown")
      return { ...act, state: "sent", position: 0 };
    return { ...act, state: "refused", code: found.code, detail: found.detail };
  }

  /** Store the outcomes; what is pending stays as it is. Return whether none is.
   * @param {Act[]} acts
   * @param {({id: string, outcome: string, code?: string, detail?: string})[]} items
   */
  async function settle(acts, items) {
    const answers = new Map(items.map((found) => [found.id, found]));
    for (const act of acts) {
      const found = answers.get(act.id);
      if (found && found.outcome !== "pending") await db.put(settled(act, found));
    }
    return items.every((found) => found.outcome !== "pending");
  }

  /** Send the acts one by one after the service rejected the batch, so that only invalid ones are refused.
   * @param {Who} who @param {Act[]} acts @param {string[]} observes
   * @returns {Promise<Sent>}
   */
  async function singly(who, acts, observes) {
    for (const act of acts) {
      const { status, body, wait } = await post(who, [act], observes);
      if (status === 200 && body.items) {
        if (!(await settle([act], body.items))) return { outcome: "later" };
      } else if ([400, 413, 422].includes(status)) {
        await settle([act], [{ id: act.id, outcome: "refused", code: body.code, detail: body.detail }]);
      } else return { outcome: "later", wait };
    }
    return { outcome: "sent" };
  }

  /** @param {Who} who @param {Act[]} acts @returns {Promise<Sent>} */
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

  /** @param {Act} act */
  const urgency = (act) => (FIRST.includes(act.name) ? 0 : 1);

  /** Send a picture, then the act that names it. Whatever is refused stays on the phone with its reason.
   * @param {Who} who @param {Act} act
   * @returns {Promise<Sent>}
   */
  async function sendPicture(who, act) {
    const { whose, observes } = await mine(who);
    if (whose !== "mine") return { outcome: whose };
    const { request, inspection } = act.data;
    const subject = request ? `request/${request}` : `inspection/${inspection}`;
    const path = `/${who.jurisdiction}/files?subject=${encodeURIComponent(subject)}`;
    const headers = { "Content-Type": act.picture.type };
    const { status, body, wait } = await ask(
      path,
      { method: "POST", headers, body: act.picture },
      PICTURE_MS,
    );
    if (status === 401) return { outcome: "signed_out" };
    if (status >= 400 && status < 500 && status !== 429) {
      await settle([act], [{ id: act.id, outcome: "refused", code: body.code, detail: body.detail }]);
      return { outcome: "sent" };
    }
    if (status !== 200) return { outcome: "later", wait };
    // The phone keeps the picture until the act is recorded: the service deletes what is long unattached.
    await db.put({ ...act, tried: true });
    const { picture, ...rest } = act;
    const ready = { ...rest, data: { ...act.data, file: body.file }, tried: true };
    return singly(who, [ready], observes);
  }

  /** Send the waiting acts of the worker who is signed in, without the lock. Pictures are sent apart.
   * @returns {Promise<Sent>}
   */
  const sendWaiting = () =>
    sending(
      (act) => !act.picture,
      async (who, acts) => attempt(who, acts.slice(0, MOST)),
    );

  /** Send the waiting pictures, one after the other. */
  const sendPictures = () =>
    sending(
      (act) => Boolean(act.picture),
      async (who, acts) => {
        for (const act of acts) {
          const sent = await sendPicture(who, act);
          if (sent.outcome !== "sent") return sent;
        }
        return { outcome: "sent" };
      },
    );

  /** Send those waiting acts that are chosen, the urgent ones first.
   * @param {(act: Act) => boolean} chosen
   * @param {(who: Who, acts: Act[]) => Promise<Sent>} work
   * @returns {Promise<Sent>}
   */
  async function sending(chosen, work) {
    const who = await db.get("who");
    if (!who) return { outcome: "idle" };
    const now = Date.now();
    const acts = (await db.acts(who.owner))
      .filter((act) => waits(act) && !held(act, now) && chosen(act))
      .sort((a, b) => urgency(a) - urgency(b));
    if (!acts.length) return { outcome: "idle" };
    try {
      return await work(who, acts);
    } catch (error) {
      // fetch failed or timed out
      if (error instanceof TypeError || error.name === "AbortError") return { outcome: "offline" };
      throw error;
    }
  }

  const flush = () => locked(sendWaiting);
  /** A lock of its own: a slow picture must not hold back a call for help. */
  const pictures = async () =>
    self.navigator.locks ? navigator.locks.request("muster-pictures", sendPictures) : sendPictures();

  const ASKING = "asking";

  /** Change the unsent reports to the city. Page and service worker may do so at once.
   * @param {(kept: Asking[]) => Asking[] | Promise<Asking[]>} change
   */
  async function asking(change) {
    const work = async () => db.set(ASKING, await change((await db.get(ASKING)) ?? []));
    return self.navigator.locks ? navigator.locks.request("muster-asking", work) : work();
  }

  /** Send what is told to the city, without the session: nothing may tie it to who is signed in.
   * @returns {Promise<Sent>}
   */
  async function tell() {
    /** @type {Sent} */
    let sent = { outcome: "sent" };
    await asking(async (kept) => {
      const left = [];
      for (const one of kept) {
        const gone = left.some(
          ({ code, path, body }) => code && path === "ask" && body.receipt === one.body.receipt,
        );
        if (gone && one.blob) continue; // what it belongs to was refused
        const outcome = one.code || sent.outcome !== "sent" ? null : await tellOne(one);
        if (outcome === null) left.push(one);
        else if (outcome.code) left.push({ ...one, code: outcome.code, detail: outcome.detail });
        else if (!outcome.done) {
          left.push(one);
          sent = { outcome: "later", wait: outcome.wait };
        }
      }
      return left;
    });
    return sent;
  }

  /** @param {Asking} one */
  async function tellOne({ id, jurisdiction, path, body, at, blob }) {
    const headers = { "Content-Type": blob?.type ?? "application/json", "Idempotency-Key": id };
    /** @type {RequestInit} */
    const options = {
      method: "POST",
      credentials: "omit",
      headers: blob ? { ...headers, "Muster-Receipt": body.receipt } : headers,
      body: blob ?? JSON.stringify({ ...body, at, sent_at: new Date().toISOString() }),
    };
    try {
      const patience = blob ? PICTURE_MS : PATIENCE_MS;
      const { status, body: said, wait } = await ask(`/${jurisdiction}/${path}`, options, patience);
      if (status === 200) return { done: true };
      const refused = status >= 400 && status < 500 && ![408, 425, 429].includes(status);
      return refused ? { code: said.code ?? String(status), detail: said.detail } : { wait };
    } catch (error) {
      if (error instanceof TypeError || error.name === "AbortError") return { wait: 0 };
      throw error;
    }
  }

  self.musterOutbox = { flush, pictures, asking, tell, ask, locked, waits, held, LATE_MS };
})();
