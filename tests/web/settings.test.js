import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { speak } from "../../web/lib/i18n.js";
import { inUnits, secondsOf } from "../../web/lib/settings/duration.js";
import { live } from "../../web/lib/store.js";
import { codes, merged, termName } from "../../web/lib/terms.js";

const WORDS = { s: "s sec 秒", min: "m min 分 分钟", h: "h 时 小时" };

describe("a length of time", () => {
  test("is read in both languages", () => {
    for (const [text, seconds] of [
      ["90", 90],
      ["90 s", 90],
      ["5min", 300],
      ["1.5 h", 5400],
      ["1,5 h", 5400],
      ["5 分钟", 300],
      ["２ 小时", 7200],
      ["30秒", 30],
    ])
      assert.equal(secondsOf(text, WORDS), seconds, text);
  });

  test("that says nothing is none", () => {
    for (const text of ["", "soon", "5 weeks", "-3", "min"]) assert.equal(secondsOf(text, WORDS), null, text);
  });

  test("is written in its largest whole unit", () => {
    assert.deepEqual(inUnits(57600), [16, "h"]);
    assert.deepEqual(inUnits(300), [5, "min"]);
    assert.deepEqual(inUnits(80), [80, "s"]);
    assert.deepEqual(inUnits(0), [0, "s"]);
  });
});

describe("a list", () => {
  const builtIn = { category: { grocery: { names: { en: "Groceries", zh: "买菜" }, confirm: false } } };
  const row = (code, more) => ({
    list: "category",
    code,
    names: {},
    confirm: false,
    retired: false,
    ...more,
  });

  test("holds what is built in and what was defined", () => {
    const { category } = merged(builtIn, [row("pets", { names: { en: "Pets" }, confirm: true })]);
    assert.deepEqual(Object.keys(category), ["grocery", "pets"]);
    assert.equal(category.pets.confirm, true);
    assert.equal(category.grocery.own, false);
  });

  test("keeps built-in names that a definition does not replace", () => {
    const { category } = merged(builtIn, [row("grocery", { names: { en: "Food" }, retired: true })]);
    assert.deepEqual(category.grocery.names, { en: "Food", zh: "买菜" });
    assert.equal(category.grocery.retired, true);
  });
});

test("reasons on the board are the jurisdiction's own where it defines some", async () => {
  await speak("en");
  const rows = [
    { list: "release", code: "sick", names: {}, confirm: false, retired: true },
    { list: "release", code: "tide", names: { en: "High tide" }, confirm: false, retired: false },
  ];
  const terms = new Map(rows.map((row) => [row.code, row]));
  live.value = { jurisdiction: "2307", rows: (view) => (view === "terms" ? terms : new Map()) };
  assert.equal(codes("release").includes("sick"), false);
  assert.equal(codes("release").includes("tide"), true);
  assert.equal(termName("release", "tide"), "High tide");
  assert.equal(termName("release", "sick"), "Taken ill", "one that is not offered any more keeps its name");
  assert.equal(termName("release", "some_old_code"), "some old code");
});

test("the phone offers the reasons of the jurisdiction for going off duty", async () => {
  const { offered } = await import("../../web/go/reasons.js");
  const rows = [
    { list: "leave", code: "vehicle", names: {}, confirm: false, retired: true },
    {
      list: "leave",
      code: "flood",
      names: { en: "Flooded road", zh: "道路被淹" },
      confirm: false,
      retired: false,
    },
  ];
  assert.deepEqual(
    offered(rows, "zh", "leave").map(([, name]) => name),
    ["已下班", "身体不适", "其他", "道路被淹"],
  );
});
