// Difficulties: receipts as people type them, whose they are on the board, and telling the city offline.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import { wav } from "../../web/go/showing.js";
import { spans } from "../../web/lib/alliance/ages.js";
import { byPost } from "../../web/lib/alliance/waiting.js";
import { Databases } from "./support/indexeddb.js";
import { run } from "./support/plain.js";

test("the board lists the posts with the most overdue ones first", () => {
  const one = (post, overdue) => ({ post, overdue });
  const found = byPost([one("A", false), one("A", false), one("B", true), one("C", false)]);
  assert.deepEqual(
    found.map(([post, items]) => `${post} ${items.length}`),
    ["B 1", "A 2", "C 1"],
  );
});

test("ages are counted by spans of days, each difficulty once", () => {
  const found = spans([{ days: 0 }, { days: 2 }, { days: 4, late: true }, { days: 50 }, { days: 400 }]);
  assert.deepEqual(
    found.map(({ from, n, late }) => [from, n, late]),
    [
      [0, 1, 0],
      [2, 2, 1],
      [5, 0, 0],
      [10, 0, 0],
      [20, 0, 0],
      [50, 2, 0],
    ],
  );
});

test("a recording is its samples alone, a minute at most", async () => {
  const view = new DataView(await wav(new Float32Array([0, 1, -1, 2])).arrayBuffer());
  const word = (at, length) => String.fromCharCode(...new Uint8Array(view.buffer, at, length));
  assert.deepEqual([word(0, 4), word(8, 8), word(36, 4)], ["RIFF", "WAVEfmt ", "data"]);
  assert.deepEqual(
    [view.getUint16(22, true), view.getUint32(24, true), view.getUint16(34, true)],
    [1, 16000, 16],
  );
  assert.deepEqual(
    [0, 1, 2, 3].map((n) => view.getInt16(44 + n * 2, true)),
    [0, 32767, -32767, 32767],
  );
  assert.equal(view.byteLength, view.getUint32(4, true) + 8);
  assert.equal(wav(new Float32Array(16000 * 61)).size, 44 + 16000 * 60 * 2);
});

describe("what is told to the city", () => {
  const NOW = Date.parse("2026-03-28T08:00:00Z");
  let sent;
  let answer;
  let outbox;
  let db;

  beforeEach(() => {
    mock.timers.enable({ apis: ["Date", "setTimeout"], now: NOW });
    sent = [];
    const self = { navigator: {} };
    const fetch = async (path, options) => {
      const body = typeof options.body === "string" ? JSON.parse(options.body) : options.body;
      sent.push({ path, ...options, body });
      return answer();
    };
    run("go/idb.js", { self, indexedDB: new Databases() });
    run("go/outbox.js", { self, navigator: self.navigator, fetch });
    outbox = self.musterOutbox;
    db = self.musterDb;
  });
  afterEach(() => mock.timers.reset());

  const json = (status, body) => async () => new Response(JSON.stringify(body), { status });
  const keep = (id) =>
    outbox.asking((kept) => [
      ...kept,
      {
        id,
        jurisdiction: "2307",
        path: "ask",
        body: { receipt: "R", text: "T" },
        at: "2026-03-28T07:00:00Z",
      },
    ]);

  test("goes out without the session, and at the time when it was told", async () => {
    answer = json(200, {});
    await keep("A");
    assert.deepEqual(await outbox.tell(), { outcome: "sent" });
    assert.equal(sent[0].path, "/api/v1/2307/ask");
    assert.equal(sent[0].credentials, "omit");
    assert.equal(sent[0].headers["Idempotency-Key"], "A");
    assert.equal(sent[0].body.at, "2026-03-28T07:00:00Z");
    assert.deepEqual(await db.get("asking"), []);
  });

  const photo = new Blob(["P"], { type: "image/jpeg" });
  const shows = (id) =>
    outbox.asking((kept) => [
      ...kept,
      {
        id,
        jurisdiction: "2307",
        path: "ask/files",
        body: { receipt: "R" },
        at: "2026-03-28T07:00:00Z",
        blob: photo,
      },
    ]);

  test("a photo goes out after it, with the receipt in no address", async () => {
    answer = json(200, {});
    await keep("A");
    await shows("B");
    assert.deepEqual(await outbox.tell(), { outcome: "sent" });
    assert.deepEqual(
      sent.map(({ path }) => path),
      ["/api/v1/2307/ask", "/api/v1/2307/ask/files"],
    );
    assert.equal(sent[1].credentials, "omit");
    assert.deepEqual(
      ["Content-Type", "Idempotency-Key", "Muster-Receipt"].map((name) => sent[1].headers[name]),
      ["image/jpeg", "B", "R"],
    );
    assert.equal(sent[1].body.type, "image/jpeg");
    assert.deepEqual(await db.get("asking"), []);
  });

  test("a photo of what was refused stays here", async () => {
    answer = json(409, { code: "difficulty.nobody" });
    await keep("A");
    await shows("B");
    await outbox.tell();
    assert.equal(sent.length, 1);
    assert.deepEqual(
      (await db.get("asking")).map(({ id, code }) => [id, code]),
      [["A", "difficulty.nobody"]],
    );
  });

  test("waits for a network, in order", async () => {
    answer = async () => {
      throw new TypeError("no network");
    };
    await keep("A");
    await keep("B");
    assert.equal((await outbox.tell()).outcome, "later");
    assert.equal(sent.length, 1);
    answer = json(200, {});
    assert.equal((await outbox.tell()).outcome, "sent");
    assert.deepEqual(
      sent.slice(1).map((one) => one.headers["Idempotency-Key"]),
      ["A", "B"],
    );
  });

  test("stays with its reason if it is refused, and the rest goes out", async () => {
    answer = json(409, { code: "difficulty.nobody", detail: "Nobody answers." });
    await keep("A");
    await outbox.tell();
    const [kept] = await db.get("asking");
    assert.equal(kept.code, "difficulty.nobody");
    answer = json(200, {});
    await keep("B");
    await outbox.tell();
    assert.deepEqual(
      (await db.get("asking")).map(({ id }) => id),
      ["A"],
    );
  });

  test("is tried again when there is too much of it", async () => {
    answer = json(429, { code: "too_many" });
    await keep("A");
    assert.equal((await outbox.tell()).outcome, "later");
    assert.equal((await db.get("asking"))[0].code, undefined);
  });
});
