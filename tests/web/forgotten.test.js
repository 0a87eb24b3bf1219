// Proposed ends of a forgotten duty.
import assert from "node:assert/strict";
import { test } from "node:test";
import { proposals } from "../../web/lib/people/forgotten.js";

const H = 3600000;

test("the last sign of life comes first, then shifts that end after it", () => {
  assert.deepEqual(proposals(0, 9 * H, 20 * H), [
    { key: "sign", at: 9 * H },
    { key: "shift_12", at: 12 * H },
  ]);
});

test("without a sign since the check-in, a usual shift comes first", () => {
  assert.deepEqual(
    proposals(0, 0, 20 * H).map((one) => one.key),
    ["shift_8", "shift_12", "sign"],
  );
});

test("no proposal lies in the future", () => {
  assert.deepEqual(
    proposals(0, 0, 9 * H).map((one) => one.key),
    ["shift_8", "sign"],
  );
});
