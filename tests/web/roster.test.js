import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  arrange,
  choose,
  counted,
  fitsPresence,
  loads,
  Prepared,
  ranks,
  within,
} from "../../web/lib/people/roster.js";

const worker = (id, more) => ({
  worker: id,
  area: "2307",
  role: "courier",
  presence: "available",
  team: null,
  organisation: null,
  since: null,
  ...more,
});
const keyed = (...rows) => new Map(rows.map((row) => [row.worker, row]));
const prepared = (...rows) => new Prepared().take(keyed(...rows));
const ids = (entries) => entries.map(({ row }) => row.worker);
const NONE = { area: [], role: [], presence: [], team: [], organisation: [], q: "" };
const chosen = (entries, filter) => choose(entries, { ...NONE, ...filter });

describe("a filter by presence", () => {
  test("without values fits everybody", () => assert.ok(fitsPresence("off_duty", [])));

  test("fits each of its values", () => {
    assert.ok(fitsPresence("on_scene", ["on_break", "on_scene"]));
    assert.ok(!fitsPresence("available", ["on_break", "on_scene"]));
  });

  test("on_duty stands for all presences except off_duty", () => {
    assert.ok(fitsPresence("on_break", ["on_duty"]));
    assert.ok(!fitsPresence("off_duty", ["on_duty"]));
    assert.ok(fitsPresence("off_duty", ["on_duty", "off_duty"]));
  });
});

describe("a filter by area", () => {
  test("without values fits every area", () => assert.ok(within([])("99")));

  test("fits areas inside any of those asked for, at every call", () => {
    const fits = within(["230717", "2308"]);
    for (let round = 0; round < 2; round += 1) {
      assert.ok(fits("230717-G3"));
      assert.ok(!fits("2307"));
    }
  });
});

describe("the roster", () => {
  test("is in the order of ids", () => {
    assert.deepEqual(ids(prepared(worker("W2"), worker("W10"), worker("W1"))), ["W1", "W10", "W2"]);
  });

  test("prepares only changed rows again", () => {
    const roster = new Prepared();
    const [one, two] = [worker("W1"), worker("W2")];
    const before = [...roster.take(keyed(one, two))];
    const after = roster.take(keyed(one, { ...two, presence: "on_break" }));
    assert.equal(after[0], before[0]);
    assert.notEqual(after[1], before[1]);
    assert.equal(after[1].row.presence, "on_break");
  });

  test("takes in new rows and drops those that are gone, also both at once", () => {
    const roster = new Prepared();
    roster.take(keyed(worker("W1"), worker("W3")));
    assert.deepEqual(ids(roster.take(keyed(worker("W1"), worker("W2"), worker("W3")))), ["W1", "W2", "W3"]);
    assert.deepEqual(ids(roster.take(keyed(worker("W3"), worker("W4"), worker("W5")))), ["W3", "W4", "W5"]);
    assert.deepEqual(ids(roster.take(keyed(worker("W4")))), ["W4"]);
  });

  test("replaces a changed row at its place after others came before it", () => {
    const roster = new Prepared();
    const rows = keyed(worker("W2"), worker("W3"));
    roster.take(rows);
    roster.take(rows.set("W1", worker("W1")));
    roster.take(rows.set("W3", worker("W3", { presence: "on_break" })));
    assert.deepEqual(
      roster.list.map(({ row }) => row.presence),
      ["available", "available", "on_break"],
    );
  });
});

