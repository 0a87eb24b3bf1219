// Two people who amend one thing: what is sent after the choice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isConflict, settled } from "../../web/lib/conflict.js";

const data = { request: "R1", quantity: 9, slots: 3, text: "rice", based_on: 5 };
const problem = {
  code: "amend.conflict",
  values: { fields: ["quantity", "text"], by: "dispatcher/desk", at: 8 },
};

test("only this refusal is a conflict", () => {
  assert.equal(isConflict(problem), true);
  assert.equal(isConflict({ code: "request.ended" }), false);
  assert.equal(isConflict(null), false);
});

test("what others changed stays theirs, what nobody else touched is sent", () => {
  assert.deepEqual(settled(data, problem, new Set()), { request: "R1", slots: 3, based_on: 8 });
});

test("a field chosen as mine is sent, based on what was seen", () => {
  const chosen = settled(data, problem, new Set(["quantity"]));
  assert.deepEqual(chosen, { request: "R1", quantity: 9, slots: 3, based_on: 8 });
});
