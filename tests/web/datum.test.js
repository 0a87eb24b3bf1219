import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DATUMS, fromWgs84, toWgs84 } from "../../web/lib/datum.js";
import { python } from "./support/python.js";

const METRES = 111320;

/** Distance of two near points in metres. */
const metres = ([lon, lat], [other, there]) =>
  Math.hypot((lon - other) * METRES * Math.cos((lat * Math.PI) / 180), (lat - there) * METRES);

function near(actual, expected, most) {
  const distance = metres(actual, expected);
  assert.ok(distance <= most, `${actual} is ${distance} m from ${expected}`);
}

// Points with which eviltransform and coordtransform are tested.
const PUBLISHED = [
  ["Shanghai", [121.5272106, 31.1774276], [121.531541859215, 31.17530398364597]],
  ["Shenzhen", [113.912316, 22.543847], [113.9171764808363, 22.540796131694766]],
  ["Beijing", [116.377817, 39.911954], [116.38404722455657, 39.91334545536069]],
  ["Beijing, Tiananmen", [116.404, 39.915], [116.41024449916938, 39.91640428150164]],
];

// A grid over the mainland, Hainan and Taiwan.
const GRID = [];
for (let lon = 75; lon <= 134; lon += 5.9) for (let lat = 18; lat <= 53; lat += 3.5) GRID.push([lon, lat]);

describe("WGS-84 to the datums of Chinese maps", () => {
  for (const [place, wgs84, gcj02] of PUBLISHED) {
    test(`GCJ-02 agrees with the published point of ${place}`, () => {
      near(fromWgs84(wgs84, "GCJ-02"), gcj02, 0.001);
    });
  }

  test("BD-09 agrees with the published point", () => {
    const gcj02 = [116.404, 39.915];
    near(fromWgs84(toWgs84(gcj02, "GCJ-02"), "BD-09"), [116.41036949371029, 39.92133699351021], 0.2);
  });

  test("GCJ-02 shifts by 50 to 1000 m inside China", () => {
    for (const point of GRID) {
      const distance = metres(fromWgs84(point, "GCJ-02"), point);
      assert.ok(distance > 50 && distance < 1000, `${point}: ${distance} m`);
    }
  });

  test("WGS-84 stays as it is, also with many decimals", () => {
    const point = [116.3778171234567, 39.9119541234567];
    assert.deepEqual(fromWgs84(point, "WGS-84"), point);
  });
});

describe("the datums of Chinese maps to WGS-84", () => {
  for (const [place, wgs84, gcj02] of PUBLISHED) {
    test(`GCJ-02 leads back to the point of ${place}`, () => near(toWgs84(gcj02, "GCJ-02"), wgs84, 0.15));
  }

  for (const datum of DATUMS) {
    test(`a round trip through ${datum} ends within 15 cm`, () => {
      for (const point of GRID) near(toWgs84(fromWgs84(point, datum), datum), point, 0.15);
    });

    test(`points in ${datum} are rounded to six decimals`, () => {
      for (const point of GRID)
        for (const value of toWgs84(point, datum)) assert.equal(value, Number(value.toFixed(6)));
    });
  }
});

describe("outside China", () => {
  const ABROAD = [
    ["New York", [-73.9857, 40.7484]],
    ["Sydney", [151.2153, -33.8568]],
    ["west of the rectangle", [72.003, 40]],
    ["east of the rectangle", [137.8348, 40]],
    ["south of the rectangle", [105, 0.829]],
    ["north of the rectangle", [105, 55.8272]],
  ];
  for (const [place, point] of ABROAD) {
    test(`all datums are the same: ${place}`, () => {
      for (const datum of DATUMS) {
        assert.deepEqual(fromWgs84(point, datum), point);
        assert.deepEqual(toWgs84(point, datum), point);
      }
    });
  }

  test("the edges of the rectangle still belong to it", () => {
    for (const edge of [
      [72.004, 40],
      [137.8347, 40],
      [105, 0.8293],
      [105, 55.8271],
    ])
      assert.notDeepEqual(fromWgs84(edge, "GCJ-02"), edge);
  });
});

describe("the service", () => {
  test("converts every point of a grid to the same place as the page", () => {
    const script = `
import json, sys
from services.locations.datum import gcj02_to_bd09, to_wgs84, wgs84_to_gcj02
out = []
for lon, lat in json.load(sys.stdin):
    gcj02 = wgs84_to_gcj02(lon, lat)
    bd09 = gcj02_to_bd09(*gcj02)
    out.append([[lon, lat], gcj02, bd09, [to_wgs84(lon, lat, d) for d in ("WGS-84", "GCJ-02", "BD-09")]])
print(json.dumps(out))`;
    const points = [...GRID, [-73.9857, 40.7484], [151.2153, -33.8568]];
    const answers = python(script, points);
    assert.equal(answers.length, points.length);
    for (const [point, gcj02, bd09, back] of answers) {
      near(fromWgs84(point, "GCJ-02"), gcj02, 1e-6);
      near(fromWgs84(point, "BD-09"), bd09, 1e-6);
      DATUMS.forEach((datum, index) => {
        near(toWgs84(point, datum), back[index], 1e-6);
      });
    }
  });
});
