import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { byRow, keyOf, packed, told } from "../../web/lib/entry/changes.js";

const change = (line, row, sheet = null) => ({
  line,
  sheet,
  row,
  log: ["role: medic"],
  says: ["role: rider"],
});

describe("rows that contradict what people decided", () => {
  test("are named as the service accepts them", () => {
    assert.equal(keyOf(change(12, "worker.register W1")), "12");
    assert.equal(keyOf(change(12, "worker.register W1", "People")), "People:12");
  });

  test("are accepted many in one parameter", () => {
    assert.deepEqual(packed(["3", "5", "People:4", "A:B:7", "People:9"]), ["3,5", "People:4,9", "A:B:7"]);
    const many = packed(Array.from({ length: 1000 }, (_, line) => `${line + 100000}`));
    assert.ok(many.length <= 40 && many.every((one) => one.length <= 500));
    assert.equal(many.join(",").split(",").length, 1000);
  });

  test("are listed once, with all their contradictions", () => {
    const [join, other, register] = [
      change(2, "team.join W1"),
      change(3, "team.activate T1"),
      change(2, "worker.register W1"),
    ];
    assert.deepEqual(byRow([join, other, register]), [
      ["2", [join, register]],
      ["3", [other]],
    ]);
  });

  test("say a field and its value, which may be empty or hold a colon", () => {
    assert.deepEqual(told("role: medic"), { field: "role", value: "medic" });
    assert.deepEqual(told("organisation: "), { field: "organisation", value: "" });
    assert.deepEqual(told("name: A: B"), { field: "name", value: "A: B" });
  });
});
