import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ENDED } from "../../web/lib/rules.js";
import {
  arrivals,
  byKind,
  byRequest,
  byUrgency,
  need,
  requestName,
  standing,
  things,
  unfinished,
  worse,
} from "../../web/lib/urgency.js";

const alert = (kind, more = {}) => ({
  id: `${kind}:${more.request ?? more.worker ?? ""}`,
  kind,
  level: 2,
  subject: more.request ? `request/${more.request}` : `worker/${more.worker}`,
  area: "2307",
  since: "2026-03-28T08:00:00Z",
  ...more,
});
const row = (more = {}) => ({
  priority: 2,
  touched: true,
  state: "assigned",
  live: ["A"],
  offers: [],
  ...more,
});
const answer = (more = {}) => ({ items: [], on_duty: 3, all_clear: true, ...more });

describe("how things stand", () => {
  test("all is clear only if the service says so, and said it just now", () => {
    assert.equal(standing(answer(), true), "clear");
    assert.equal(standing(answer(), false), "unknown");
    assert.equal(standing(null, true), "unknown");
  });

  test("nobody on duty is never clear, even if nothing waits", () => {
    assert.equal(standing(answer({ on_duty: 0 }), true), "nobody");
  });

  test("somebody who waits is never clear", () => {
    assert.equal(standing(answer({ all_clear: false }), true), "waiting");
    assert.equal(standing(answer({ items: [alert("waiting", { request: "R" })] }), true), "alerts");
  });

  test("old alerts are still shown as alerts", () => {
    assert.equal(standing(answer({ items: [alert("overdue", { request: "R" })] }), false), "alerts");
  });
});

describe("alerts by kind", () => {
  test("the worst come first, each with its number", () => {
    const items = [
      alert("sos", { worker: "W", level: 1 }),
      alert("overdue", { request: "B", level: 2 }),
      alert("overdue", { request: "A", level: 3 }),
    ];
    assert.deepEqual(byKind(items), [
      { kind: "sos", level: 1, count: 1, also: [] },
      { kind: "overdue", level: 2, count: 2, also: [] },
    ]);
  });

  test("where the list was cut short, the service's numbers count", () => {
    assert.equal(byKind([alert("overdue", { request: "A" })], { overdue: 700 })[0].count, 700);
  });

  test("a request is counted once, by its worst kind; the others are details", () => {
    const items = [
      alert("waiting", { request: "A", level: 1 }),
      alert("nobody_on_duty", { request: "A", level: 1 }),
      alert("unacknowledged", { request: "A", level: 1 }),
      alert("nobody_on_duty", { request: "B", level: 3 }),
    ];
    assert.deepEqual(byKind(items), [
      {
        kind: "waiting",
        level: 1,
        count: 1,
        also: [
          { kind: "nobody_on_duty", count: 1 },
          { kind: "unacknowledged", count: 1 },
        ],
      },
      { kind: "nobody_on_duty", level: 3, count: 1, also: [] },
    ]);
  });

  test("a team's people are one thing, and long duties count people", () => {
    const items = [
      alert("welfare", { worker: "W", team: "T", people: 4 }),
      alert("long_duty", { worker: "V", team: "T", people: 3 }),
    ];
    assert.deepEqual(
      byKind(items).map(({ kind, count }) => [kind, count]),
      [
        ["welfare", 1],
        ["long_duty", 3],
      ],
    );
  });

  test("a request with several alerts is one thing to act on", () => {
    const items = [alert("waiting", { request: "A", level: 1 }), alert("unacknowledged", { request: "A" })];
    assert.deepEqual(things(items), [items[0]]);
    assert.deepEqual(byRequest(items).get("A"), items);
  });
});

describe("arrivals", () => {
  test("SOS comes before life safety, life safety before urgent; acknowledged ones are over", () => {
    const found = arrivals([
      alert("unacknowledged", { request: "urgent", priority: 2 }),
      alert("unacknowledged", { request: "life", priority: 1 }),
      alert("sos", { worker: "W" }),
      alert("sos", { worker: "seen", acknowledged_by: "wang" }),
      alert("overdue", { request: "old" }),
    ]);
    assert.deepEqual(
      found.map((one) => one.request ?? one.worker),
      ["W", "life", "urgent"],
    );
  });
});

describe("the order of the queue", () => {
  test("a life that nobody has touched is first, what is under way is last", () => {
    assert.equal(need(row({ priority: 1, touched: false, state: "open", live: [] }), []), 0);
    assert.equal(need(row({ touched: false, state: "open", live: [] }), []), 1);
    assert.equal(need(row(), [alert("offered_silent", { request: "R" })]), 1);
    assert.equal(need(row({ state: "in_progress", live: [] }), []), 1);
    assert.equal(need(row(), []), 2);
    assert.equal(need(row({ priority: 1 }), []), 2);
  });

  test("alerts are sorted from red to blue, requests without one last", () => {
    const sorted = [null, { level: 4 }, { level: 1 }, { level: 2 }].sort(worse);
    assert.deepEqual(
      sorted.map((one) => one?.level),
      [1, 2, 4, undefined],
    );
  });

  test("equal needs are sorted by priority, then by age", () => {
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

test("ended requests are not unfinished", () => {
  for (const state of ENDED) assert.ok(!unfinished({ state }));
});

test("a request is named by its number, or by its id where it has none", () => {
  assert.equal(requestName({ request: "x", number: 421 }), "R-0421");
  assert.equal(requestName({ request: "x", number: 12345 }), "R-12345");
  assert.equal(requestName({ request: "x", number: null }), "x");
});
