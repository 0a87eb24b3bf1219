// Chapters: every day of a curve, its steps, and terms that have run out.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { daysBetween, everyDay, lastDay, overdue, stepsOf } from "../../web/lib/chapters/rows.js";

const before = { ledger: 0, covered: 0, share: null };
const CURVE = {
  since: "2022-02-27",
  until: "2022-03-03",
  before,
  days: [
    { day: "2022-02-27", ledger: 0, covered: 0, share: null },
    { day: "2022-03-01", ledger: 4, covered: 0, share: 0 },
    { day: "2022-03-02", ledger: 4, covered: 2, share: 0.5 },
    { day: "2022-03-03", ledger: 4, covered: 2, share: 0.5 },
  ],
};

describe("the curve of coverage", () => {
  test("days run over the end of a month", () => {
    assert.deepEqual(daysBetween("2022-02-27", "2022-03-01"), ["2022-02-27", "2022-02-28", "2022-03-01"]);
  });

  test("a day on which nothing changed has the sums of the day before", () => {
    assert.deepEqual(
      everyDay(CURVE).map(({ day, ledger, covered }) => [day.slice(8), ledger, covered]),
      [
        ["27", 0, 0],
        ["28", 0, 0],
        ["01", 4, 0],
        ["02", 4, 2],
        ["03", 4, 2],
      ],
    );
  });

  test("steps are the days of change, the newest first", () => {
    assert.deepEqual(
      stepsOf(CURVE).map(({ day, entered, gained }) => [day, entered, gained]),
      [
        ["2022-03-02", 0, 2],
        ["2022-03-01", 4, 0],
      ],
    );
  });
});

describe("a term", () => {
  test("that ends at midnight has the day before as its last day", () => {
    assert.equal(lastDay("2025-01-05T16:00:00Z"), "2025-01-05T15:59:59.999Z");
    assert.equal(lastDay(null), null);
  });

  test("has run out at its end, at the instant that is shown", () => {
    const row = { ends: "2022-03-02T00:00:00Z" };
    assert.equal(overdue(row, "2022-03-01T23:59:59Z"), false);
    assert.equal(overdue(row, "2022-03-02T00:00:00Z"), true);
    assert.equal(overdue(row, null), true);
    assert.equal(overdue({ ends: null }, null), false);
  });
});
