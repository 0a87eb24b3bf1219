import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  blank,
  dayAfter,
  facts,
  fault,
  identified,
  isBlank,
  outcome,
  pasted,
  timeOfDay,
} from "../../web/lib/people/lines.js";

const line = (more) => ({ ...blank(1), ...more });

describe("times of day on paper lists", () => {
  for (const [text, time] of [
    ["8", "08:00"],
    ["8:30", "08:30"],
    ["8.30", "08:30"],
    ["830", "08:30"],
    ["0830", "08:30"],
    ["08:30", "08:30"],
    ["8：30", "08:30"],
    ["8点30", "08:30"],
    ["8点30分", "08:30"],
    ["8点", "08:00"],
    ["8时", "08:00"],
    [" 23:59 ", "23:59"],
    ["0", "00:00"],
    ["000", "00:00"],
  ])
    test(`"${text}" is ${time}`, () => assert.equal(timeOfDay(text), time));

  for (const text of ["", "24:00", "8:60", "8:3", "eight", "-8", "8:30:00", "12345", "1999"])
    test(`"${text}" is none`, () => assert.equal(timeOfDay(text), null));
});

describe("a line of the list", () => {
  test("is blank until a name or a time is typed", () => {
    assert.ok(isBlank(line()));
    assert.ok(isBlank(line({ who: "  ", area: "2307" })));
    for (const name of ["who", "came", "went"]) assert.ok(!isBlank(line({ [name]: "8" })), name);
  });

  const NOW = Date.parse("2026-03-28T12:00:00Z");
  const at = (text) => () => [{ at: text }];
  const past = at("2026-03-28T12:00:00Z");
  const good = line({ who: "W1", area: "2307", came: "8", went: "11" });

  test("can be sent if nothing is missing", () => assert.equal(fault(good, "W1", past, NOW), null));

  for (const [what, changes, worker, key] of [
    ["an unknown worker", {}, undefined, "people.line.who"],
    ["no times", { came: " ", went: "" }, "W1", "people.line.times"],
    ["an unreadable time in", { came: "x" }, "W1", "people.line.came"],
    ["an unreadable time out", { went: "25" }, "W1", "people.line.went"],
    ["a time in without an area", { area: "" }, "W1", "people.line.area"],
  ])
    test(`cannot be sent with ${what}`, () => {
      assert.equal(fault({ ...good, ...changes }, worker, past, NOW), key);
    });

  test("cannot be sent with a time in the future", () => {
    assert.equal(fault(good, "W1", at("2026-03-28T12:00:00.001Z"), NOW), "people.line.future");
  });

  test("needs no area if it has only a time out", () => {
    assert.equal(fault({ ...good, came: "", area: "" }, "W1", past, NOW), null);
  });
});

describe("the facts of a line", () => {
  const made = (more) => facts(line({ area: "2307", ...more }), "W1", "2026-02-28", (text) => `${text}Z`);

  test("are a check-in with the area and a check-out, both observed", () => {
    assert.deepEqual(made({ came: "8", went: "17.30" }), [
      {
        name: "worker.check_in",
        at: "2026-02-28T08:00Z",
        observed: true,
        data: { worker: "W1", area: "2307" },
      },
      { name: "worker.check_out", at: "2026-02-28T17:30Z", observed: true, data: { worker: "W1" } },
    ]);
  });

  test("may be only one of the two", () => {
    assert.deepEqual(
      made({ came: "8" }).map(({ name }) => name),
      ["worker.check_in"],
    );
    assert.deepEqual(
      made({ went: "8" }).map(({ name }) => name),
      ["worker.check_out"],
    );
  });

  test("a time out before the time in is of the next day", () => {
    assert.equal(made({ came: "22", went: "6" })[1].at, "2026-03-01T06:00Z");
  });

  test("a time out equal to the time in is of the same day", () => {
    assert.equal(made({ came: "8", went: "8" })[1].at, "2026-02-28T08:00Z");
  });

  test("a time out alone is of the day of the list", () => {
    assert.equal(made({ went: "6" })[0].at, "2026-02-28T06:00Z");
  });
});

