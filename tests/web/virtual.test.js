import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { speak } from "../../web/lib/i18n.js";
import { html } from "../../web/lib/preact.js";
import { VirtualTable } from "../../web/lib/virtual.js";
import { mount } from "./support/dom.js";

const HEIGHT = 20;
const SPARE = 8;
const rowsOf = (count) => Array.from({ length: count }, (_, at) => ({ key: `R${at}`, name: `row ${at}` }));

let table;
let box;
let calls;
let props;

/** Draw a table of these rows in a box of 200 px, in which ten of them fit. */
function show(rows, more = {}) {
  props = {
    rows,
    id: (row) => row.key,
    columns: [
      { key: "name", label: "Name", cell: (row) => row.name, sort: true },
      { key: "key", label: "Key", cell: (row) => row.key },
    ],
    label: "Rows",
    height: HEIGHT,
    select: (row) => calls.push(["select", row.key]),
    open: (row) => calls.push(["open", row.key]),
    sort: (key) => calls.push(["sort", key]),
    ...more,
  };
  table = mount(VirtualTable, props);
  [box] = table.find("grid");
  table.resize(box, 10 * HEIGHT);
}

const again = (more) => {
  props = { ...props, ...more };
  table.draw(props);
};

/** The rows in the page without the heading: [first, last], by their numbers. */
const drawn = () => {
  const found = table
    .find("row")
    .slice(1)
    .map((row) => Number(row.attributes.id.slice("row-R".length)));
  assert.deepEqual(
    found,
    found.map((_, at) => found[0] + at),
  );
  return [found[0], found.at(-1)];
};

const row = (at) => table.find("row").find((one) => one.attributes.id === `row-R${at}`);

beforeEach(async () => {
  await speak("en");
  calls = [];
});

afterEach(() => table.unmount());

describe("which rows are in the page", () => {
  test("at the top: those in sight and eight more", () => {
    show(rowsOf(1000));
    assert.deepEqual(drawn(), [0, 10 + SPARE - 1]);
  });

  test("in the middle: those in sight, with eight more on both sides", () => {
    show(rowsOf(1000));
    table.scroll(box, 500 * HEIGHT);
    assert.deepEqual(drawn(), [500 - SPARE, 510 + SPARE - 1]);
  });

  test("at the end: no more than there are", () => {
    show(rowsOf(1000));
    table.scroll(box, 990 * HEIGHT);
    assert.deepEqual(drawn(), [990 - SPARE, 999]);
  });

  test("a row that is only partly in sight is drawn with its neighbours", () => {
    show(rowsOf(1000));
    table.scroll(box, 500 * HEIGHT + 1);
    assert.deepEqual(drawn(), [500 - SPARE, 511 + SPARE - 1]);
  });

  test("of a short table all", () => {
    show(rowsOf(3));
    assert.deepEqual(drawn(), [0, 2]);
  });

  test("a taller box has more of them", () => {
    show(rowsOf(1000));
    table.resize(box, 30 * HEIGHT);
    assert.deepEqual(drawn(), [0, 30 + SPARE - 1]);
  });

  test("the space for all rows stays, and those drawn are at their place in it", () => {
    show(rowsOf(1000));
    table.scroll(box, 500 * HEIGHT);
    const space = table.find("rowgroup").at(-1);
    assert.equal(space.style.height, `${1000 * HEIGHT}px`);
    assert.equal(table.find("presentation")[0].style.transform, `translateY(${(500 - SPARE) * HEIGHT}px)`);
  });

  test("scrolling draws only the rows that are new", () => {
    let cells = [];
    const cell = (row) => {
      cells.push(row.key);
      return row.name;
    };
    show(rowsOf(1000), { columns: [{ key: "name", label: "Name", cell }] });
    cells = [];
    table.scroll(box, 3 * HEIGHT);
    assert.deepEqual(cells, ["R18", "R19", "R20"]);
  });

  test("a changed row is drawn again, the others are not", () => {
    let cells = [];
    const cell = (row) => {
      cells.push(row.key);
      return row.name;
    };
    const rows = rowsOf(5);
    show(rows, { columns: [{ key: "name", label: "Name", cell }] });
    cells = [];
    again({ rows: rows.with(2, { ...rows[2], name: "changed" }) });
    assert.deepEqual(cells, ["R2"]);
    assert.match(row(2).textContent, /changed/);
  });

  test("without rows the table says so", () => {
    show([], { empty: "No requests" });
    assert.equal(table.find("gridcell")[0].textContent.trim(), "No requests");
  });
});

