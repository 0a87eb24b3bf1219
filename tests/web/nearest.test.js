// Stations on the courier's page: the nearest that fits, scans that count once, and a keeper's word.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  again,
  counted,
  nearest,
  numberOf,
  offered,
  statusOf,
  withUnsent,
  withWord,
  word,
} from "../../web/go/nearest.js";

const NOON = Date.parse("2026-03-04T12:00:00+08:00");
const HOUR = 3600000;
const at = (hours) => new Date(NOON + hours * HOUR).toISOString();
const always = [[0, 9e9, 1]];
const map = {
  known_until: at(7 * 24),
  stations: [
    { id: "S1", name: "One", lat: 47.73, lon: 128.84, services: ["rest"], open: always },
    { id: "S2", name: "Two", lat: 47.74, lon: 128.84, services: ["charging", "rest"], open: always },
    { id: "S3", name: "Three", lat: 47.731, lon: 128.84, services: ["charging"], open: [] },
  ],
};
const from = { lat: 47.73, lon: 128.84 };
const found = (more) => {
  const answer = nearest(map, { from, now: NOON, service: "", ...more });
  return [answer.known, ...answer.found.map(({ station }) => station.id)];
};

describe("the nearest stations", () => {
  test("are open for certain and offer what is needed", () => {
    assert.deepEqual(found({}), [true, "S1", "S2"]);
    assert.deepEqual(found({ service: "charging" }), [true, "S2"]);
    assert.deepEqual(found({ most: 1 }), [true, "S1"]);
  });

  test("are all that offer it once nobody knows what is open", () => {
    assert.deepEqual(found({ service: "charging", now: NOON + 7 * 24 * HOUR }), [false, "S3", "S2"]);
  });

  test("can be asked for what is offered most first", () => {
    assert.deepEqual(offered(map.stations), ["charging", "rest"]);
    assert.deepEqual(offered([...map.stations, { services: ["rest"] }]), ["rest", "charging"]);
  });
});

test("the same code scanned again within ten minutes is the same use", () => {
  const first = { station: "S1", at: at(0) };
  assert.equal(again(null, first), false);
  assert.equal(again(first, { station: "S1", at: at(0.1) }), true);
  assert.equal(again(first, { station: "S2", at: at(0.1) }), false);
  assert.equal(again(first, { station: "S1", at: at(1) }), false);
});

describe("a keeper's word", () => {
  const row = { station: "S1", status: null, present: null };

  test("counts four hours, then nobody knows", () => {
    const after = withWord(row, word("S1", { status: "open", present: 3 }, NOON), at(0));
    assert.equal(after.status_until, at(4));
    assert.deepEqual(
      [3.9, 4].map((hours) => statusOf(after, NOON + hours * HOUR)),
      ["open", "unknown"],
    );
    assert.deepEqual(
      [3.9, 4].map((hours) => numberOf(after, "present", NOON + hours * HOUR)),
      [3, null],
    );
  });

  test("leaves what it does not say, and other stations", () => {
    const open = withWord(row, word("S1", { status: "open" }, NOON), at(0));
    const both = withWord(open, word("S1", { present: 2 }, NOON + HOUR), at(1));
    assert.deepEqual([both.status, both.status_until, both.present], ["open", at(4), 2]);
    assert.equal(withWord(row, word("S2", { status: "full" }, NOON), at(0)), row);
  });

  test("shows before it is sent, and not once it is refused", () => {
    const said = { name: "station.report", data: word("S1", { status: "full" }, NOON), at: at(0) };
    const shown = (state) => withUnsent(row, [{ ...said, state }]).status;
    assert.deepEqual([shown("waiting"), shown("refused")], ["full", null]);
  });

  test("told by the service counts as long as its report", () => {
    const told = {
      ...row,
      present: 5,
      reports: [
        { until: at(1), present: 5 },
        { until: at(2), seats: 1 },
      ],
    };
    assert.equal(numberOf(told, "present", NOON), 5);
    assert.equal(numberOf(told, "present", NOON + HOUR), null);
  });
});

test("uses are counted by station and day", () => {
  const uses = [
    { station: "S1", day: "2026-03-04", act: "a" },
    { station: "S1", day: "2026-03-03", act: "b" },
    { station: "S2", day: "2026-03-04", act: "c" },
  ];
  assert.equal(counted(uses, "S1", "2026-03-04"), 1);
});
