import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import { Databases } from "./support/indexeddb.js";
import { run } from "./support/plain.js";
import { accepted, json, noNetwork, Service } from "./support/service.js";

const NOW = Date.parse("2026-03-28T08:00:00Z");
const OWNER = "2307/W1";
const before = (seconds) => new Date(NOW - seconds * 1000).toISOString();
const soon = () => new Promise((resolve) => setImmediate(resolve));

let self;
let db;
let service;

/** Load both scripts as a page or a worker does. */
function load(navigator = {}, database = undefined) {
  const found = { navigator };
  run("go/idb.js", { self: found, indexedDB: database ?? new Databases() });
  run("go/outbox.js", { self: found, navigator, fetch: (...given) => service.fetch(...given) });
  return found;
}

/** Keep an act that waits, done a second ago unless said otherwise. */
async function keep(id, more = {}) {
  const act = {
    owner: OWNER,
    id,
    name: "worker.check_in",
    at: before(1),
    data: { worker: "W1" },
    state: "waiting",
    tried: false,
    hold_until: 0,
    ...more,
  };
  return { ...act, seq: await db.add(act) };
}

const states = async () => (await db.acts(OWNER)).map(({ id, state }) => `${id} ${state}`);

beforeEach(async () => {
  mock.timers.enable({ apis: ["Date", "setTimeout"], now: NOW });
  service = new Service();
  self = load();
  db = self.musterDb;
  await db.set("who", { owner: OWNER, worker: "W1", jurisdiction: "2307" });
});

afterEach(() => mock.timers.reset());

const flush = () => self.musterOutbox.flush();

describe("sending what waits", () => {
  test("waiting acts go out in one batch, in the order they were done", async () => {
    await keep("A");
    await keep("B", { name: "assignment.report" });
    assert.deepEqual(await flush(), { outcome: "sent" });
    assert.deepEqual(
      service.sent.map((batch) => batch.map(({ id }) => id)),
      [["A", "B"]],
    );
  });

  test("an act is sent with its own id and time, but without the phone's own notes", async () => {
    await keep("A", { about: { place: "Gate 3" } });
    await flush();
    assert.deepEqual(service.sent[0], [
      {
        id: "A",
        name: "worker.check_in",
        at: before(1),
        sent_at: new Date(NOW).toISOString(),
        data: { worker: "W1" },
      },
    ]);
  });

  test("the service is not contacted when nothing waits", async () => {
    await keep("A", { state: "sent" });
    await keep("B", { state: "refused" });
    assert.deepEqual(await flush(), { outcome: "idle" });
    assert.deepEqual(service.calls, []);
  });

  test("nothing is sent while nobody is signed in", async () => {
    await keep("A");
    await db.forget("who");
    assert.deepEqual(await flush(), { outcome: "idle" });
    assert.deepEqual(service.calls, []);
  });

  test("another person's acts on the same phone are not sent", async () => {
    await keep("A", { owner: "2307/W2" });
    assert.deepEqual(await flush(), { outcome: "idle" });
    assert.equal((await db.everyone())[0].state, "waiting");
  });

  test("a held act is sent only after its hold has ended", async () => {
    await keep("A", { hold_until: NOW + 10000 });
    assert.deepEqual(await flush(), { outcome: "idle" });
    mock.timers.tick(10000);
    assert.deepEqual(await flush(), { outcome: "sent" });
  });

  test("a batch holds at most the first 200 acts", async () => {
    for (let at = 0; at < 201; at += 1) await keep(`A${at}`);
    await flush();
    assert.equal(service.sent[0].length, 200);
    assert.equal((await db.acts(OWNER)).at(-1).state, "waiting");
    await flush();
    assert.deepEqual(
      service.sent[1].map(({ id }) => id),
      ["A200"],
    );
  });

  test("an act is marked as tried before it is sent", async () => {
    await keep("A");
    let tried;
    service.commands = async (acts) => {
      [{ tried }] = await db.acts(OWNER);
      return accepted(acts);
    };
    await flush();
    assert.equal(tried, true);
  });

  test("the page and the service worker take turns if the browser has locks", async () => {
    const asked = [];
    const locks = {
      request: (name, work) => {
        asked.push(name);
        return work();
      },
    };
    await load({ locks }).musterOutbox.flush();
    assert.deepEqual(asked, ["muster-outbox"]);
  });
});

describe("acts that waited for a network", () => {
  test("an act older than two minutes is sent as observed", async () => {
    await keep("A", { at: before(121) });
    await flush();
    assert.equal(service.sent[0][0].observed, true);
  });

  test("an act of the last two minutes is not sent as observed", async () => {
    await keep("A", { at: before(120) });
    await flush();
    assert.ok(!("observed" in service.sent[0][0]));
  });

  test("an act is never sent as observed if the token may not do so", async () => {
    await keep("A", { name: "assignment.accept", at: before(3600) });
    await flush();
    assert.ok(!("observed" in service.sent[0][0]));
  });
});

