import assert from "node:assert/strict";
import { after, beforeEach, describe, mock, test } from "node:test";

const NOW = Date.parse("2026-03-28T06:05:09Z");
mock.timers.enable({ apis: ["Date", "setInterval"], now: NOW });

const { speak } = await import("../../web/lib/i18n.js");
const time = await import("../../web/lib/time.js");
const {
  ahead,
  day,
  heardClock,
  hhmm,
  hhmmss,
  localDate,
  now,
  scenario,
  since,
  span,
  stamp,
  timezone,
  worked,
} = time;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const iso = (ms) => new Date(ms).toISOString();

beforeEach(async () => {
  mock.timers.tick(SECOND); // else the last test's time is still shown
  timezone.value = "Asia/Shanghai";
  scenario.value = false;
  heardClock(iso(Date.now()));
  await speak("en");
});

after(() => mock.timers.reset());

describe("the service's clock", () => {
  test("is the machine's clock with the difference that was last heard", () => {
    heardClock(iso(Date.now() + 90 * SECOND));
    assert.equal(ahead(), 90 * SECOND);
    assert.equal(now.value, Date.now() + 90 * SECOND);
  });

  test("goes on each second", () => {
    const before = now.value;
    mock.timers.tick(999);
    assert.equal(now.value, before);
    mock.timers.tick(1);
    assert.equal(now.value, before + SECOND);
  });

  test("does not follow differences up to a quarter of a second, which a network makes", () => {
    heardClock(iso(Date.now() + 250));
    assert.equal(ahead(), 0);
    heardClock(iso(Date.now() - 251));
    assert.equal(ahead(), -251);
    heardClock(iso(Date.now() - 400));
    assert.equal(ahead(), -251);
  });

  test("of a scenario stands still until it is heard again", () => {
    scenario.value = true;
    heardClock("2022-03-28T00:00:00Z");
    mock.timers.tick(5 * SECOND);
    assert.equal(now.value, Date.parse("2022-03-28T00:00:00Z"));
    heardClock("2022-03-28T00:15:00Z");
    assert.equal(now.value, Date.parse("2022-03-28T00:15:00Z"));
  });

  test("of a scenario is ahead by what separates it from the machine's clock", () => {
    scenario.value = true;
    heardClock(iso(Date.now() - DAY));
    assert.equal(ahead(), -DAY);
    mock.timers.tick(MINUTE);
    assert.equal(ahead(), -DAY - MINUTE);
  });
});

describe("instants", () => {
  test("are shown in the jurisdiction's time zone", () => {
    assert.equal(hhmm(NOW), "14:05");
    assert.equal(hhmmss(NOW), "14:05:09");
    assert.equal(localDate(NOW), "2026-03-28");
  });

  test("follow the time zone when it changes", () => {
    timezone.value = "America/New_York";
    assert.equal(hhmm(NOW), "02:05");
    timezone.value = "Pacific/Kiritimati";
    assert.equal(localDate("2026-03-28T10:00:00Z"), "2026-03-29");
  });

  test("may be given as text or in milliseconds", () => assert.equal(hhmm(iso(NOW)), hhmm(NOW)));

  test("midnight is 00:00, never 24:00", () => assert.equal(hhmm("2026-03-27T16:00:00Z"), "00:00"));

  test("have a day and a time, without the year if it is the present one", () => {
    assert.match(stamp(NOW), /^28 Mar,? 14:05$/);
    assert.match(day(NOW), /^Sat,? 28 Mar$/);
  });

  test("name the year if it is another one", () => {
    assert.match(stamp("2025-12-31T15:59:00Z"), /^31 Dec 2025,? 23:59$/);
    assert.match(day("2025-12-31T15:59:00Z"), /2025/);
  });

  test("belong to the year of the jurisdiction's time zone", () => {
    assert.doesNotMatch(stamp("2025-12-31T16:00:00Z"), /20\d\d/);
  });

  test("are written in the language shown", async () => {
    await speak("zh");
    assert.equal(hhmm(NOW), "14:05");
    assert.match(stamp(NOW), /^3月28日 ?14:05$/);
  });
});

describe("durations", () => {
  for (const [milliseconds, text] of [
    [0, "0 s"],
    [40 * SECOND, "40 s"],
    [59.4 * SECOND, "59 s"],
    [59.5 * SECOND, "1 min"],
    [12 * MINUTE + 59 * SECOND, "12 min"],
    [HOUR, "1 h 0 min"],
    [3 * HOUR + 5 * MINUTE, "3 h 5 min"],
    [DAY - SECOND, "23 h 59 min"],
    [DAY, "1 d 0 h"],
    [2 * DAY + 23 * HOUR, "2 d 23 h"],
    [-5 * SECOND, "0 s"],
  ])
    test(`${milliseconds / 1000} seconds are ${text}`, () => assert.equal(span(milliseconds), text));

  test("since an instant go by the service's clock", () => {
    heardClock(iso(Date.now() + HOUR));
    assert.equal(since(Date.now()), "1 h 0 min");
    assert.equal(since(iso(Date.now())), "1 h 0 min");
  });

  test("of work are in hours and minutes, also beyond a day", () => {
    assert.equal(worked(8 * 3600 + 59), "8 h 0 min");
    assert.equal(worked(1234 * 3600 + 5 * 60), "1,234 h 5 min");
    assert.equal(worked(-1), "0 h 0 min");
  });
});
