import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { Databases } from "./support/indexeddb.js";
import { run } from "./support/plain.js";

describe("the phone's database", () => {
  let indexedDB;
  let db;

  beforeEach(() => {
    const self = {};
    indexedDB = new Databases();
    run("go/idb.js", { self, indexedDB });
    db = self.musterDb;
  });

  test("acts are numbered in the order they were added", async () => {
    assert.equal(await db.add({ owner: "2307/W1", name: "first" }), 1);
    assert.equal(await db.add({ owner: "2307/W1", name: "second" }), 2);
    assert.deepEqual(
      (await db.acts("2307/W1")).map(({ seq, name }) => [seq, name]),
      [
        [1, "first"],
        [2, "second"],
      ],
    );
  });

  test("acts are listed per person, also if several people share a phone", async () => {
    await db.add({ owner: "2307/W1", name: "mine" });
    await db.add({ owner: "2307/W2", name: "theirs" });
    assert.deepEqual(
      (await db.acts("2307/W2")).map(({ name }) => name),
      ["theirs"],
    );
    assert.equal((await db.everyone()).length, 2);
  });

  test("replacing an act keeps its number and its place", async () => {
    const seq = await db.add({ owner: "2307/W1", state: "waiting" });
    await db.add({ owner: "2307/W1", state: "waiting" });
    await db.put({ owner: "2307/W1", seq, state: "sent" });
    assert.deepEqual(
      (await db.acts("2307/W1")).map(({ state }) => state),
      ["sent", "waiting"],
    );
  });

  test("the number of a removed act is not used again", async () => {
    await db.remove(await db.add({ owner: "2307/W1" }));
    assert.equal(await db.add({ owner: "2307/W1" }), 2);
  });

  test("other values are kept by name", async () => {
    await db.set("who", { owner: "2307/W1" });
    await db.set("me", { position: 7 });
    assert.deepEqual(await db.get("who"), { owner: "2307/W1" });
    assert.deepEqual(await db.keys(), ["me", "who"]);
    await db.forget("who");
    assert.equal(await db.get("who"), undefined);
  });

  test("a write resolves only once it is on the disk", async () => {
    await db.add({ owner: "2307/W1" });
    assert.deepEqual(indexedDB.transactions, [{ name: "acts", mode: "readwrite", durability: "strict" }]);
    indexedDB.full = true;
    await assert.rejects(db.add({ owner: "2307/W1" }), { name: "QuotaExceededError" });
  });

  test("concurrent calls share one connection", async () => {
    await Promise.all([db.keys(), db.everyone(), db.get("who")]);
    assert.equal(indexedDB.connections.length, 1);
  });

  test("a failed opening is tried again at the next call", async () => {
    indexedDB.shut = true;
    await assert.rejects(db.keys(), { name: "InvalidStateError" });
    indexedDB.shut = false;
    assert.deepEqual(await db.keys(), []);
  });

  test("a connection closed for a version change is reopened at the next call", async () => {
    await db.set("who", "W1");
    const [first] = indexedDB.connections;
    first.onversionchange();
    assert.ok(first.closed);
    assert.equal(await db.get("who"), "W1");
    assert.equal(indexedDB.connections.length, 2);
  });

  test("a connection closed by the browser is reopened at the next call", async () => {
    await db.set("who", "W1");
    const [first] = indexedDB.connections;
    first.close();
    first.onclose();
    assert.equal(await db.get("who"), "W1");
  });
});
