import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inUnits, secondsOf } from "../../web/lib/settings/duration.js";
import { merged } from "../../web/lib/terms.js";

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