describe("readers of the screen", () => {
  test("learn the number of all rows, and the place of each, the heading included", () => {
    show(rowsOf(1000));
    table.scroll(box, 500 * HEIGHT);
    assert.equal(box.attributes["aria-rowcount"], "1001");
    assert.equal(row(500).attributes["aria-rowindex"], "502");
  });

  test("learn which row is selected while it is drawn", () => {
    show(rowsOf(1000), { selected: "R3" });
    assert.equal(box.attributes["aria-activedescendant"], "row-R3");
    assert.equal(row(3).attributes["aria-selected"], "true");
    table.scroll(box, 500 * HEIGHT);
    assert.ok(!("aria-activedescendant" in box.attributes));
  });

  test("learn which rows are checked, and that several can be", () => {
    show(rowsOf(3), { selected: "R0", check() {}, checked: new Set(["R2"]) });
    assert.equal(box.attributes["aria-multiselectable"], "true");
    const states = [0, 1, 2].map((at) => row(at).attributes["aria-selected"]);
    assert.deepEqual(states, ["true", "false", "true"]);
  });

  test("learn by which column the rows are sorted", () => {
    show(rowsOf(3), { sorted: { key: "name", down: true } });
    const [name, key] = table.find("columnheader");
    assert.equal(name.attributes["aria-sort"], "descending");
    assert.ok(!("aria-sort" in key.attributes));
  });
});

describe("the selected row", () => {
  test("is scrolled into sight from below", () => {
    show(rowsOf(1000));
    again({ selected: "R500" });
    assert.equal(box.scrollTop, 491 * HEIGHT);
  });

  test("is scrolled into sight from above", () => {
    show(rowsOf(1000));
    table.scroll(box, 500 * HEIGHT);
    again({ selected: "R40" });
    assert.equal(box.scrollTop, 40 * HEIGHT);
  });

  test("at the very first place is scrolled into sight too", () => {
    show(rowsOf(1000));
    table.scroll(box, 500 * HEIGHT);
    again({ selected: "R0" });
    assert.equal(box.scrollTop, 0);
  });

  test("in sight does not move the table", () => {
    show(rowsOf(1000));
    again({ selected: "R9" });
    assert.equal(box.scrollTop, 0);
  });
});

describe("a list that gets less room", () => {
  test("keeps the selected row in sight if it was", () => {
    show(rowsOf(100));
    again({ selected: "R9" });
    assert.equal(box.scrollTop, 0);
    table.resize(box, 6 * HEIGHT);
    assert.equal(box.scrollTop, 4 * HEIGHT);
  });

  test("stays where it is if the selected row was out of sight", () => {
    show(rowsOf(100));
    again({ selected: "R9" });
    table.scroll(box, 50 * HEIGHT);
    table.resize(box, 6 * HEIGHT);
    assert.equal(box.scrollTop, 50 * HEIGHT);
  });
});

describe("rows that come and go above", () => {
  const added = (count) => Array.from({ length: count }, (_, at) => ({ key: `N${at}`, name: "new" }));

  test("do not move the row that is selected and in sight", () => {
    show(rowsOf(1000), { selected: "R505" });
    table.scroll(box, 500 * HEIGHT);
    again({ rows: [...added(3), ...rowsOf(1000)] });
    assert.equal(box.scrollTop, 503 * HEIGHT);
    again({ rows: rowsOf(1000) });
    assert.equal(box.scrollTop, 500 * HEIGHT);
  });

  test("do not move the first row in sight if none is selected", () => {
    show(rowsOf(1000));
    table.scroll(box, 500 * HEIGHT + 7);
    again({ rows: [...added(2), ...rowsOf(1000)] });
    assert.equal(box.scrollTop, 502 * HEIGHT + 7);
  });

  test("are seen at once at the top of the table", () => {
    show(rowsOf(1000));
    again({ rows: [...added(2), ...rowsOf(1000)] });
    assert.equal(box.scrollTop, 0);
    assert.equal(table.find("row")[1].attributes.id, "row-N0");
  });

  test("do not move the first row in sight if the selected one is out of sight", () => {
    show(rowsOf(1000), { selected: "R9" });
    table.scroll(box, 500 * HEIGHT);
    again({ rows: [...rowsOf(300), ...added(2), ...rowsOf(1000).slice(300)] });
    assert.equal(box.scrollTop, 502 * HEIGHT);
  });

  test("rows that are sorted otherwise keep the selected one at its height", () => {
    show(rowsOf(1000), { selected: "R505" });
    table.scroll(box, 500 * HEIGHT);
    again({ rows: rowsOf(1000).reverse() });
    assert.equal(box.scrollTop, (999 - 505 - 5) * HEIGHT);
  });
});