describe("the day after", () => {
  for (const [date, next] of [
    ["2026-03-28", "2026-03-29"],
    ["2026-02-28", "2026-03-01"],
    ["2028-02-28", "2028-02-29"],
    ["2026-12-31", "2027-01-01"],
  ])
    test(`${date} is ${next}`, () => assert.equal(dayAfter(date), next));
});

describe("ids of facts", () => {
  const fact = { name: "worker.check_in", at: "2026-03-28T08:00Z", data: { worker: "W1" } };
  let made;
  const uuid = () => {
    made += 1;
    return `id-${made}`;
  };
  const idsOf = (line, given, ids) => identified(line, given, ids, uuid).map(({ id }) => id);

  test("sending a line again uses the same ids", () => {
    made = 0;
    const ids = new Map();
    assert.deepEqual(idsOf(line(), [fact], ids), ["id-1"]);
    assert.deepEqual(idsOf(line(), [{ ...fact }], ids), ["id-1"]);
  });

  test("a changed fact gets a new id", () => {
    made = 0;
    const ids = new Map();
    idsOf(line(), [fact], ids);
    assert.deepEqual(idsOf(line(), [{ ...fact, at: "2026-03-28T09:00Z" }], ids), ["id-2"]);
  });

  test("the same fact on another line has its own id", () => {
    made = 0;
    const ids = new Map();
    idsOf(line(), [fact], ids);
    assert.deepEqual(idsOf({ ...line(), key: 2 }, [fact], ids), ["id-2"]);
  });
});

describe("the outcome of a line", () => {
  test("is the worst of its facts", () => {
    const order = ["pending", "refused", "accepted", "known", "unchanged"];
    for (let at = 1; at < order.length; at += 1) {
      const pair = [{ outcome: order[at] }, { outcome: order[at - 1] }];
      assert.equal(outcome(pair).outcome, order[at - 1]);
      assert.equal(outcome(pair.reverse()).outcome, order[at - 1]);
    }
  });

  test("keeps the code of the refusal", () => {
    assert.equal(outcome([{ outcome: "accepted" }, { outcome: "refused", code: "x" }]).code, "x");
  });

  test("is null without facts", () => assert.equal(outcome([]), null));
});

describe("lines pasted from a spreadsheet", () => {
  const row = (who, area, came, went) => ({ who, area, came, went });

  test("four columns are the worker, the area and the times", () => {
    assert.deepEqual(pasted("W1\tGate 3\t8:00\t17:00\nW2\tGate 4\t9:00\t18:00"), [
      row("W1", "Gate 3", "8:00", "17:00"),
      row("W2", "Gate 4", "9:00", "18:00"),
    ]);
  });

  test("three columns are the worker and the times", () => {
    assert.deepEqual(pasted("W1\t8:00\t17:00"), [{ who: "W1", came: "8:00", went: "17:00" }]);
  });

  test("one column is a list of workers", () => {
    assert.deepEqual(pasted("W1\nW2"), [row("W1", "", "", ""), row("W2", "", "", "")]);
  });

  test("lines may end with CR LF, also the last one", () => {
    assert.equal(pasted("W1\tA\t8\t9\r\nW2\tA\t8\t9\r\n").length, 2);
  });

  test("spaces around a value do not count", () => {
    assert.deepEqual(pasted(" W1 \t A \t 8 \t 9 "), [row("W1", "A", "8", "9")]);
  });

  test("an empty last cell stays a cell, also on the last line", () => {
    const expected = [row("W1", "A", "8:00", ""), row("W2", "A", "9:00", "")];
    assert.deepEqual(pasted("W1\tA\t8:00\t\r\nW2\tA\t9:00\t\r\n"), expected);
  });

  test("an empty first cell stays a cell, also on the first line", () => {
    assert.deepEqual(pasted("\tA\t8:00\t9:00"), [row("", "A", "8:00", "9:00")]);
  });
});
