// One act on many requests: what it does, what it leaves out, and what undoes it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { commandOf, plan, undoOf, usual } from "../../web/lib/requests/many.js";

const row = (request, more = {}) => ({ request, state: "open", done: [], priority: 3, ...more });
const task = { assignment: "A1", request: "R1", unit: "W1", worker: "W1", team: null, live: true };
const none = () => [];
const tasks = (request) => (request === "R1" ? [task] : []);

test("finished work is completed, never cancelled", () => {
  const rows = [row("R1", { done: ["A0"] }), row("R2")];
  const { steps } = plan("cancel", rows, none);
  assert.deepEqual(
    steps.map((step) => [step.row.request, step.act]),
    [
      ["R1", "complete"],
      ["R2", "cancel"],
    ],
  );
  assert.equal(usual(rows), "cancel");
  assert.equal(usual([rows[0]]), "complete");
});

test("a reason goes only with the act that it was given for", () => {
  const given = { chosen: "cancel", code: "solved_itself", note: null };
  const [first, second] = plan("cancel", [row("R1", { done: ["A0"] }), row("R2")], none).steps;
  assert.deepEqual(commandOf(first, given), { name: "request.complete", data: { request: "R1" } });
  assert.deepEqual(commandOf(second, given).data, { request: "R2", reason: "solved_itself" });
});

test("what cannot be done is left out, with why", () => {
  const ended = row("R3", { state: "completed" });
  assert.deepEqual(plan("release", [row("R2"), ended], tasks).left, [
    { row: row("R2"), why: "nobody" },
    { row: ended, why: "ended" },
  ]);
  const top = row("R4", { priority: 1 });
  assert.deepEqual(plan("raise", [top], none), { steps: [], left: [{ row: top, why: "highest" }] });
});

test("each act is undone by what compensates for it", () => {
  const [reopened, sent] = undoOf({ act: "complete", row: row("R1") }, tasks);
  assert.deepEqual(reopened, { name: "request.reopen", data: { request: "R1", reason: "undone" } });
  assert.equal(sent.name, "assignment.dispatch");
  const [again] = undoOf({ act: "release", row: row("R1"), task }, tasks);
  assert.deepEqual([again.data.request, again.data.worker], ["R1", "W1"]);
  assert.deepEqual(undoOf({ act: "raise", row: row("R1") }, none)[0].data, { request: "R1", priority: 3 });
});
