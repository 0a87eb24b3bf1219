// The board of units and the route map: which rows stand behind a figure, and which deadlines in which month.

import assert from "node:assert/strict";
import { test } from "node:test";
import { pointsOf, rowsOf } from "../../web/lib/supervision/board.js";
import { lines, overdue } from "../../web/lib/supervision/parts.js";
import { byMonth } from "../../web/lib/supervision/route.js";

const due = (day) => ({ day, ends: `${day}T16:00:00Z`, confirmed: true });

test("the denominator is the numerator and the rest", () => {
  const line = { done_in_time: ["T1"], not_in_time: ["T2", "T3"] };
  assert.deepEqual(rowsOf(line, "done_in_time"), ["T1"]);
  assert.deepEqual(rowsOf(line, "due"), ["T1", "T2", "T3"]);
});

test("so it is at the other date", () => {
  const line = { before_in_time: [], before_not_in_time: ["T2"] };
  assert.deepEqual(rowsOf(line, "before_in_time"), []);
  assert.deepEqual(rowsOf(line, "before_due"), ["T2"]);
});

test("two shares differ by points of a hundred, and no data by nothing", () => {
  const at = (share) => ({ share });
  assert.equal(pointsOf({ now: at(0.5), before: at(0.25) }), "+25");
  assert.equal(pointsOf({ now: at(0.5), before: at(null) }), "");
  assert.equal(pointsOf({ now: at(null), before: at(0.5) }), "");
});

test("steps and ends stand in their month, without what was dropped or withdrawn", () => {
  const steps = [
    { step: "One", due: due("2022-03-04"), state: "done" },
    { step: "Two", due: due("2022-04-01"), state: "dropped" },
  ];
  const rows = [
    { undertaking: "T1", state: "open", due: due("2022-04-08"), steps },
    { undertaking: "T2", state: "withdrawn", due: due("2022-03-01"), steps: [] },
  ];
  const found = byMonth(rows).map(([month, some]) => [month, some.map(({ step }) => step)]);
  assert.deepEqual(found, [
    ["2022-03", ["One"]],
    ["2022-04", [null]],
  ]);
});

test("overdue is what is open past its next deadline, at the instant of the page", () => {
  const source = { at: "2022-04-10T00:00:00Z" };
  const row = { state: "open", next_due: "2022-04-08T16:00:00Z" };
  assert.equal(overdue(row, source), true);
  assert.equal(overdue({ ...row, state: "done" }, source), false);
  assert.equal(overdue({ ...row, next_due: null }, source), false);
  assert.equal(overdue(row, { at: "2022-04-08T15:59:59Z" }), false);
});

test("lines are trimmed, and empty ones are none", () => {
  assert.deepEqual(lines(" One \n\nTwo"), ["One", "Two"]);
});