describe("keys", () => {
  for (const [key, from, to] of [
    ["ArrowDown", 5, 6],
    ["j", 5, 6],
    ["ArrowUp", 5, 4],
    ["k", 5, 4],
    ["PageDown", 5, 14],
    ["PageUp", 20, 11],
    ["Home", 5, 0],
    ["End", 5, 99],
    ["ArrowDown", 99, 99],
    ["ArrowUp", 0, 0],
    ["PageUp", 3, 0],
  ])
    test(`${key} moves the selection from row ${from} to ${to}`, () => {
      show(rowsOf(100), { selected: `R${from}` });
      const event = table.press(box, key);
      assert.deepEqual(calls, [["select", `R${to}`]]);
      assert.ok(event.defaultPrevented);
    });

  test("the first key selects the first row, End the last", () => {
    show(rowsOf(100));
    table.press(box, "ArrowDown");
    table.press(box, "End");
    assert.deepEqual(calls, [
      ["select", "R0"],
      ["select", "R99"],
    ]);
  });

  test("Enter and the space bar work on the first row as well", () => {
    show(rowsOf(100), { selected: "R0", check: (row) => calls.push(["check", row.key]) });
    table.press(box, "Enter");
    table.press(box, " ");
    assert.deepEqual(calls, [
      ["open", "R0"],
      ["check", "R0"],
    ]);
  });

  test("Enter and the space bar do nothing while no row is selected", () => {
    show(rowsOf(100), { check: (row) => calls.push(["check", row.key]) });
    table.press(box, "Enter");
    table.press(box, " ");
    assert.deepEqual(calls, []);
  });

  test("Enter opens the selected row", () => {
    show(rowsOf(100), { selected: "R5" });
    table.press(box, "Enter");
    assert.deepEqual(calls, [["open", "R5"]]);
  });

  test("the space bar checks the selected row where rows can be checked", () => {
    show(rowsOf(100), { selected: "R5", check: (row) => calls.push(["check", row.key]) });
    table.press(box, " ");
    assert.deepEqual(calls, [["check", "R5"]]);
  });

  test("shortcuts of the browser are left alone", () => {
    show(rowsOf(100), { selected: "R5" });
    const event = table.press(box, "j", { ctrlKey: true });
    assert.deepEqual(calls, []);
    assert.ok(!event.defaultPrevented);
  });

  test("keys in a field inside a row are left alone", () => {
    const cell = () => html`<input role="textbox" />`;
    show(rowsOf(3), { selected: "R1", columns: [{ key: "name", label: "Name", cell }] });
    table.press(table.find("textbox")[0], "j");
    assert.deepEqual(calls, []);
  });

  test("in an empty table nothing happens", () => {
    show([]);
    table.press(box, "ArrowDown");
    table.press(box, "Enter");
    assert.deepEqual(calls, []);
  });
});

describe("the pointer", () => {
  test("a click selects, a double click opens", () => {
    show(rowsOf(3));
    table.fire(row(1), "click");
    table.fire(row(1), "dblclick");
    assert.deepEqual(calls, [
      ["select", "R1"],
      ["open", "R1"],
    ]);
  });

  test("a click on a heading sorts by its column", () => {
    show(rowsOf(3));
    const [heading] = table.find("columnheader");
    table.fire(
      heading.childNodes.find(({ localName }) => localName === "button"),
      "click",
    );
    assert.deepEqual(calls, [["sort", "name"]]);
  });
});
