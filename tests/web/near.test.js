// The public page of stations: what is open until when, the nearest first, links, and the sketch.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import en from "../../web/i18n/en/near.js";
import zh from "../../web/i18n/zh/near.js";
import { ahead, drawn, links, listed, metres, stateOf } from "../../web/near/core.js";

const NOON = Date.parse("2026-03-04T12:00:00+08:00");
const HOUR = 3600000;
const WEEK = NOON + 7 * 24 * HOUR;
const seconds = (at) => at / 1000;
const open = [
  [seconds(NOON - HOUR), seconds(NOON + HOUR), 1],
  [seconds(NOON + 20 * HOUR), seconds(NOON + 30 * HOUR), 0],
];
const state = (station, at) => stateOf(station, at, WEEK);

describe("whether a station is open", () => {
  test("goes by its intervals, each with its end or the next beginning", () => {
    assert.deepEqual(state({ open }, NOON), { state: "open", until: NOON + HOUR });
    assert.deepEqual(state({ open }, NOON + 2 * HOUR), { state: "closed", until: NOON + 20 * HOUR });
    assert.deepEqual(state({ open }, NOON + 21 * HOUR), { state: "unconfirmed", until: NOON + 30 * HOUR });
    assert.deepEqual(state({ open }, NOON + 40 * HOUR), { state: "closed" });
  });

  test("what somebody said counts first, until it expires", () => {
    const said = { open, status: "closed", status_until: new Date(NOON + HOUR / 2).toISOString() };
    assert.equal(state(said, NOON).state, "closed");
    assert.equal(state(said, NOON + HOUR / 2).state, "open");
  });

  test("is not said to end where only what is known ends", () => {
    const always = [[seconds(NOON - HOUR), Math.floor(seconds(WEEK)), 1]];
    assert.deepEqual(stateOf({ open: always }, NOON, WEEK + 500), { state: "open" });
  });

  test("is not known without hours, and after the last known instant", () => {
    assert.deepEqual(state({}, NOON), { state: "unknown" });
    assert.deepEqual(state({ open }, WEEK), { state: "unknown" });
  });
});

describe("the clock", () => {
  test("is that of the service, which plays in another time in a demo", () => {
    assert.equal(ahead("2022-03-31T02:00:00Z", "Wed, 30 Mar 2022 02:00:00 GMT"), 24 * HOUR);
  });

  test("is the device's for an answer that the service made some minutes before it was sent", () => {
    assert.equal(ahead("2026-03-04T04:00:00Z", "Wed, 04 Mar 2026 04:05:00 GMT"), 0);
    assert.equal(ahead("2026-03-04T04:00:00Z", null), 0);
  });
});

describe("the list", () => {
  const stations = [
    { name: "B", lat: 47.74, lon: 128.84, services: ["rest"], open },
    { name: "A", lat: 47.8, lon: 128.84, services: ["charging"] },
  ];
  const wanted = { from: null, now: NOON, knownUntil: WEEK, onlyOpen: false, service: "" };
  const names = (more) => listed(stations, { ...wanted, ...more }).map(({ station }) => station.name);

  test("has the nearest first, and is by name without a position", () => {
    assert.deepEqual(names({ from: { lat: 47.73, lon: 128.84 } }), ["B", "A"]);
    assert.deepEqual(names({}), ["A", "B"]);
  });

  test("can be limited to a service and to what is certainly open", () => {
    assert.deepEqual(names({ service: "charging" }), ["A"]);
    assert.deepEqual(names({ onlyOpen: true }), ["B"]);
    assert.deepEqual(names({ onlyOpen: true, now: NOON + 21 * HOUR }), []);
  });
});

test("distances are great-circle, over the date line too", () => {
  assert.equal(Math.round(metres({ lat: 0, lon: 179.5 }, { lat: 0, lon: -179.5 })), 111195);
});

test("each link has the point in its own datum, and the name escaped", () => {
  const to = links({ name: "A&B", lat: 1, lon: 2, gcj: [1.1, 2.1], bd: [1.2, 2.2] });
  assert.ok(to.amap.includes("position=2.1,1.1&name=A%26B&coordinate=gaode"));
  assert.ok(to.baidu.includes("location=1.2,2.2&title=A%26B"));
  assert.equal(to.geo, "geo:1,2?q=1,2(A%26B)");
});

describe("the sketch", () => {
  test("has north at the top and keeps everything inside", () => {
    const [north, south] = drawn([
      { lat: 48, lon: 128 },
      { lat: 47, lon: 129 },
    ]);
    assert.ok(north.y < south.y && north.x < south.x);
    for (const one of [north.x, north.y, south.x, south.y]) assert.ok(one >= 0 && one <= 100);
  });

  test("of one place has it in the middle", () => {
    assert.deepEqual(drawn([{ lat: 48, lon: 128 }]), [{ x: 50, y: 50 }]);
  });
});

test("both languages have the same texts with the same placeholders", () => {
  assert.deepEqual(Object.keys(zh), Object.keys(en));
  for (const [key, text] of Object.entries(zh))
    assert.deepEqual(text.match(/\{\w+\}/g), en[key].match(/\{\w+\}/g), key);
});