describe("choosing workers", () => {
  const entries = prepared(
    worker("W1", { role: "medic", area: "230717", team: "T1" }),
    worker("W2", { presence: "off_duty", organisation: "Red Cross" }),
    worker("W3", { role: "medic", presence: "on_scene" }),
  );

  test("without a filter all fit", () => assert.deepEqual(ids(chosen(entries, {}).rows), ["W1", "W2", "W3"]));

  for (const [filter, expected] of [
    [{ area: ["230717"] }, ["W1"]],
    [{ role: ["medic"] }, ["W1", "W3"]],
    [{ presence: ["on_duty"] }, ["W1", "W3"]],
    [{ team: ["T1"] }, ["W1"]],
    [{ team: [""] }, ["W2", "W3"]],
    [{ organisation: ["Red Cross"] }, ["W2"]],
    [{ organisation: ["", "Red Cross"] }, ["W1", "W2", "W3"]],
    [{ q: " w3 " }, ["W3"]],
    [{ q: "red c" }, ["W2"]],
    [{ role: ["medic"], presence: ["on_scene"], q: "w" }, ["W3"]],
  ])
    test(`${JSON.stringify(filter)} fits ${expected.join(", ")}`, () => {
      assert.deepEqual(ids(chosen(entries, filter).rows), expected);
    });

  test("counts by presence leave the filter by presence aside", () => {
    const { rows, byPresence } = chosen(entries, { role: ["medic"], presence: ["on_scene"] });
    assert.equal(rows.length, 1);
    assert.equal(byPresence.available, 1);
    assert.equal(byPresence.on_scene, 1);
    assert.equal(byPresence.off_duty, 0);
  });

  test("the number to compare with a headcount leaves search and organisation aside", () => {
    const { rows, comparable } = chosen(entries, {
      presence: ["on_duty"],
      organisation: ["Red Cross"],
      q: "x",
    });
    assert.equal(rows.length, 0);
    assert.equal(comparable, 2);
  });

  test("a headcount counts the same workers", () => {
    const filters = [
      {},
      { area: ["230717"] },
      { role: ["medic"] },
      { presence: ["on_duty"] },
      { team: [""] },
    ];
    const headcount = new Map(entries.map(({ row }, index) => [index, { ...row, count: 1 }]));
    for (const filter of filters)
      assert.equal(counted(headcount, { ...NONE, ...filter }), chosen(entries, filter).comparable);
  });

  test("a headcount adds up the counts of its rows", () => {
    const headcount = keyed(worker("a", { count: 3 }), worker("b", { count: 4, role: "medic" }));
    assert.equal(counted(headcount, NONE), 7);
    assert.equal(counted(headcount, { ...NONE, role: ["medic"] }), 4);
  });
});

describe("sorting workers", () => {
  const entries = prepared(
    worker("W1", { team: "B", presence: "off_duty", area: "2308", since: "2026-03-28T08:00:00Z" }),
    worker("W2", { role: "medic", team: null, presence: "available", since: "2026-03-28T15:00:00+08:00" }),
    worker("W3", { role: null, team: "A", presence: "on_scene" }),
    worker("W4", { team: "A", presence: "available", organisation: "Red Cross" }),
  );
  const compare = (a, b) => a.localeCompare(b);
  const aids = {
    loads: new Map([["W3", 2]]),
    team: ranks(entries, "team", compare),
    role: ranks(entries, "role", compare),
    organisation: ranks(entries, "organisation", compare),
  };

  for (const [column, down, expected] of [
    ["worker", false, ["W1", "W2", "W3", "W4"]],
    ["worker", true, ["W4", "W3", "W2", "W1"]],
    ["area", false, ["W2", "W3", "W4", "W1"]],
    ["area", true, ["W1", "W2", "W3", "W4"]],
    ["presence", false, ["W2", "W4", "W3", "W1"]],
    ["load", true, ["W3", "W1", "W2", "W4"]],
    ["load", false, ["W1", "W2", "W4", "W3"]],
    ["role", false, ["W1", "W4", "W2", "W3"]],
    ["organisation", true, ["W4", "W1", "W2", "W3"]],
    ["team", false, ["W3", "W4", "W1", "W2"]],
    ["since", false, ["W2", "W1", "W3", "W4"]],
  ])
    test(`by ${column}, ${down ? "down" : "up"}: ${expected.join(", ")}`, () => {
      assert.deepEqual(ids(arrange(entries, column, down, aids)), expected);
    });

  test("workers without a value come last in both directions", () => {
    assert.equal(ids(arrange(entries, "team", true, aids)).at(-1), "W2");
    assert.deepEqual(ids(arrange(entries, "since", true, aids)), ["W1", "W2", "W3", "W4"]);
  });

  test("a column without any values keeps the order of ids", () => {
    const nobody = { ...aids, organisation: new Map() };
    assert.deepEqual(ids(arrange(entries, "organisation", true, nobody)), ["W1", "W2", "W3", "W4"]);
  });

  test("the rows that are sorted stay as they were", () => {
    arrange(entries, "worker", true, aids);
    arrange(entries, "team", true, aids);
    assert.deepEqual(ids(entries), ["W1", "W2", "W3", "W4"]);
  });

  test("ranks follow the order of the language", () => {
    const backwards = ranks(entries, "team", (a, b) => b.localeCompare(a));
    assert.deepEqual(
      [...backwards],
      [
        ["B", 1],
        ["A", 2],
      ],
    );
  });
});

describe("the load of a unit", () => {
  test("is the number of its live assignments", () => {
    const rows = [
      { unit: "W1", live: true },
      { unit: "W1", live: true },
      { unit: "W1", live: false },
      { unit: "T1", live: true },
    ];
    const found = loads(new Map(rows.map((row, index) => [index, row])));
    assert.deepEqual(
      [...found],
      [
        ["W1", 2],
        ["T1", 1],
      ],
    );
  });
});
