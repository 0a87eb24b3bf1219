// The codes of a door: the same chain as events/door_code.py, and what a phone reads of it.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { dataOf } from "../../web/go/attending.js";
import { said } from "../../web/go/session.js";
import { address, after, chain, numberAt, STEP_MS, seed } from "../../web/lib/training/door_code.js";

const hashed = (text) => createHash("sha256").update(text).digest("hex");
const SEED = "5".repeat(64);

test("a value follows another as SHA-256 of its digits", async () => {
  assert.equal(await after(SEED), hashed(SEED));
});

test("codes are shown from the one next to the anchor back to the seed; each leads to the anchor", async () => {
  const { anchor, shown } = await chain(SEED, 4);
  assert.equal(shown.length, 4);
  assert.equal(shown.at(-1), SEED);
  for (const [number, code] of shown.entries()) {
    let value = code;
    for (let n = 0; n <= number; n += 1) value = hashed(value);
    assert.equal(value, anchor);
  }
});

test("a code that was shown does not give away the next one", async () => {
  const { shown } = await chain(SEED, 3);
  assert.equal(await after(shown[1]), shown[0]);
  assert.notEqual(await after(shown[0]), shown[1]);
});

test("each code is shown for 30 seconds, none before the first or after the last", () => {
  const door = { begins: "2026-03-28T08:00:00Z", codes: 2 };
  const at = (ms) => numberAt(door, Date.parse(door.begins) + ms);
  assert.deepEqual(
    [at(-1), at(0), at(STEP_MS - 1), at(STEP_MS), at(2 * STEP_MS - 1), at(2 * STEP_MS)],
    [null, 0, 0, 1, 1, null],
  );
});

test("seeds are 64 hex digits, and new each time", () => {
  assert.match(seed(), /^[0-9a-f]{64}$/);
  assert.notEqual(seed(), seed());
});

test("a phone reads from the address what the command needs", async () => {
  const { anchor, shown } = await chain(SEED, 2);
  const text = address("https://muster.example", "S1", anchor, 1, shown[1]);
  assert.deepEqual(dataOf(/** @type {any} */ ({ ...said(text), at: "" }), "W1"), {
    session: "S1",
    worker: "W1",
    anchor: anchor.slice(0, 8),
    number: 1,
    code: SEED,
  });
});

test("an address that lacks something is no scan", () => {
  const whole = { session: "S1", door: "ab12cd34", n: "0", sign: SEED, at: "" };
  assert.notEqual(dataOf(whole, "W1"), null);
  for (const name of ["session", "door", "n", "sign"])
    assert.equal(dataOf({ ...whole, [name]: undefined }, "W1"), null);
  assert.equal(dataOf({ ...whole, n: "1.5" }, "W1"), null);
});
