import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { dayNumber, fromLocal, toLocal } from "../../web/lib/localtime.js";
import { timezone } from "../../web/lib/time.js";

/** The instant that a local time is, as HH:MMZ with its day: "2026-03-28 06:05Z". */
const instant = (zone, text) => {
  timezone.value = zone;
  return fromLocal(text)
    .replace("T", " ")
    .replace(/:00\.000Z$/, "Z");
};

beforeEach(() => {
  timezone.value = "Asia/Shanghai";
});

describe("local times that are typed", () => {
  for (const [zone, local, expected] of [
    ["Asia/Shanghai", "2026-03-28T14:05", "2026-03-28 06:05Z"],
    ["Asia/Shanghai", "2026-03-28T00:00", "2026-03-27 16:00Z"],
    ["UTC", "2026-03-28T14:05", "2026-03-28 14:05Z"],
    ["Asia/Kathmandu", "2026-03-28T14:05", "2026-03-28 08:20Z"],
    ["America/St_Johns", "2026-01-28T14:05", "2026-01-28 17:35Z"],
    ["Pacific/Kiritimati", "2026-01-01T00:30", "2025-12-31 10:30Z"],
    ["Pacific/Pago_Pago", "2025-12-31T23:30", "2026-01-01 10:30Z"],
  ])
    test(`${local} in ${zone} is ${expected}`, () => assert.equal(instant(zone, local), expected));

  test("the time zone of the machine has no effect", () => {
    assert.equal(process.env.TZ, "America/St_Johns");
    assert.equal(instant("Asia/Shanghai", "2026-07-01T12:00"), "2026-07-01 04:00Z");
  });
});

describe("when clocks go forward", () => {
  for (const [zone, local, expected] of [
    ["Europe/Berlin", "2026-03-29T01:59", "2026-03-29 00:59Z"],
    ["Europe/Berlin", "2026-03-29T03:00", "2026-03-29 01:00Z"],
    ["America/New_York", "2026-03-08T01:59", "2026-03-08 06:59Z"],
    ["America/New_York", "2026-03-08T03:00", "2026-03-08 07:00Z"],
  ])
    test(`${local} in ${zone} is ${expected}`, () => assert.equal(instant(zone, local), expected));

  for (const [zone, local, expected, shown] of [
    ["Europe/Berlin", "2026-03-29T02:30", "2026-03-29 01:30Z", "2026-03-29T03:30"],
    ["America/New_York", "2026-03-08T02:30", "2026-03-08 07:30Z", "2026-03-08T03:30"],
    ["Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03 15:45Z", "2026-10-04T02:45"],
  ])
    test(`${local} in ${zone}, which clocks skip, becomes ${shown}`, () => {
      assert.equal(instant(zone, local), expected);
      assert.equal(toLocal(fromLocal(local)), shown);
    });
});

describe("when clocks go back", () => {
  for (const [zone, local, expected] of [
    ["Europe/Berlin", "2026-10-25T02:30", "2026-10-25 00:30Z"],
    ["America/New_York", "2026-11-01T01:30", "2026-11-01 05:30Z"],
    ["Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04 14:45Z"],
  ])
    test(`${local} in ${zone}, which clocks show twice, is the first one`, () => {
      assert.equal(instant(zone, local), expected);
    });

  for (const [zone, local, expected] of [
    ["Europe/Berlin", "2026-10-25T01:59", "2026-10-24 23:59Z"],
    ["Europe/Berlin", "2026-10-25T03:00", "2026-10-25 02:00Z"],
    ["America/New_York", "2026-11-01T02:00", "2026-11-01 07:00Z"],
  ])
    test(`${local} in ${zone} is ${expected}`, () => assert.equal(instant(zone, local), expected));
});

describe("instants in inputs", () => {
  test("are shown in the jurisdiction's time, to the minute", () => {
    assert.equal(toLocal("2026-03-28T06:05:59Z"), "2026-03-28T14:05");
    assert.equal(toLocal(Date.parse("2026-03-28T06:05:59Z")), "2026-03-28T14:05");
  });

  test("midnight is 00:00 of the new day", () => {
    assert.equal(toLocal("2026-03-27T16:00:00Z"), "2026-03-28T00:00");
  });

  for (const [zone, twice] of [
    ["Europe/Berlin", ["2026-10-25T01:00:00.000Z"]],
    ["America/New_York", ["2026-11-01T06:00:00.000Z"]],
    ["Asia/Shanghai", []],
  ])
    test(`every hour in ${zone} leads back to itself, unless clocks show it a second time`, () => {
      timezone.value = zone;
      const strays = [];
      for (const [from, to] of [
        ["2026-03-07", "2026-03-30"],
        ["2026-10-24", "2026-11-02"],
      ])
        for (let at = Date.parse(from); at < Date.parse(to); at += 3600000)
          if (Date.parse(fromLocal(toLocal(at))) !== at) strays.push(new Date(at).toISOString());
      assert.deepEqual(strays, twice);
    });
});

describe("the number of a day", () => {
  test("the first day is day 1, until midnight", () => {
    assert.equal(dayNumber("2026-03-28T00:00:00+08:00", "2026-03-28T23:59:59+08:00"), 1);
    assert.equal(dayNumber("2026-03-28T23:59:59+08:00", "2026-03-29T00:00:00+08:00"), 2);
  });

  test("days are counted by the local calendar, not in 24 hours", () => {
    timezone.value = "Europe/Berlin";
    assert.equal(dayNumber("2026-03-28T23:30:00+01:00", "2026-03-30T00:30:00+02:00"), 3);
    assert.equal(dayNumber("2026-10-24T12:00:00+02:00", "2026-10-26T11:00:00+01:00"), 3);
  });
});