describe("the outcome of an act", () => {
  test("an accepted act stays on the phone with its position", async () => {
    await keep("A");
    service.commands = (acts) => accepted(acts, 41);
    await flush();
    const [act] = await db.acts(OWNER);
    assert.equal(act.state, "sent");
    assert.equal(act.position, 41);
  });

  test("an act that the service already knows counts as sent", async () => {
    await keep("A");
    service.commands = () => json(200, { items: [{ id: "A", outcome: "known", position: 8 }] });
    await flush();
    assert.deepEqual(await states(), ["A sent"]);
  });

  test("a refused act keeps the code and the detail of the refusal", async () => {
    await keep("A");
    service.commands = () =>
      json(200, { items: [{ id: "A", outcome: "refused", code: "area.unknown", detail: "No such area." }] });
    assert.deepEqual(await flush(), { outcome: "sent" });
    const [{ state, code, detail }] = await db.acts(OWNER);
    assert.deepEqual(
      { state, code, detail },
      {
        state: "refused",
        code: "area.unknown",
        detail: "No such area.",
      },
    );
  });

  test("a pending act keeps waiting, the rest of its batch does not", async () => {
    await keep("A");
    await keep("B");
    service.commands = () =>
      json(200, {
        items: [
          { id: "A", outcome: "accepted", position: 1 },
          { id: "B", outcome: "pending" },
        ],
      });
    assert.deepEqual(await flush(), { outcome: "later" });
    assert.deepEqual(await states(), ["A sent", "B waiting"]);
  });

  test("a pending act stays marked as tried, because the service may have it", async () => {
    await keep("A");
    service.commands = () => json(200, { items: [{ id: "A", outcome: "pending" }] });
    await flush();
    assert.equal((await db.acts(OWNER))[0].tried, true);
  });

  test("an act that the answer does not mention keeps waiting", async () => {
    await keep("A");
    service.commands = () => json(200, { items: [] });
    await flush();
    assert.deepEqual(await states(), ["A waiting"]);
  });

  test("taking back an act that was never recorded counts as sent", async () => {
    await keep("A", { name: "worker.take_back" });
    service.commands = () => json(200, { items: [{ id: "A", outcome: "refused", code: "fact.unknown" }] });
    await flush();
    const [{ state, position }] = await db.acts(OWNER);
    assert.deepEqual({ state, position }, { state: "sent", position: 0 });
  });

  test("taking back an act too late is refused like any other act", async () => {
    await keep("A", { name: "worker.take_back" });
    service.commands = () => json(200, { items: [{ id: "A", outcome: "refused", code: "fact.late" }] });
    await flush();
    assert.deepEqual(await states(), ["A refused"]);
  });
});

describe("a batch rejected as a whole", () => {
  for (const status of [400, 413, 422]) {
    test(`after ${status} the acts are sent one by one, and only the faulty one is refused`, async () => {
      await keep("A");
      await keep("B");
      await keep("C");
      service.commands = (acts) =>
        acts.some(({ id }) => id === "B")
          ? json(status, { code: "body.invalid", detail: "Not so." })
          : accepted(acts);
      assert.deepEqual(await flush(), { outcome: "sent" });
      assert.deepEqual(await states(), ["A sent", "B refused", "C sent"]);
      assert.equal((await db.acts(OWNER))[1].code, "body.invalid");
    });
  }

  test("if the service fails halfway, settled acts stay settled and the rest waits", async () => {
    await keep("A");
    await keep("B");
    service.commands = (acts) => {
      if (acts.length > 1) return json(400, {});
      return acts[0].id === "A" ? accepted(acts) : json(429, {}, { "retry-after": "7" });
    };
    assert.deepEqual(await flush(), { outcome: "later", wait: 7 });
    assert.deepEqual(await states(), ["A sent", "B waiting"]);
  });
});

