import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { alertsAt, alertsIn, answer } from "../../web/lib/alerts.js";
import { live } from "../../web/lib/store.js";
import * as sums from "../../web/lib/sums.js";
import { heardClock, scenario } from "../../web/lib/time.js";

const { askedIn, ledgerIn, peopleIn, teamsIn, trend, uncoveredAt, uncoveredFrom, uncoveredIn } = sums;

const AREAS = [
  { area: "2307", parent: null },
  { area: "230717", parent: "2307" },
  { area: "230717-G3", parent: "230717" },
  { area: "230718", parent: "2307" },
];
const REQUEST = { state: "open", priority: 2, opened_at: "2026-03-28T11:59:00Z", touched: false };

/** Show these rows, by view, as if they came from the service. */
function show(views) {
  const rows = (view) => {
    const given = view === "areas" ? (views.areas ?? AREAS) : (views[view] ?? []);
    return new Map(given.map((row, index) => [String(index), row]));
  };
  live.value = { rows, filters: { date: [] }, restart() {}, close() {} };
}

beforeEach(() => {
  scenario.value = true;
  heardClock("2026-03-28T12:00:00Z");
  live.value = null;
});

describe("before anything is known", () => {
  test("all sums are zero", () => {
    assert.equal(peopleIn().on, 0);
    assert.equal(askedIn().open, 0);
    assert.equal(ledgerIn().received, 0);
    assert.equal(teamsIn().total, 0);
    assert.equal(trend.value.onDuty.at(-1), 0);
  });

  test("no area is uncovered", () => assert.equal(uncoveredIn("2307"), null));
});

describe("sums by area", () => {
  beforeEach(() =>
    show({
      headcount: [
        { area: "230717", presence: "available", role: "medic", count: 2 },
        { area: "230718", presence: "available", role: "medic", count: 3 },
      ],
      requests: [{ ...REQUEST, area: "230717" }],
      ledger: [{ area: "230718", received: 4 }],
      teams: [{ area: "230717", kind: "patrol", state: "active", live_count: 0, member_count: 3 }],
    }),
  );

  test("without an area they are those of the whole jurisdiction", () => {
    assert.equal(peopleIn().on, 5);
    assert.equal(askedIn().open, 1);
    assert.equal(ledgerIn().received, 4);
    assert.equal(teamsIn().total, 1);
  });

  test("of an area they are those of all inside it", () => {
    assert.equal(peopleIn("230717").on, 2);
    assert.equal(askedIn("230717").open, 1);
    assert.equal(teamsIn("230717").members, 3);
  });

  test("of an area without rows they are zero", () => {
    assert.equal(askedIn("230718").open, 0);
    assert.equal(ledgerIn("230717").received, 0);
    assert.equal(peopleIn("230717-G3").on, 0);
  });

  test("follow the rows when they change", () => {
    show({ headcount: [{ area: "230717", presence: "available", role: "medic", count: 7 }] });
    assert.equal(peopleIn().on, 7);
    assert.equal(askedIn().open, 0);
  });
});

describe("alerts", () => {
  const alert = (area, level, request) => ({
    id: request,
    kind: "overdue",
    level,
    subject: "",
    area,
    request,
  });

  test("count in the area and in all that hold it, by the worst of each request", () => {
    show({});
    answer.value = { items: [alert("230717", 1, "A"), alert("230717", 3, "A"), alert("230718", 3, "B")] };
    assert.deepEqual(alertsIn("230717"), { total: 1, worst: 1, levels: { 1: 1, 2: 0, 3: 0, 4: 0 } });
    assert.deepEqual(alertsIn(), { total: 2, worst: 1, levels: { 1: 1, 2: 0, 3: 1, 4: 0 } });
    assert.deepEqual(
      alertsAt("230718").map(({ request }) => request),
      ["B"],
    );
  });

  test("of another jurisdiction are forgotten", () => {
    answer.value = { items: [alert("2307", 1, "A")] };
    show({});
    assert.equal(alertsIn().total, 0);
  });
});

describe("areas in which a request waits and nobody is on duty", () => {
  const people = (area) => ({ area, presence: "available", role: "medic", count: 1 });
  const root = () => ({
    area: "2307",
    children: [
      { area: "230717", children: [{ area: "230717-G3", children: [] }] },
      { area: "230718", children: [] },
    ],
  });
  const found = () => uncoveredFrom(root()).map(({ area }) => area);

  test("have the priority of the most urgent request as their level", () => {
    show({ requests: [{ ...REQUEST, area: "230718" }] });
    assert.equal(uncoveredIn("230718"), 2);
    assert.equal(uncoveredIn("230717"), null);
  });

  test("are no alert if somebody is on duty there", () => {
    show({ requests: [{ ...REQUEST, area: "230718" }], headcount: [people("230718")] });
    assert.equal(uncoveredIn("230718"), null);
    assert.ok(!uncoveredAt(root()));
    assert.deepEqual(found(), []);
  });

  test("are found below an area that is covered as a whole", () => {
    show({ requests: [{ ...REQUEST, area: "230718" }], headcount: [people("230717")] });
    assert.equal(uncoveredIn("2307"), null);
    assert.ok(uncoveredAt(root()));
    assert.deepEqual(found(), ["230718"]);
  });

  test("are named by the smallest area only", () => {
    show({ requests: [{ ...REQUEST, area: "230717-G3" }] });
    assert.deepEqual(found(), ["230717-G3"]);
  });

  test("are several if several are uncovered", () => {
    show({ requests: ["230717", "230718"].map((area) => ({ ...REQUEST, area })) });
    assert.deepEqual(found(), ["230717", "230718"]);
  });
});

describe("the trend", () => {
  test("ends with the people who are on duty in the whole jurisdiction now", () => {
    show({
      headcount: [{ area: "230717", presence: "on_scene", role: "medic", count: 6 }],
      timeline: [{ slot: "2026-03-28T11:30:00Z", came: 4, went: 0, received: 1, served: 0 }],
    });
    assert.equal(trend.value.onDuty.at(-1), 6);
    assert.equal(trend.value.onDuty[0], 2);
    assert.equal(trend.value.received.at(-1), 1);
  });
});
