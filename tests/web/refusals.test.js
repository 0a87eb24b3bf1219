import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import english from "../../web/i18n/en/board_refusals.js";
import { speak } from "../../web/lib/i18n.js";
import { reason } from "../../web/lib/refusals.js";
import { heardClock, timezone } from "../../web/lib/time.js";

// Entries as the service generates them, for codes that it does not have.
const ENTRIES = {
  "test.sentences": {
    sentences: ["{unit} is busy until {until}.", "{unit} is busy."],
    meaning: "A unit is busy.",
  },
  "test.variants": {
    sentences: ["Not possible."],
    variants: { late: ["Too late for {unit}."] },
    meaning: "Not possible in general.",
  },
  "test.words": {
    sentences: ["The task is {state}.", "Choose one of {names}."],
    words: { state: { done: "finished" } },
    meaning: "The task has another state.",
  },
};

beforeEach(async () => {
  await speak("en");
  Object.assign(english, ENTRIES);
  timezone.value = "Asia/Shanghai";
  heardClock("2026-03-28T00:00:00Z");
});

describe("the reason of a refusal", () => {
  test("is the first sentence whose values are all given", () => {
    assert.equal(reason({ code: "test.sentences", values: { unit: "T1" } }), "T1 is busy.");
    assert.match(
      reason({ code: "test.sentences", values: { unit: "T1", until: "soon" } }),
      /^T1 is busy until soon\.$/,
    );
  });

  test("names instants in the jurisdiction's time", () => {
    const values = { unit: "T1", until: "2026-03-28T06:05:00Z" };
    assert.match(reason({ code: "test.sentences", values }), /until 28 Mar,? 14:05\.$/);
  });

  test("is a sentence of its own for a variant", () => {
    assert.equal(
      reason({ code: "test.variants", values: { variant: "late", unit: "T1" } }),
      "Too late for T1.",
    );
    assert.equal(reason({ code: "test.variants", values: { variant: "other" } }), "Not possible.");
  });

  test("names codes in words", () => {
    assert.equal(reason({ code: "test.words", values: { state: "done" } }), "The task is finished.");
    assert.equal(reason({ code: "test.words", values: { state: "odd" } }), "The task is odd.");
  });

  test("lists several values with commas", () => {
    assert.equal(reason({ code: "test.words", values: { names: ["a", "b"] } }), "Choose one of a, b.");
  });

  test("takes marks of direction out of values", () => {
    assert.equal(reason({ code: "test.sentences", values: { unit: "\u202eT1" } }), "T1 is busy.");
  });

  test("is the service's own sentence if values are missing", () => {
    assert.equal(reason({ code: "test.sentences", detail: "W1 is busy." }), "W1 is busy.");
  });

  test("is what the code means in general if there is nothing better", () => {
    assert.equal(reason({ code: "test.sentences" }), "A unit is busy.");
  });

  test("of an unknown code is the service's sentence, or else the code", () => {
    assert.equal(reason({ code: "test.unknown", detail: "Something else." }), "Something else.");
    assert.equal(reason({ code: "test.unknown" }), "test.unknown");
  });
});

describe("in another language than the service's own", () => {
  beforeEach(() => speak("zh"));

  test("the meaning comes before a sentence in English", () => {
    const said = reason({ code: "unavailable", values: undefined, detail: "English." });
    assert.doesNotMatch(said, /English/);
    assert.match(said, /\p{Script=Han}/u);
  });

  test("an unknown code still shows the sentence in English", () => {
    assert.equal(reason({ code: "test.unknown", detail: "In English." }), "In English.");
  });
});

describe("on a phone", () => {
  test("a refusal is one short text for the worker", async () => {
    await speak("en", "go");
    const said = reason({ code: "unavailable", detail: "A required service cannot be reached." });
    assert.match(said, /not available/);
  });
});
