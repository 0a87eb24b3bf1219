// Whether a post is held or vacant, and the printed tree of who answers for what.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { speak } from "../../web/lib/i18n.js";
import { linesOf, PRINTED } from "../../web/lib/posts/paper.js";
import { holderOf, isHeld, isVacant, vacantSince } from "../../web/lib/posts/posts.js";

await speak("en");

const POSTS = [
  { post: "P1", name: "Head", first: true, holder_name: "Person 001", charges: [] },
  { post: "P2", name: "Officer", vacant_since: "2022-03-01T00:00:00Z", rises_to: "P1", charges: [] },
];
const UNITS = [
  { unit: "U1", name: "Committee", duty: "lead", depth: 0, posts: ["P1"] },
  { unit: "U2", name: "Street", duty: null, depth: 1, posts: ["P2", "hidden"] },
  { unit: "U3", name: "Station", duty: null, depth: 2, posts: [] },
];
const NO_GAPS = { gaps_trades: [], gaps_areas: [], gaps_areas_count: 0 };
const cells = (data) =>
  linesOf({ units: UNITS, posts: POSTS, ...data }).map((line) =>
    PRINTED.columns.map(({ of }) => of(line) || ""),
  );

test("a post can be filled once its term has run out, which no event says", () => {
  const row = { state: "held", until: "2022-03-02T00:00:00Z", vacant_since: null, holder_name: "P" };
  const [before, after, live] = ["2022-03-01T23:59:59Z", row.until, null].map((at) => ({ at }));
  assert.deepEqual([isHeld(row, before), isVacant(row, before)], [true, false]);
  assert.equal(holderOf(row, before), "P");
  for (const source of [after, live]) {
    assert.deepEqual([isHeld(row, source), isVacant(row, source)], [false, true]);
    assert.equal(vacantSince(row, source), row.until);
    assert.equal(holderOf(row, source), null);
  }
});

describe("the printed tree", () => {
  test("has a line for each post below its unit, and for a unit without posts", () => {
    const [first, second, third, ...rest] = cells(NO_GAPS);
    assert.match(first[0], /^Committee/);
    assert.match(first[1], /^Head · /);
    assert.equal(first[2], "Person 001");
    assert.deepEqual(second.slice(0, 2), ["\u2003Street", "Officer"]);
    assert.match(second[2], /Head/);
    assert.deepEqual(third, ["\u2003\u2003Station", "", "", ""]);
    assert.deepEqual(rest, []);
  });

  test("ends with what nobody answers for", () => {
    const last = cells({ gaps_trades: [], gaps_areas: [{ code: "230717" }], gaps_areas_count: 3 }).at(-1);
    assert.match(last[0], /3/);
    assert.match(last[3], /230717.* · .*2/);
  });
});
