import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inside, sums, tree } from "../../web/lib/areas.js";

const ROWS = new Map(
  [
    { area: "2307", name: "Yichun", parent: null },
    { area: "230717", name: "Yimei", parent: "2307" },
    { area: "230717-G3", name: "Gate 3", parent: "230717" },
    { area: "230718", name: "Wucui", parent: "2307" },
  ].map((row) => [row.area, row]),
);

describe("codes of areas", () => {
  test("an area lies inside itself", () => assert.ok(inside("2307", "2307")));

  test("a code with a suffix lies inside the code before the suffix", () => {
    assert.ok(inside("2307-G3", "2307"));
    assert.ok(inside("2307-G3-A", "2307-G3"));
  });

  test("a division lies inside the divisions that its code begins with", () => {
    for (const outer of ["2307", "230717", "230717001"]) assert.ok(inside("230717001002", outer), outer);
  });

  test("a code longer than any division lies inside the last of them", () => {
    assert.ok(inside("230717001002003", "230717001002"));
  });

  test("an area with a suffix lies inside the divisions of its code", () => {
    assert.ok(inside("230717-G3", "2307"));
  });

  test("codes are cut only where divisions end", () => {
    for (const outer of ["23", "23071", "2307170"]) assert.ok(!inside("230717001002", outer), outer);
  });

  test("a similar beginning is not enough", () => {
    assert.ok(!inside("2307-G31", "2307-G3"));
    assert.ok(!inside("HARBOUR1", "HARB"));
  });

  test("an area does not lie inside its own parts", () => {
    assert.ok(!inside("2307", "230717"));
    assert.ok(!inside("2307", "2307-G3"));
  });
});

describe("the tree of areas", () => {
  const areas = tree(ROWS);

  test("the root is the area without a parent", () => assert.equal(areas.root.area, "2307"));

  test("children are kept in the order of the rows", () => {
    assert.deepEqual(
      areas.root.children.map(({ area }) => area),
      ["230717", "230718"],
    );
  });

  test("a path leads from the root to the area", () => {
    assert.deepEqual(
      areas.path("230717-G3").map(({ name }) => name),
      ["Yichun", "Yimei", "Gate 3"],
    );
  });

  test("an unknown area has no path, and its code as its name", () => {
    assert.deepEqual(areas.path("99"), []);
    assert.equal(areas.name("99"), "99");
    assert.equal(areas.name("230718"), "Wucui");
  });

  test("rows may come before the row of their parent", () => {
    const areas = tree(new Map([...ROWS].reverse()));
    assert.equal(areas.root.area, "2307");
    assert.equal(areas.path("230717-G3").length, 3);
  });

  test("without rows there is no root", () => assert.equal(tree(new Map()).root, null));

  test("the rows themselves stay unchanged", () => assert.ok(!("children" in ROWS.get("2307"))));
});

describe("sums over the tree", () => {
  const count = (rows, areas = tree(ROWS)) =>
    Object.fromEntries(
      [
        ...sums(
          areas,
          rows,
          () => ({ n: 0 }),
          (sum, row) => {
            sum.n += row.n;
          },
        ),
      ].map(([area, { n }]) => [area, n]),
    );

  test("a row counts in its area and in all areas around it", () => {
    assert.deepEqual(count([{ area: "230717-G3", n: 2 }]), { "230717-G3": 2, 230717: 2, 2307: 2 });
  });

  test("rows of several areas add up where their paths meet", () => {
    const rows = [
      { area: "230717", n: 2 },
      { area: "230718", n: 3 },
      { area: "2307", n: 1 },
    ];
    assert.deepEqual(count(rows), { 230717: 2, 230718: 3, 2307: 6 });
  });

  test("rows of an unknown area count in the root", () => {
    assert.deepEqual(count([{ area: "99", n: 4 }]), { 2307: 4 });
  });

  test("before the areas are known there are no sums", () => {
    assert.deepEqual(count([{ area: "2307", n: 4 }], tree(new Map())), {});
  });
});
