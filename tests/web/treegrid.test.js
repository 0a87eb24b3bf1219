import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { speak } from "../../web/lib/i18n.js";
import { html } from "../../web/lib/preact.js";
import { flatten, TreeGrid } from "../../web/lib/treegrid.js";
import { mount } from "./support/dom.js";

const node = (area, ...children) => ({ area, children });
const TREE = node("A", node("B", node("C"), node("D")), node("E"));
const children = ({ children: found }) => found;
const rowsOf = (root, shut = []) => flatten(root, ({ area }) => !shut.includes(area), children);

describe("the rows of a tree", () => {
  const names = (rows) => rows.map((row) => row.node.area).join(" ");

  test("are parents before their children, in order", () => assert.equal(names(rowsOf(TREE)), "A B C D E"));

  test("below a closed node are left out", () => {
    assert.equal(names(rowsOf(TREE, ["B"])), "A B E");
    assert.equal(names(rowsOf(TREE, ["A"])), "A");
  });

  test("know their level, their parent and their place among their siblings", () => {
    const found = rowsOf(TREE).map(({ level, parent, position, size }) => [level, parent, position, size]);
    assert.deepEqual(found, [
      [1, null, 1, 1],
      [2, "A", 1, 2],
      [3, "B", 1, 2],
      [3, "B", 2, 2],
      [2, "A", 2, 2],
    ]);
  });

  test("without children are never open", () => {
    assert.deepEqual(
      rowsOf(TREE).map(({ open, children: count }) => [open, count]),
      [
        [true, 2],
        [true, 2],
        [false, 0],
        [false, 0],
        [false, 0],
      ],
    );
  });

  test("may be open down to a level", () => {
    const found = flatten(TREE, (_, level) => level < 2, children);
    assert.equal(names(found), "A B E");
  });

  test("may leave children out", () => {
    const found = flatten(
      TREE,
      () => true,
      (one) => one.children.filter(({ area }) => area !== "C"),
    );
    assert.equal(names(found), "A B D E");
    assert.equal(found[2].size, 1);
  });

  test("without a root are none", () => assert.deepEqual(rowsOf(null), []));
});

describe("a tree in the page", () => {
  const ROW = 30; // 1.875 rem of 16 px
  const SPARE = 6;
  let tree;
  let box;
  let toggled;

  /** Draw a tree in a box of 300 px, in which ten rows fit. */
  function show(rows) {
    tree = mount(TreeGrid, {
      rows,
      label: "Areas",
      columns: [
        { key: "name", label: "Area", cell: (one, more) => html`<a ...${more} role="link">${one.area}</a>` },
        { key: "count", label: "Count", cell: () => "1" },
      ],
      toggle: (one) => toggled.push(one.area),
    });
    [box] = tree.find("treegrid");
    tree.resize(box, 10 * ROW);
  }

  const long = () => rowsOf(node("A", ...Array.from({ length: 999 }, (_, at) => node(`N${at + 1}`))));
  const drawn = () =>
    tree
      .find("row")
      .slice(1)
      .map((row) => row.attributes.id);
  const chosen = () => box.attributes["aria-activedescendant"];

  beforeEach(async () => {
    await speak("en");
    toggled = [];
  });

  afterEach(() => tree.unmount());

  test("has only the rows in sight and six more on both sides", () => {
    show(long());
    assert.equal(drawn().length, 10 + SPARE);
    tree.scroll(box, 500 * ROW);
    assert.equal(drawn()[0], `tree-N${500 - SPARE}`);
    assert.equal(drawn().at(-1), `tree-N${510 + SPARE - 1}`);
  });

  test("tells readers of the screen the number of rows, and level and place of each", () => {
    show(rowsOf(TREE));
    assert.equal(box.attributes["aria-rowcount"], "6");
    const { attributes } = tree.find("row")[4];
    const named = ["aria-rowindex", "aria-level", "aria-posinset", "aria-setsize"];
    assert.deepEqual(
      named.map((name) => attributes[name]),
      ["5", "3", "2", "2"],
    );
  });

  test("tells which rows are open, and says nothing of rows without children", () => {
    show(rowsOf(TREE, ["B"]));
    assert.deepEqual(
      tree.find("row").map((row) => row.attributes["aria-expanded"]),
      [undefined, "true", "false", undefined],
    );
  });

  for (const [keys, expected] of [
    [["ArrowDown"], "B"],
    [["ArrowDown", "ArrowDown", "ArrowUp"], "B"],
    [["ArrowUp"], "A"],
    [["End"], "E"],
    [["End", "ArrowDown"], "E"],
    [["End", "Home"], "A"],
    [["ArrowRight"], "B"],
    [["End", "ArrowLeft"], "A"],
    [["ArrowDown", "ArrowDown", "ArrowDown", "ArrowLeft"], "B"],
  ])
    test(`${keys.join(", ")} leads to ${expected}`, () => {
      show(rowsOf(TREE));
      for (const key of keys) assert.ok(tree.press(box, key).defaultPrevented);
      assert.equal(chosen(), `tree-${expected}`);
      assert.deepEqual(toggled, []);
    });

  test("the right arrow opens a closed row, the left arrow closes an open one", () => {
    show(rowsOf(TREE, ["B"]));
    tree.press(box, "ArrowDown");
    tree.press(box, "ArrowRight");
    assert.deepEqual(toggled, ["B"]);
    tree.press(box, "ArrowUp");
    tree.press(box, "ArrowLeft");
    assert.deepEqual(toggled, ["B", "A"]);
  });

  test("Enter opens and closes a row with children", () => {
    show(rowsOf(TREE));
    tree.press(box, "Enter");
    tree.press(box, "End");
    tree.press(box, "Enter");
    assert.deepEqual(toggled, ["A"]);
  });

  test("Enter on a link follows the link", () => {
    show(rowsOf(TREE));
    const event = tree.press(tree.find("link")[0], "Enter");
    assert.ok(!event.defaultPrevented);
    assert.deepEqual(toggled, []);
  });

  test("an arrow on a link leads back to the tree", () => {
    show(rowsOf(TREE));
    tree.press(tree.find("link")[0], "ArrowDown");
    assert.equal(document.activeElement, box);
    assert.equal(chosen(), "tree-B");
  });

  test("shortcuts of the browser are left alone", () => {
    show(rowsOf(TREE));
    assert.ok(!tree.press(box, "ArrowLeft", { altKey: true }).defaultPrevented);
  });

  test("names the button of a row by what it does", () => {
    show(rowsOf(TREE, ["B"]));
    const buttons = tree.find("rowheader").map(({ childNodes }) => childNodes[0]);
    assert.deepEqual(
      buttons.map((button) => button.attributes["aria-label"]),
      ["Collapse", "Expand", undefined],
    );
    tree.fire(buttons[1], "click");
    assert.deepEqual(toggled, ["B"]);
  });

  test("only links of the chosen row are reached by Tab", () => {
    show(rowsOf(TREE));
    tree.press(box, "ArrowDown");
    const stops = tree.find("link").filter((link) => link.attributes.tabindex === "0");
    assert.deepEqual(
      stops.map((link) => link.textContent),
      ["B"],
    );
  });

  test("a chosen row is scrolled into sight, below the heading that stays", () => {
    show(long());
    const [head] = tree.find("rowgroup");
    head.offsetHeight = 40;
    tree.press(box, "End");
    assert.equal(box.scrollTop, 40 + 1000 * ROW - 10 * ROW);
    tree.press(box, "Home");
    assert.equal(box.scrollTop, 0);
  });
});
