import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { tree } from "../../web/lib/areas.js";
import {
  askedByArea,
  imbalance,
  ledgerByArea,
  lines,
  mostFirst,
  nobody,
  noLedger,
  noTeams,
  nothingAsked,
  peopleByArea,
  plusLedger,
  plusPeople,
  plusRequest,
  plusTeam,
  SLOT_MS,
  teamsByArea,
  uncovered,
} from "../../web/lib/counts.js";

const AT = Date.parse("2026-03-28T12:00:00Z");
const iso = (ms) => new Date(ms).toISOString();
const ago = (minutes) => iso(AT - minutes * 60000);
const keyed = (rows) => new Map(rows.map((row, index) => [String(index), row]));
const AREAS = tree(
  keyed([
    { area: "2307", parent: null },
    { area: "230717", parent: "2307" },
  ]),
);

/** Add rows up with one of the functions plus*. */
const added = (sum, plus, rows) => {
  for (const row of rows) plus(sum, row);
  return sum;
};

describe("people on duty", () => {
  const rows = [
    { area: "2307", presence: "available", role: "medic", count: 3 },
    { area: "230717", presence: "on_scene", role: "courier", count: 2 },
    { area: "230717", presence: "off_duty", role: "courier", count: 7 },
  ];

  test("people off duty count only in the total", () => {
    const sum = added(nobody(), plusPeople, rows);
    assert.equal(sum.all, 12);
    assert.equal(sum.on, 5);
  });

  test("people on duty are counted by presence and by role", () => {
    const sum = added(nobody(), plusPeople, rows);
    assert.equal(sum.presence.available, 3);
    assert.equal(sum.presence.on_scene, 2);
    assert.equal(sum.presence.on_break, 0);
    assert.deepEqual(sum.role, { medic: 3, courier: 2 });
  });

  test("an area includes the people of the areas inside it", () => {
    const found = peopleByArea(AREAS, keyed(rows));
    assert.equal(found.get("2307").on, 5);
    assert.equal(found.get("230717").on, 2);
  });

  test("each empty sum is a new one", () => {
    plusPeople(nobody(), rows[0]);
    assert.equal(nobody().presence.available, 0);
  });
});

describe("requests", () => {
  const request = (more) => ({
    area: "2307",
    state: "open",
    priority: 2,
    opened_at: ago(1),
    touched: false,
    ...more,
  });
  const sum = (...rows) => added(nothingAsked(), plusRequest, rows.map(request));

  test("requests are counted by priority and state", () => {
    const { cells, unfinished, open } = sum({}, { state: "assigned" }, { priority: 1 });
    assert.deepEqual([cells[2].open, cells[2].assigned, cells[2].total], [1, 1, 2]);
    assert.equal(cells[1].total, 1);
    assert.deepEqual([unfinished, open], [3, 2]);
  });

  test("the oldest request is known overall and for each priority", () => {
    const { cells, oldest } = sum({ opened_at: ago(9) }, { opened_at: ago(30), priority: 4 }, {});
    assert.equal(oldest, AT - 30 * 60000);
    assert.equal(cells[2].oldest, AT - 9 * 60000);
    assert.equal(cells[1].oldest, null);
  });

  test("only open requests decide what is most urgent", () => {
    assert.equal(sum({ priority: 3 }, { priority: 1, state: "in_progress" }).urgent, 3);
    assert.equal(sum({ state: "assigned" }).urgent, null);
  });

  test("untouched requests are counted, with the age of the oldest", () => {
    const found = sum({ opened_at: ago(60), touched: true }, { opened_at: ago(5) }, { opened_at: ago(8) });
    assert.equal(found.untouched, 2);
    assert.equal(found.oldestUntouched, AT - 8 * 60000);
  });

  test("an area includes the requests of the areas inside it", () => {
    const found = askedByArea(AREAS, [request({ area: "230717" }), request({})]);
    assert.equal(found.get("2307").open, 2);
    assert.equal(found.get("230717").open, 1);
  });
});

describe("areas without anybody on duty", () => {
  test("an open request is an alert of its own priority where nobody is on duty", () => {
    assert.equal(uncovered({ on: 0 }, { open: 2, urgent: 3 }), 3);
    assert.equal(uncovered(undefined, { open: 2, urgent: 3 }), 3);
  });

  test("one person on duty is enough", () =>
    assert.equal(uncovered({ on: 1 }, { open: 2, urgent: 3 }), null));

  test("without open requests there is no alert", () => {
    assert.equal(uncovered({ on: 0 }, { open: 0, urgent: null }), null);
    assert.equal(uncovered(undefined, undefined), null);
  });
});

