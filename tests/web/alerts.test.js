import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { alertOf, byUrgency, UNTOUCHED_MINUTES, unfinished, worse } from "../../web/lib/alerts.js";
import { ENDED, PRIORITIES } from "../../web/lib/rules.js";

const OPENED = "2026-03-28T08:00:00Z";
const AT = Date.parse(OPENED);
const MINUTE = 60000;
const request = (more = {}) => ({ state: "open", priority: 2, opened_at: OPENED, touched: false, ...more });

describe("untouched requests", () => {
  for (const [priority, minutes] of [
    [1, 5],
    [2, 15],
    [3, 60],
    [4, 240],
  ]) {
    test(`priority ${priority} is an alert of level ${priority} after ${minutes} minutes`, () => {
      const due = AT + minutes * MINUTE;
      assert.equal(alertOf(request({ priority }), due), null);
      assert.deepEqual(alertOf(request({ priority }), due + 1), {
        level: priority,
        kind: "untouched",
        since: due,
      });
    });
  }

  test("every priority has a time limit", () => {
    assert.deepEqual(Object.keys(UNTOUCHED_MINUTES).map(Number), PRIORITIES);
  });

  test("a touched request is no alert, however old", () => {
    assert.equal(alertOf(request({ touched: true }), AT + 1e9), null);
  });
});

describe("overdue requests", () => {
  const due_at = "2026-03-28T08:10:00Z";
  const due = Date.parse(due_at);

  test("a request is an alert as soon as its due time has passed", () => {
    assert.equal(alertOf(request({ due_at, touched: true }), due), null);
    assert.deepEqual(alertOf(request({ due_at, touched: true }), due + 1), {
      level: 2,
      kind: "overdue",
      since: due,
    });
  });

  test("overdue comes before untouched", () => {
    assert.equal(alertOf(request({ due_at }), AT + 60 * MINUTE).kind, "overdue");
  });

  test("a request that is not due yet can still be untouched for too long", () => {
    const later = request({ due_at: "2026-03-29T08:00:00Z" });
    assert.equal(alertOf(later, AT + 60 * MINUTE).kind, "untouched");
  });
});

describe("ended requests", () => {
  for (const state of ENDED) {
    test(`a request in state ${state} is no alert`, () => {
      assert.ok(!unfinished({ state }));
      assert.equal(alertOf(request({ state, due_at: OPENED }), AT + 1e9), null);
    });
  }
});

describe("the order of alerts and requests", () => {
  test("alerts are sorted from red to blue, requests without one last", () => {
    const sorted = [null, { level: 4 }, { level: 1 }, { level: 2 }].sort(worse);
    assert.deepEqual(
      sorted.map((alert) => alert?.level),
      [1, 2, 4, undefined],
    );
  });

  test("the queue is sorted by priority, then by age", () => {
    const rows = [
      { id: "late 2", priority: 2, opened_at: "2026-03-28T09:00:00Z" },
      { id: "late 1", priority: 1, opened_at: "2026-03-28T10:00:00Z" },
      { id: "early 2", priority: 2, opened_at: "2026-03-28T16:30:00+08:00" },
    ];
    assert.deepEqual(
      rows.sort(byUrgency).map(({ id }) => id),
      ["late 1", "early 2", "late 2"],
    );
  });
});
