// Lists of institutions: filters, choices, order, dates; and what their forms send.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fittingChoices } from "../../web/lib/institution/pickbox.js";
import {
  arranged,
  choicesOf,
  instantOf,
  orderOf,
  passer,
  perSource,
  tally,
  wanted,
} from "../../web/lib/institution/rows.js";
import { inParts } from "../../web/lib/institution/several.js";
import { changed, dataOf, edited, first } from "../../web/lib/institution/values.js";
import { grouped, usable } from "../../web/lib/shell/pages.js";
import { session } from "../../web/lib/store.js";

const NOW = { at: null, has: () => true, rows: () => new Map(), reload: () => {} };
const ROWS = [
  { key: "U1", name: "市政府", area: "2307", state: "active", trades: ["a", "b"] },
  { key: "U2", name: "Café nord", area: "230717001", state: "active", trades: [] },
  { key: "U3", name: "旧局", area: "230718", state: "dissolved", trades: ["b"] },
];
const STATE = { key: "state", otherwise: ["active"] };
const AREA = /** @type {const} */ ({ key: "area", kind: "area" });
const TRADE = { key: "trade", of: (row) => row.trades };
const text = (row) => row.name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const keys = (filters, query) => ROWS.filter(passer(filters, query, NOW, text)).map(({ key }) => key);

describe("the filters of an address", () => {
  test("without any, all rows pass", () => assert.deepEqual(keys([AREA], {}), ["U1", "U2", "U3"]));

  test("what a filter chooses by default holds until the address says otherwise", () => {
    assert.deepEqual(keys([STATE], {}), ["U1", "U2"]);
    assert.deepEqual(keys([STATE], { state: ["dissolved"] }), ["U3"]);
    assert.deepEqual(keys([STATE], { state: ["*"] }), ["U1", "U2", "U3"]);
    assert.deepEqual(wanted(STATE, { state: ["*"] }), []);
  });

  test("an area has all that lies inside it", () => {
    assert.deepEqual(keys([AREA], { area: ["230717"] }), ["U2"]);
    assert.deepEqual(keys([AREA], { area: ["2307"] }), ["U1", "U2", "U3"]);
  });

  test("a row with several values passes by any of them, one without by none", () => {
    assert.deepEqual(keys([TRADE], { trade: ["b"] }), ["U1", "U3"]);
    assert.deepEqual(keys([TRADE], { trade: ["-"] }), ["U2"]);
  });

  test("every word of a search must be found, without case and accents", () => {
    assert.deepEqual(keys([], { q: ["CAFE no"] }), ["U2"]);
    assert.deepEqual(keys([], { q: ["cafe 局"] }), []);
  });

  test("each choice is counted, once for each value of a row", () => {
    const counts = tally(TRADE, ROWS, NOW);
    assert.deepEqual(Object.fromEntries(counts), { a: 1, b: 2, "-": 1 });
  });
});

describe("the order of a list", () => {
  const collator = new Intl.Collator("en", { numeric: true });
  const order = (value, down = false) => arranged(ROWS, value, down, collator).map(({ key }) => key);

  test("texts by the language, numbers by size, equal ones by key", () => {
    assert.deepEqual(
      order((row) => row.key),
      ["U1", "U2", "U3"],
    );
    assert.deepEqual(
      order((row) => row.trades.length),
      ["U2", "U3", "U1"],
    );
    assert.deepEqual(
      order((row) => row.state),
      ["U1", "U2", "U3"],
    );
    assert.deepEqual(
      order((row) => row.state, true),
      ["U3", "U1", "U2"],
    );
  });

  test("rows without a value come last in both directions", () => {
    const value = (row) => row.trades[0] ?? null;
    assert.equal(order(value).at(-1), "U2");
    assert.equal(order(value, true).at(-1), "U2");
  });

  test("an address that asks for no column of the list gets the default", () => {
    const page = /** @type {any} */ ({ columns: [{ key: "name" }, { key: "since" }], sort: "-since" });
    assert.deepEqual(orderOf(page, {}), { key: "since", down: true });
    assert.deepEqual(orderOf(page, { sort: ["name"] }), { key: "name", down: false });
    assert.deepEqual(orderOf(page, { sort: ["-nonsense"] }), { key: "since", down: true });
  });

  test("texts that many of 20,000 rows have are compared once", () => {
    let compared = 0;
    const compare = (a, b) => {
      compared += 1;
      return a < b ? -1 : 1;
    };
    const many = Array.from({ length: 20000 }, (_, n) => ({ key: `E${n}`, state: `state ${n % 8}` }));
    const found = arranged(many, (row) => row.state, false, /** @type {any} */ ({ compare }));
    assert.equal(found.at(-1).state, "state 7");
    assert.ok(compared <= 8 * 7, `${compared} comparisons`);
  });
});

describe("a date", () => {
  const zone = (local) => new Date(`${local}:00+08:00`).toISOString();

  test("is the end of that local day", () => {
    assert.equal(instantOf("2022-02-28", "2022-04-04T10:00", zone), "2022-02-28T15:59:59.999Z");
  });

  test("with a time is that time", () =>
    assert.equal(instantOf("2022-04-04T09:30", "2022-04-04T10:00", zone), "2022-04-04T01:30:00.000Z"));

  test("that is today, to come, or no date is now", () => {
    for (const date of ["2022-04-04", "2022-04-05", "2022-04-04T10:01", "", undefined, "yesterday"])
      assert.equal(instantOf(date, "2022-04-04T10:00", zone), null);
  });
});

