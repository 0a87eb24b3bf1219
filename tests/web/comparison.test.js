// Source lists: what differs between two names, verdicts by key, and the entry that comes next.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nextOf, VERDICTS, verdictData, verdictOf } from "../../web/lib/comparison/judging.js";
import { marked } from "../../web/lib/comparison/marking.js";

const text = (parts) => parts.map(({ text, differs }) => (differs ? `[${text}]` : text)).join("");
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

describe("two names side by side", () => {
  test("what differs is marked on both sides", () => {
    const [one, other] = marked("伊春市宏达物流有限公司", "宏远物流公司");
    assert.equal(text(one), "[伊春市]宏[达]物流[有限]公司");
    assert.equal(text(other), "宏[远]物流公司");
  });

  test("equal names have no marks, and an empty one is all different", () => {
    assert.deepEqual(marked("鑫源", "鑫源"), [
      [{ text: "鑫源", differs: false }],
      [{ text: "鑫源", differs: false }],
    ]);
    assert.deepEqual(marked("", "鑫源"), [[], [{ text: "鑫源", differs: true }]]);
  });
});

describe("verdicts", () => {
  test("each has a key of its own, and leaves u and z to undo", () => {
    assert.deepEqual(["s", "d", "q", "u", "z", "x"].map(verdictOf), [
      "same",
      "different",
      "undecided",
      undefined,
      undefined,
      undefined,
    ]);
    assert.equal(new Set(Object.values(VERDICTS).map(([key]) => key)).size, 3);
  });

  test("a verdict has an id, to take it back, and the usual reason unless one is chosen", () => {
    const { match, ...data } = verdictData("X1", "E1", "different");
    assert.match(match, /^[0-9a-f-]{36}$/);
    assert.deepEqual(data, { entry: "X1", enterprise: "E1", verdict: "different", reason: "other_firm" });
    assert.equal(verdictData("X1", "E1", "same", "renamed").reason, "renamed");
  });

  test("the next one to decide follows by name, and after the last comes the first", () => {
    const rows = [
      { key: "3", name: "丙", state: "names" },
      { key: "1", name: "a", state: "candidate" },
      { key: "2", name: "b", state: "missing" },
      { key: "4", name: "c", state: "candidate" },
    ];
    assert.equal(nextOf(rows, rows[1], compare).key, "4");
    assert.equal(nextOf(rows, rows[2], compare).key, "4");
    assert.equal(nextOf(rows, rows[0], compare).key, "1");
    assert.equal(nextOf([rows[2]], rows[2], compare), null);
  });
});
