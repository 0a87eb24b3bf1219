import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Live } from "../../web/lib/live.js";

const NOW = "2022-04-04T02:00:00Z";
const rows = (keys) => keys.map((key) => ({ view: "headcount", key, row: { key } }));
const snapshot = (position, ...keys) => ["snapshot", { position, now: NOW, rows: rows(keys), degraded: {} }];
const patch = (after, upto, ...keys) => ["patch", { after, upto, now: NOW, rows: rows(keys) }];

/** A connection of the stream: `resumed` is the event after which it was asked to resume. */
class Connection {
  constructor({ headers, signal }) {
    this.resumed = headers["Last-Event-ID"] ?? null;
    this.body = new ReadableStream({
      start: (controller) => {
        this.controller = controller;
        signal.addEventListener("abort", () => controller.error(signal.reason));
      },
    });
  }

  /** Send these frames at once. */
  give(...frames) {
    const text = ([event, data]) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    this.controller.enqueue(new TextEncoder().encode(frames.map(text).join("")));
  }

  break() {
    this.controller.error(new TypeError("network"));
  }
}

describe("live rows", () => {
  let connections;
  let live;

  /** Let promises settle, then time go by. */
  async function pass(milliseconds = 0) {
    for (let n = 0; n < 5; n += 1) await turn();
    mock.timers.tick(milliseconds);
    for (let n = 0; n < 5; n += 1) await turn();
  }

  beforeEach(async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    connections = [];
    globalThis.fetch = async (_, options) => {
      connections.push(new Connection(options));
      return new Response(connections.at(-1).body);
    };
    live = new Live("2307", ["headcount"]);
    await pass();
  });

  afterEach(async () => {
    live.close();
    await pass();
    mock.timers.reset();
  });

  const shown = () => [...live.rows("headcount").keys()];
  const resumed = () => connections.map((one) => one.resumed);

  test("are those of the snapshot, as patches change them", async () => {
    connections[0].give(snapshot(1, "a"), patch(1, 2, "b"));
    await pass(200);
    assert.deepEqual(shown(), ["a", "b"]);
    assert.equal(live.state.value.phase, "live");
  });

  test("do not look alive again after a stream that broke just after a change", async () => {
    // The change is drawn a moment later than it came: what was lost meanwhile stays lost.
    connections[0].give(snapshot(1, "a"), patch(1, 2, "b"));
    await pass(30);
    connections[0].give(patch(2, 3, "c"));
    await pass(30);
    connections[0].break();
    await pass(1000);
    assert.deepEqual(resumed(), [null, "3"]);
    await pass(1000);
    assert.deepEqual(shown(), ["a", "b", "c"]);
    assert.equal(live.state.value.phase, "disconnected");
  });

  test("of a stream that was given up are not taken for those of the next one", async () => {
    // A gap makes it start over; the rest of the old stream must not be what the new one resumes from.
    connections[0].give(snapshot(1, "a"), patch(5, 6, "lost"), snapshot(9, "old"));
    await pass(1000);
    connections[1].give(snapshot(10, "new"));
    await pass(1000);
    assert.deepEqual(resumed(), [null, null]);
    assert.deepEqual(shown(), ["new"]);
    assert.equal(live.state.value.phase, "live");
  });
});
