// The report: how values, changes and shares are said, and where a row leads.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { lang, speak } from "../../web/lib/i18n.js";
import { amountOf, changeOf, named, nameOf, pageOf, percent } from "../../web/lib/report/parts.js";

const COUNT = { unit: "count", change: 716 };
const HOURS = { unit: "hours", change: -1.25 };

beforeEach(async () => {
  await speak("en");
});

describe("a figure", () => {
  test("counts are whole, hours have one decimal and their unit", () => {
    assert.equal(amountOf(COUNT, 1153), "1,153");
    assert.equal(amountOf(HOURS, 311.55), "311.6 h");
    assert.equal(amountOf({ unit: "days" }, 14), "14 days");
  });

  test("a change has its sign, and no change says nothing", () => {
    assert.equal(changeOf(COUNT), "+716");
    assert.match(changeOf(HOURS), /^[-−]1\.3$/);
    assert.equal(changeOf({ unit: "count", change: 0 }), "");
  });

  test("a share of nothing says nothing", () => {
    assert.equal(percent(0.6021), "60.2%");
    assert.equal(percent(null), "");
  });

  test("names are those of the page's language", async () => {
    const names = { en: "Visits", zh: "走访" };
    assert.equal(named(names), "Visits");
    await speak("zh");
    assert.equal(lang.value, "zh");
    assert.equal(named(names), "走访");
    assert.equal(nameOf({ name: "wages", names: { zh: "劳动报酬" }, key: "D1" }), "劳动报酬");
    assert.equal(nameOf({ name: "", names: null, key: "D1" }), "D1");
  });
});

describe("a row behind a figure", () => {
  test("leads to its page at the date, if its view has one", () => {
    assert.match(pageOf({ view: "posts", key: "P1" }, "2022-03-27"), /\/posts\/P1\?at=2022-03-27$/);
    assert.equal(pageOf({ view: "station_uses", key: "U1" }, undefined), undefined);
    assert.equal(pageOf({ view: "constructor", key: "U1" }, undefined), undefined);
    assert.match(
      pageOf({ view: "training", key: "S1~worker~W1", person: "worker/W1" }, undefined),
      /workers\/W1$/,
    );
    assert.equal(
      pageOf({ view: "training", key: "S1~holder~H1", person: "holder/H1" }, undefined),
      undefined,
    );
  });
});
