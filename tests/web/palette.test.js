// The box that finds everything: what is compared, which actions it offers, how finds are shown and opened.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { speak } from "../../web/lib/i18n.js";
import { actions, folded, lineOf } from "../../web/lib/search/palette.js";
import { live } from "../../web/lib/store.js";

const ROWS = {
  areas: new Map([["230717", { area: "230717", name: "南山街道", parent: null, level: "street" }]]),
};

beforeEach(async () => {
  await speak("en");
  live.value = { jurisdiction: "2307", rows: (view) => ROWS[view] ?? new Map() };
});

test("case, accents, width and outer space make no difference", () => {
  assert.equal(folded("  JOSÉ Núñez "), "jose nunez");
  assert.equal(folded("Ｒ－0421"), "r-0421");
  assert.equal(folded("王小明"), "王小明");
});

test("pages and forms are found by any part of their name, and say that they are actions", () => {
  const found = actions("TEAM", ["overview", "teams"], ["request", "team"]);
  assert.deepEqual(
    found.map((one) => [one.id, one.to]),
    [
      ["page-teams", ["teams", {}]],
      ["new-team", ["enter", { id: "team" }]],
    ],
  );
  assert.deepEqual(new Set(found.map((one) => one.sub)), new Set(["Go"]));
  assert.deepEqual(actions("nothing like it", ["overview"], ["team"]), []);
});

test("finds are shown by what they are called, with where and what, and opened on their page", () => {
  const row = { area: "230717", category: "medicine", state: "open", contact_name: "李红" };
  const line = lineOf({ kind: "request", id: "R1", label: "R-0001", row });
  assert.deepEqual([line.label, line.to], ["R-0001", ["requests", { id: "R1" }]]);
  assert.match(line.sub, /^Request · Medicine · 李红 · 南山街道 · /);
  const worker = { role: "courier", area: "230717", presence: "available" };
  assert.deepEqual(lineOf({ kind: "worker", id: "W1", label: "C-0001 王*", row: worker }).to, [
    "workers",
    { id: "W1" },
  ]);
  assert.deepEqual(lineOf({ kind: "area", id: "230717", label: "南山街道", row: { area: "230717" } }).to, [
    "requests",
    { query: { area: "230717" } },
  ]);
});