describe("the ledger", () => {
  const row = (more) => ({ ...noLedger(), area: "2307", ...more });

  test("every state is added up", () => {
    const sum = added(noLedger(), plusLedger, [
      row({ received: 5, open: 2, done: 3 }),
      row({ received: 1, merged: 1 }),
    ]);
    assert.deepEqual(sum, { ...noLedger(), received: 6, open: 2, done: 3, merged: 1 });
  });

  test("an area includes the ledgers of the areas inside it", () => {
    const found = ledgerByArea(AREAS, keyed([row({ received: 5 }), row({ area: "230717", received: 2 })]));
    assert.equal(found.get("2307").received, 7);
  });

  test("a ledger balances if every received request is in one state", () => {
    assert.equal(imbalance(row({ received: 5, open: 1, in_progress: 1, done: 3 }), 2), null);
  });

  test("a missing request is reported with both sums", () => {
    assert.deepEqual(imbalance(row({ received: 5, open: 1, done: 3 }), 1), {
      received: 5,
      sum: 4,
      unfinished: 1,
      listed: 1,
    });
  });

  test("a list that differs from the ledger is reported too", () => {
    assert.equal(imbalance(row({ received: 4, open: 1, done: 3 }), 2).listed, 2);
  });
});

describe("teams", () => {
  const team = (more) => ({
    area: "2307",
    kind: "medical",
    state: "active",
    live_count: 0,
    member_count: 4,
    ...more,
  });

  test("teams and their members are counted overall and by kind", () => {
    const sum = added(noTeams(), plusTeam, [team(), team({ kind: "patrol", member_count: 2 }), team()]);
    assert.deepEqual([sum.total, sum.members], [3, 10]);
    assert.deepEqual(sum.kind.medical, { total: 2, busy: 0, members: 8 });
  });

  test("a team with several tasks is busy once", () => {
    const sum = added(noTeams(), plusTeam, [team({ live_count: 3 }), team({ live_count: 1 }), team()]);
    assert.equal(sum.busy, 2);
    assert.equal(sum.kind.medical.busy, 2);
  });

  test("teams are counted by state", () => {
    const sum = added(noTeams(), plusTeam, [team({ state: "forming" }), team()]);
    assert.deepEqual([sum.forming, sum.active], [1, 1]);
  });

  test("an area includes the teams of the areas inside it", () => {
    assert.equal(teamsByArea(AREAS, keyed([team({ area: "230717" })])).get("2307").total, 1);
  });
});

describe("a tally", () => {
  test("names are listed by number, equal numbers by name", () => {
    assert.deepEqual(mostFirst({ rider: 1, medic: 3, courier: 1 }), ["medic", "courier", "rider"]);
  });
});

describe("the lines of the last 24 hours", () => {
  const slot = (minutes, more) => ({
    slot: ago(minutes),
    came: 0,
    went: 0,
    received: 0,
    served: 0,
    ...more,
  });
  const SLOTS = 97;

  test("there is a point for each quarter of an hour, and one for now", () => {
    const { times } = lines(new Map(), 0, AT + 60000);
    assert.equal(times.length, SLOTS + 1);
    assert.equal(times[0], (AT - 86400000) / 1000);
    assert.equal(times[1] - times[0], SLOT_MS / 1000);
    assert.equal(times.at(-1), AT / 1000 + 60);
  });

  test("every line has as many points as there are times", () => {
    const { times, onDuty, received, served } = lines(keyed([slot(30, { came: 1 })]), 5, AT);
    for (const line of [onDuty, received, served]) assert.equal(line.length, times.length);
  });

  test("earlier numbers on duty follow from those who came and went since", () => {
    const { onDuty } = lines(keyed([slot(30, { came: 4, went: 1 }), slot(15, { went: 2 })]), 10, AT);
    assert.deepEqual(onDuty.slice(-5), [9, 9, 12, 10, 10]);
  });

  test("received and served requests are counted from the start of the 24 hours", () => {
    const rows = keyed([slot(30, { received: 4 }), slot(15, { received: 1, served: 2 })]);
    const { received, served } = lines(rows, 0, AT);
    assert.deepEqual(received.slice(-4), [0, 4, 5, 5]);
    assert.deepEqual(served.slice(-4), [0, 0, 2, 2]);
    assert.equal(received[0], 0);
  });

  test("slots before the 24 hours do not count", () => {
    const { onDuty, received } = lines(keyed([slot(24 * 60 + 15, { received: 4, came: 3 })]), 3, AT);
    assert.equal(received.at(-1), 0);
    assert.equal(onDuty[0], 3);
  });

  test("the first slot of the 24 hours counts", () => {
    const { onDuty, received } = lines(keyed([slot(24 * 60, { received: 4, came: 3 })]), 3, AT);
    assert.equal(received.at(-1), 4);
    assert.equal(onDuty[0], 0);
  });

  test("rows of the same slot add up", () => {
    const { received } = lines(keyed([slot(15, { received: 4 }), slot(15, { received: 2 })]), 0, AT);
    assert.equal(received.at(-1), 6);
  });
});
