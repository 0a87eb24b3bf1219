import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import { Databases } from "./support/indexeddb.js";
import { accepted, json, noNetwork, Service } from "./support/service.js";

const NOW = Date.parse("2026-03-28T08:00:00Z");
const OWNER = "2307/W1";
const TASK = { assignment: "A1", state: "accepted", request: { priority: 2 } };
const TEAM_TASK = { ...TASK, assignment: "A2", team: "T1" };

globalThis.indexedDB = new Databases();
navigator.locks = { request: (_, work) => work() };
let service;
globalThis.fetch = (...given) => service.fetch(...given);

const state = await import("../../web/go/state.js");
const { acts, db, me, refused, shown, trouble, waiting, who } = state;

let sync;
let loaded = 0;
let events;

/** Let everything run that does not wait for a timer. */
async function settle() {
  for (let round = 0; round < 40; round += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Let time pass, and what it starts run. */
async function pass(milliseconds) {
  mock.timers.tick(milliseconds);
  await settle();
}

const emit = async (target, name) => {
  target.dispatchEvent(new Event(name));
  await settle();
};

const setHidden = async (hidden) => {
  document.hidden = hidden;
  await emit(document, "visibilitychange");
};

const sentNames = () => service.sent.map((batch) => batch.map(({ name }) => name));

beforeEach(async () => {
  mock.timers.enable({ apis: ["Date", "setTimeout"], now: NOW });
  service = new Service();
  for (const { seq } of await db.everyone()) await db.remove(seq);
  const found = { owner: OWNER, worker: "W1", jurisdiction: "2307" };
  await db.set("who", found);
  who.value = found;
  me.value = {
    position: 0,
    worker: { worker: "W1", presence: "assigned", area: "2307-1", area_name: "Gate", since: NOW },
    tasks: [TASK, TEAM_TASK],
    hours: { intervals: [] },
  };
  acts.value = [];
  trouble.value = null;
  // A new instance for each test, with listeners of its own.
  events = new EventTarget();
  globalThis.addEventListener = events.addEventListener.bind(events);
  globalThis.document = Object.assign(new EventTarget(), { hidden: false });
  loaded += 1;
  sync = await import(`../../web/go/sync.js?instance=${loaded}`);
});

afterEach(() => mock.timers.reset());

describe("doing something", () => {
  test("an act is kept on the phone and sent at once", async () => {
    await sync.act("worker.check_in", { worker: "W1", area: "2307-1" }, { place: "Gate" });
    assert.deepEqual(sentNames(), [["worker.check_in"]]);
    assert.equal(acts.value[0].state, "sent");
    assert.equal(acts.value[0].at, new Date(NOW).toISOString());
  });

  test("the page shows an act before the service has confirmed it", async () => {
    service.session = noNetwork;
    await sync.act("worker.set_presence", { worker: "W1", presence: "on_break" });
    assert.equal(acts.value[0].state, "waiting");
    assert.equal(shown.value.worker.act.name, "worker.set_presence");
  });

  test("an act that cannot be kept does not happen, and the page learns why", async () => {
    indexedDB.full = true;
    await sync.act("worker.check_out", { worker: "W1" });
    indexedDB.full = false;
    assert.match(sync.broken.value, /go.full/);
    assert.equal(sync.last.value, null);
    assert.deepEqual(service.calls, []);
  });

  test("the next act that can be kept clears the error", async () => {
    indexedDB.full = true;
    await sync.act("worker.check_out", { worker: "W1" });
    indexedDB.full = false;
    await sync.act("worker.check_out", { worker: "W1" });
    assert.equal(sync.broken.value, null);
  });
});

describe("the time to undo", () => {
  test("an act can be undone for ten seconds", async () => {
    await sync.act("worker.check_out", { worker: "W1" });
    assert.equal(sync.last.value.act.name, "worker.check_out");
    assert.equal(sync.last.value.until, NOW + 10000);
  });

  test("accepting an offer cannot be undone", async () => {
    await sync.act("assignment.accept", { assignment: "A1" });
    assert.equal(sync.last.value, null);
    assert.deepEqual(sentNames(), [["assignment.accept"]]);
  });

  test("accepting an offer of a team is not held back either", async () => {
    await sync.act("assignment.accept", { assignment: "A2" });
    assert.deepEqual(sentNames(), [["assignment.accept"]]);
  });

  for (const [what, name, data] of [
    ["a declined offer", "assignment.decline", { assignment: "A1" }],
    ["an act for a team", "assignment.done", { assignment: "A2" }],
  ]) {
    test(`${what} stays on the phone for those ten seconds`, async () => {
      await sync.act(name, data);
      await pass(9999);
      assert.deepEqual(service.sent, []);
      await pass(1);
      assert.deepEqual(sentNames(), [[name]]);
    });

    test(`${what} that is undone in time is never sent`, async () => {
      await sync.act(name, data);
      await sync.undo(sync.last.value.act);
      await pass(60000);
      assert.deepEqual(service.sent, []);
      assert.deepEqual(acts.value, []);
      assert.equal(sync.last.value, null);
    });
  }

  test("a held act does not delay others", async () => {
    await sync.act("assignment.decline", { assignment: "A1" });
    await sync.act("worker.check_out", { worker: "W1" });
    assert.deepEqual(sentNames(), [["worker.check_out"]]);
  });

  test("an act that was already sent is taken back by a command", async () => {
    await sync.act("worker.check_out", { worker: "W1" });
    const { act } = sync.last.value;
    await sync.undo(act);
    assert.deepEqual(sentNames(), [["worker.check_out"], ["worker.take_back"]]);
    assert.deepEqual(service.sent[1][0].data, { worker: "W1", command: act.id });
  });

  test("an act that may have reached the service is taken back by a command too", async () => {
    service.commands = noNetwork;
    await sync.act("worker.check_out", { worker: "W1" });
    await sync.undo(sync.last.value.act);
    assert.deepEqual(
      waiting.value.map(({ name }) => name),
      ["worker.check_out", "worker.take_back"],
    );
  });

  test("an act that never left the phone is just removed", async () => {
    service.session = noNetwork;
    await sync.act("worker.check_out", { worker: "W1" });
    await sync.undo(sync.last.value.act);
    assert.deepEqual(acts.value, []);
  });

  test("a refused act is just removed", async () => {
    service.commands = ([{ id }]) =>
      json(200, { items: [{ id, outcome: "refused", code: "worker.off_duty" }] });
    await sync.act("worker.check_out", { worker: "W1" });
    await sync.undo(sync.last.value.act);
    assert.deepEqual(acts.value, []);
    assert.equal(service.sent.length, 1);
  });

  test("a declined offer cannot be taken back once it was sent", async () => {
    await sync.act("assignment.decline", { assignment: "A1" });
    const { act } = sync.last.value;
    await pass(10000);
    await sync.undo(act);
    assert.deepEqual(sentNames(), [["assignment.decline"]]);
  });

  test("the page shows the previous duty again after an undo", async () => {
    await sync.act("worker.check_out", { worker: "W1" });
    assert.equal(shown.value.worker.presence, "off_duty");
    await sync.undo(sync.last.value.act);
    assert.equal(shown.value.worker.presence, "assigned");
    assert.equal(shown.value.worker.area_name, "Gate");
  });

  test("the page shows a finished task again after an undo", async () => {
    await sync.act("assignment.done", { assignment: "A1" });
    assert.ok(!shown.value.tasks.some(({ assignment }) => assignment === "A1"));
    await sync.undo(sync.last.value.act);
    assert.equal(shown.value.tasks[0].assignment, "A1");
    assert.equal(shown.value.tasks[0].state, "accepted");
  });
});

describe("refused acts", () => {
  beforeEach(async () => {
    service.commands = (sent) =>
      json(200, { items: sent.map(({ id }) => ({ id, outcome: "refused", code: "worker.off_duty" })) });
    await sync.act("worker.check_in", { worker: "W1", area: "2307-2" }, { place: "Depot" });
  });

  test("a refused act is listed with its code and not sent again", async () => {
    assert.deepEqual(
      refused.value.map(({ code }) => code),
      ["worker.off_duty"],
    );
    await pass(600000);
    assert.equal(service.sent.length, 1);
  });

  test("the page no longer shows the effect of a refused act", () => {
    assert.equal(shown.value.worker.area_name, "Gate");
  });

  test("a refused act disappears once it is dismissed", async () => {
    await sync.dismiss(refused.value[0]);
    assert.deepEqual(await db.everyone(), []);
    assert.deepEqual(refused.value, []);
  });
});

describe("without a network", () => {
  beforeEach(async () => {
    service.session = noNetwork;
    await sync.act("worker.check_out", { worker: "W1" });
  });

  test("acts are tried again after pauses that double, up to a minute", async () => {
    const pauses = [2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1000);
    for (const milliseconds of pauses) {
      const { length } = service.calls;
      await pass(milliseconds - 1);
      assert.equal(service.calls.length, length, `too early within ${milliseconds} ms`);
      await pass(1);
      assert.equal(service.calls.length, length + 1, `nothing after ${milliseconds} ms`);
    }
  });

  test("acts are sent as soon as the network is back", async () => {
    service.session = new Service().session;
    await emit(events, "online");
    assert.deepEqual(sentNames(), [["worker.check_out"]]);
  });

  test("acts are sent as soon as the page is visible again", async () => {
    await setHidden(true);
    service.session = new Service().session;
    await setHidden(false);
    assert.deepEqual(sentNames(), [["worker.check_out"]]);
  });

  test("a hidden page does not try", async () => {
    await setHidden(true);
    const { length } = service.calls;
    await pass(600000);
    assert.equal(service.calls.length, length);
  });

  test("being offline is no reason to ask for a new sign-in", () => {
    assert.equal(trouble.value, null);
  });

  test("after a success the pauses start from the beginning", async () => {
    await pass(2000);
    await pass(4000);
    service.session = new Service().session;
    await pass(8000);
    assert.equal(service.sent.length, 1);
    service.session = noNetwork;
    await sync.act("worker.check_in", { worker: "W1", area: "2307-1" });
    const { length } = service.calls.filter(({ url }) => url.endsWith("/session"));
    await pass(2000);
    assert.equal(service.calls.filter(({ url }) => url.endsWith("/session")).length, length + 1);
  });
});

describe("a service in trouble", () => {
  for (const status of [429, 503]) {
    test(`after ${status} acts are not sent again before the Retry-After time has passed`, async () => {
      service.commands = () => json(status, {}, { "retry-after": "30" });
      await sync.act("worker.check_out", { worker: "W1" });
      await pass(29999);
      assert.equal(service.sent.length, 1);
      await pass(1);
      assert.equal(service.sent.length, 2);
    });

    test(`after ${status} nor are pictures`, async () => {
      const tries = () => service.calls.filter(({ url }) => url.includes("/files?")).length;
      service.files = () => json(status, {}, { "retry-after": "30" });
      await sync.act("request.attach_proof", { request: "R1" }, {}, { picture: new Blob(["jpg"]) });
      for (let second = 0; second < 29; second += 1) await pass(1000);
      assert.equal(tries(), 1);
      for (let second = 0; second < 5; second += 1) await pass(1000);
      assert.equal(tries(), 2);
    });
  }

  test("the same act goes out under the same id each time", async () => {
    service.commands = noNetwork;
    await sync.act("worker.check_out", { worker: "W1" });
    await pass(2000);
    const [[first], [second]] = service.sent;
    assert.equal(first.id, second.id);
  });
});

describe("signed out", () => {
  beforeEach(async () => {
    service.session = () => json(401, {});
    await sync.act("worker.check_out", { worker: "W1" });
  });

  test("the page reports it, and the act keeps waiting", () => {
    assert.equal(trouble.value, "signed_out");
    assert.equal(waiting.value.length, 1);
  });

  test("nothing is tried by the clock until somebody signs in", async () => {
    const { length } = service.calls;
    await pass(600000);
    assert.equal(service.calls.length, length);
  });

  test("the act is sent after the person has signed in again", async () => {
    service.session = new Service().session;
    trouble.value = null;
    await sync.retry();
    assert.deepEqual(sentNames(), [["worker.check_out"]]);
    assert.equal(trouble.value, null);
  });
});

describe("somebody else's cookie", () => {
  test("the page reports it, and nothing is sent", async () => {
    service.session = () => json(200, { worker: "W2", jurisdictions: ["2307"], observes: [] });
    await sync.act("worker.check_out", { worker: "W1" });
    assert.equal(trouble.value, "another");
    assert.deepEqual(service.sent, []);
  });
});

describe("acts done while others are being sent", () => {
  test("they follow in a batch of their own", async () => {
    let answer;
    service.commands = (sent) => new Promise((resolve) => (answer = () => resolve(accepted(sent))));
    const first = sync.act("worker.check_in", { worker: "W1", area: "2307-1" });
    while (!answer) await settle();
    service.commands = (sent) => accepted(sent, 2);
    await sync.act("assignment.done", { assignment: "A1" });
    assert.equal(service.sent.length, 1);
    answer();
    await first;
    assert.deepEqual(sentNames(), [["worker.check_in"], ["assignment.done"]]);
  });
});