describe("what a form sends", () => {
  /** @type {import("../../web/lib/institution/types.js").FormField[]} */
  const fields = [
    { name: "name", required: true },
    { name: "employees", kind: "number" },
    { name: "areas", kind: "areas" },
    { name: "open", kind: "flag" },
  ];
  const row = { key: "E1", name: "甲厂", employees: 12, areas: ["2307"], open: false };
  const start = (part) => ({ ...first({ command: "x", fields, amends: true }, row, NOW, String), ...part });

  test("its values by name, numbers as numbers, nothing that is empty", () => {
    const values = { name: " 甲厂 ", employees: "12", areas: [], areas_typed: "2307", open: true };
    assert.deepEqual(dataOf(fields, values, String), {
      name: "甲厂",
      employees: 12,
      areas: ["2307"],
      open: true,
    });
    assert.deepEqual(dataOf(fields, { ...values, employees: "", areas_typed: "" }, String), {
      name: "甲厂",
      areas: [],
      open: true,
    });
  });

  test("an amendment only what was changed, and null for what was emptied", () => {
    const sent = (part) => changed(fields, dataOf(fields, start(part), String), row);
    assert.deepEqual(sent({}), {});
    assert.deepEqual(sent({ name: "乙厂" }), { name: "乙厂" });
    assert.deepEqual(sent({ employees: "" }), { employees: null });
  });
});

describe("a choice of many", () => {
  const choices = ["宏达物流 E1", "Café 物流 E2", "物流达 E3"].map((text, at) => ({
    value: `E${at + 1}`,
    text,
    folded: text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase(),
  }));
  const found = (text, most) => fittingChoices(choices, text, most).map(({ value }) => value);

  test("has all words that are typed; what begins with them comes first", () => {
    assert.deepEqual(found("物流"), ["E3", "E1", "E2"]);
    assert.deepEqual(found("CAFE 物"), ["E2"]);
    assert.deepEqual(found("e1 宏"), ["E1"]);
    assert.deepEqual(found("无"), []);
    assert.equal(found("", 2).length, 2);
  });
});

describe("the menu", () => {
  const page = (name, more) => ({ name, key: name[0], group: "people", ...more });

  test("offers what the service says that the token may", () => {
    session.value = { views: ["roster"], rights: ["import_files"], commands: ["team.form"] };
    const names = [
      page("workers", { view: "roster" }),
      page("hidden", { view: "requests" }),
      page("imports", { right: "import_files" }),
      page("teams", { view: "roster", command: "team.form" }),
      page("settings", { view: "roster", command: "term.define" }),
      page("never", { mayUse: () => false }),
    ];
    assert.deepEqual(
      names.filter(usable).map(({ name }) => name),
      ["workers", "imports", "teams"],
    );
  });

  test("keeps the order of groups and leaves out empty ones", () => {
    const pages = [page("z", { group: "reports" }), page("a"), page("b", { group: "operations" })];
    assert.deepEqual(
      grouped(pages).map(([group]) => group),
      ["operations", "people", "reports"],
    );
  });
});

describe("the values that somebody typed", () => {
  const blank = { name: "Café", members: "3", flag: false, areas: [] };

  test("are those that differ from the first ones", () => {
    assert.deepEqual(edited({ ...blank }, blank), {});
    assert.deepEqual(edited({ ...blank, members: "4", areas: ["2307"] }, blank), {
      members: "4",
      areas: ["2307"],
    });
    assert.deepEqual(edited({ ...blank, name: "" }, blank), { name: "" });
  });

  test("come back over what the row says by then", () => {
    const typed = edited({ ...blank, members: "4" }, blank);
    assert.deepEqual({ ...blank, name: "Other", ...typed }, { ...blank, name: "Other", members: "4" });
  });
});

describe("choices among many rows", () => {
  test("are worked out once for each state of the rows", () => {
    let rounds = 0;
    const choices = perSource(() => {
      rounds += 1;
      return rounds;
    });
    const later = { ...NOW };
    assert.deepEqual([choices(NOW), choices(NOW), choices(later)], [1, 1, 2]);
  });

  test("go by name, or by key without one", () => {
    const collator = new Intl.Collator("en", { numeric: true });
    const rows = [{ key: "E2", name: "Firm 10" }, { key: "E1", name: "Firm 9" }, { key: "C1" }];
    assert.deepEqual(choicesOf(rows, collator), [
      ["C1", "C1"],
      ["E1", "Firm 9"],
      ["E2", "Firm 10"],
    ]);
  });
});

describe("one form for several rows", () => {
  const items = ["a", "b", "c", "d", "e"].map((id) => ({
    id,
    name: "review.judge",
    data: {},
    row: { key: id },
  }));
  const sent = [];
  const send = async (part) => {
    sent.push(part);
    return part.map(({ id }) => ({ id, outcome: id === "d" ? "refused" : "accepted" }));
  };

  test("is sent in parts, and each row has its own result", async () => {
    const told = [];
    const results = await inParts(items, send, (some) => void told.push(some.length), 2);
    assert.deepEqual(
      results.map(({ row, outcome }) => [row.key, outcome]),
      [..."abcde"].map((key) => [key, key === "d" ? "refused" : "accepted"]),
    );
    assert.deepEqual(told, [2, 4, 5]);
    assert.deepEqual(sent[0][0], { id: "a", name: "review.judge", data: {} });
  });

  test("stops after the part in which it was told to", async () => {
    const results = await inParts(items, send, (some) => some.length < 4, 2);
    assert.equal(results.length, 4);
  });
});