describe("obstacles to sending", () => {
  test("without a network the acts keep waiting", async () => {
    await keep("A");
    service.session = noNetwork;
    assert.deepEqual(await flush(), { outcome: "offline" });
    assert.deepEqual(await states(), ["A waiting"]);
  });

  test("a request without an answer for 20 seconds counts as offline", async () => {
    await keep("A");
    service.session = (signal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const flushed = flush();
    while (!service.signal) await soon();
    mock.timers.tick(19999);
    assert.equal(service.signal.aborted, false);
    mock.timers.tick(1);
    assert.deepEqual(await flushed, { outcome: "offline" });
  });

  test("an error unrelated to the network is thrown", async () => {
    await keep("A");
    service.session = () => {
      throw new RangeError("unrelated");
    };
    await assert.rejects(flush(), RangeError);
  });

  for (const status of [401, 403]) {
    test(`a session answered with ${status} means signed out`, async () => {
      await keep("A");
      service.session = () => json(status, {});
      assert.deepEqual(await flush(), { outcome: "signed_out" });
      assert.deepEqual(service.sent, []);
    });
  }

  test("a batch answered with 401 means signed out", async () => {
    await keep("A");
    service.commands = () => json(401, {});
    assert.deepEqual(await flush(), { outcome: "signed_out" });
    assert.deepEqual(await states(), ["A waiting"]);
  });

  test("nothing is sent if the cookie belongs to another worker", async () => {
    await keep("A");
    service.session = () => json(200, { worker: "W2", jurisdictions: ["2307"], observes: [] });
    assert.deepEqual(await flush(), { outcome: "another" });
    assert.deepEqual(service.sent, []);
  });

  test("nothing is sent if the cookie belongs to another jurisdiction", async () => {
    await keep("A");
    service.session = () => json(200, { worker: "W1", jurisdictions: ["3101"], observes: [] });
    assert.deepEqual(await flush(), { outcome: "another" });
  });

  test("a session without a list of jurisdictions covers all of them", async () => {
    await keep("A");
    service.session = () => json(200, { worker: "W1", jurisdictions: [], observes: [] });
    assert.deepEqual(await flush(), { outcome: "sent" });
  });

  for (const status of [429, 503]) {
    test(`after ${status} the acts are sent later, once the Retry-After time has passed`, async () => {
      await keep("A");
      service.commands = () => json(status, {}, { "retry-after": "7" });
      assert.deepEqual(await flush(), { outcome: "later", wait: 7 });
      assert.deepEqual(await states(), ["A waiting"]);
    });
  }

  test("a proxy's HTML page instead of an answer changes nothing", async () => {
    await keep("A");
    service.commands = () => new Response("<h1>Sign in to the Wi-Fi</h1>");
    assert.deepEqual(await flush(), { outcome: "later", wait: 0 });
    assert.deepEqual(await states(), ["A waiting"]);
  });
});

describe("what is urgent, and pictures", () => {
  const PHOTO = new Blob([new Uint8Array([255, 216, 255])], { type: "image/jpeg" });
  const proof = (id, more = {}) =>
    keep(id, {
      name: "assignment.attach_proof",
      data: { assignment: "A1", request: "R1", kind: "photo" },
      picture: PHOTO,
      ...more,
    });
  const pictures = () => self.musterOutbox.pictures();

  test("a call for help goes before everything that was done earlier", async () => {
    await keep("A");
    await keep("B", { name: "worker.raise_sos" });
    await flush();
    assert.deepEqual(
      service.sent[0].map(({ id }) => id),
      ["B", "A"],
    );
  });

  test("a picture holds nothing back: acts after it go out without it", async () => {
    await proof("P");
    await keep("D", { name: "assignment.done" });
    assert.deepEqual(await flush(), { outcome: "sent" });
    assert.deepEqual(await states(), ["P waiting", "D sent"]);
  });

  test("a picture is sent first, then the act that names it", async () => {
    await proof("P");
    service.files = () => json(200, { file: "f00d" });
    assert.deepEqual(await pictures(), { outcome: "sent" });
    assert.equal(service.calls.at(-2).url, "/api/v1/2307/files?subject=request%2FR1");
    assert.equal(service.calls.at(-1).acts[0].data.file, "f00d");
    const [kept] = await db.acts(OWNER);
    assert.deepEqual([kept.state, kept.picture], ["sent", undefined]);
  });

  test("the phone keeps a picture until the act that names it is recorded", async () => {
    await proof("P");
    service.files = () => json(200, { file: "f00d" });
    service.commands = noNetwork;
    assert.deepEqual(await pictures(), { outcome: "offline" });
    service.commands = () => json(200, { items: [{ id: "P", outcome: "pending" }] });
    assert.deepEqual(await pictures(), { outcome: "later" });
    const [kept] = await db.acts(OWNER);
    assert.deepEqual([kept.state, kept.tried, kept.picture.size], ["waiting", true, 3]);
  });

  test("without a network the picture stays, and so does one the service cannot take now", async () => {
    await proof("P");
    service.files = noNetwork;
    assert.deepEqual(await pictures(), { outcome: "offline" });
    for (const status of [429, 503]) {
      service.files = () => json(status, {}, { "Retry-After": "3" });
      assert.deepEqual(await pictures(), { outcome: "later", wait: 3 });
      assert.deepEqual(await states(), ["P waiting"]);
    }
  });

  test("a picture that is refused says why, and the next one is sent", async () => {
    await proof("P");
    await proof("Q");
    const answers = [json(410, { code: "file.erased" }), json(200, { file: "f00d" })];
    service.files = () => answers.shift();
    await pictures();
    assert.deepEqual(await states(), ["P refused", "Q sent"]);
    assert.equal((await db.acts(OWNER))[0].code, "file.erased");
  });
});
