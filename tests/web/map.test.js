import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { graticule, spacing } from "../../web/lib/map/graticule.js";
import { areaAt, centre, covers } from "../../web/lib/map/inside.js";

const square = (lon, lat, side) => [
  [lon, lat],
  [lon + side, lat],
  [lon + side, lat + side],
  [lon, lat + side],
  [lon, lat],
];
const LEVELS = { city: { level: 1 }, block: { level: 2 }, gone: { level: 3, closed: true } };
const ROWS = [
  { area: "city", boundary: [[square(0, 0, 10), square(4, 4, 2)]] },
  { area: "block", boundary: [[square(0, 0, 1)], [square(8, 8, 1)]] },
  { area: "gone", boundary: [[square(0, 0, 1)]] },
];
const at = (point) => areaAt(ROWS, (code) => LEVELS[code], point);

describe("the area of a place", () => {
  test("is the lowest open one that contains it", () => {
    assert.equal(at([0.5, 0.5]), "block");
    assert.equal(at([8.5, 8.5]), "block");
    assert.equal(at([3, 3]), "city");
  });
  test("is none outside of all, and in a hole", () => {
    assert.equal(at([11, 5]), null);
    assert.equal(at([5, 5]), null);
    assert.equal(covers([], [0, 0]), false);
  });
});

test("a name stands in the middle of the largest part", () => {
  assert.deepEqual(centre([[square(0, 0, 1)], [square(10, 20, 2)]]), [11, 21]);
  assert.equal(centre([]), null);
});

describe("lines of longitude and latitude", () => {
  test("are no denser than there is room for", () => {
    assert.equal(spacing(4, 5), 1);
    assert.equal(spacing(0.031, 3.5), 0.01);
    assert.equal(spacing(360, 4), 30);
  });
  test("carry their degrees at the left and the upper edge", () => {
    const { features } = graticule([-0.6, 47.4, 1.2, 48.6], [5, 5]);
    const labels = features.map((one) => one.properties.label).filter(Boolean);
    assert.deepEqual(labels, ["0.5°W", "0.0°", "0.5°E", "1.0°E", "47.5°N", "48.0°N", "48.5°N"]);
    assert.ok(features.every(({ geometry }) => geometry.coordinates.flat(2).every(Number.isFinite)));
  });
});
