// Stations: status that expires, occupancy, and sums of uses.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { dots } from "../../web/lib/stations/map.js";
import { occupied } from "../../web/lib/stations/occupancy.js";
import { shownStatus } from "../../web/lib/stations/parts.js";
import { usesOf } from "../../web/lib/stations/uses.js";

describe("the live status of a station", () => {
  test("counts until it expires, then nobody knows", () => {
    const row = { status: "open", status_until: "2000-01-01T00:00:00Z" };
    assert.equal(shownStatus(row, { at: null }), "unknown");
    assert.equal(shownStatus({ ...row, status_until: "2999-01-01T00:00:00Z" }, { at: null }), "open");
    assert.equal(shownStatus(row, { at: "1999-12-31T23:00:00Z" }), "open");
    assert.equal(shownStatus({ status: null, status_until: null }, { at: null }), "unknown");
  });
});

describe("occupancy", () => {
  test("the fullest first, of those whose people and places are known", () => {
    const rows = [
      { station: "A", name: "A", present: 2, seats: 10, beds: null },
      { station: "B", name: "B", present: 12, seats: 10, beds: 8 },
      { station: "C", name: "C", present: null, seats: 10, beds: null },
      { station: "D", name: "D", present: 1, seats: null, beds: null },
    ];
    assert.deepEqual(
      occupied(rows).map(({ row, places, share }) => [row.station, places, share]),
      [
        ["B", 8, 1.5],
        ["A", 10, 0.2],
      ],
    );
  });
});

describe("uses", () => {
  test("are summed by hour and kind over days", () => {
    const days = [
      { uses: 2, by_hour: { 9: 2 }, by_service: { rest: 1, "": 1 } },
      { uses: 1, by_hour: { 23: 1 }, by_service: { rest: 1 } },
    ];
    assert.deepEqual(usesOf(days), { all: 3, byHour: { 9: 2, 23: 1 }, byService: { rest: 2, "": 1 } });
  });
});

test("the sketch has each station with a place where it is, north at the top", () => {
  const row = (station, lat, lon) => ({ station, lat, lon, status: null, status_until: null });
  const rows = [row("S", 47.7, 128.8), row("N", 47.8, 128.8), row("X", null, null)];
  const found = dots(rows, { at: null });
  assert.deepEqual(
    found.map((one) => [one.row.station, one.status]),
    [
      ["S", "unknown"],
      ["N", "unknown"],
    ],
  );
  assert.ok(found[1].y < found[0].y);
});
