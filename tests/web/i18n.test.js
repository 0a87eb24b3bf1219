import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import {
  LANGUAGES,
  lang,
  language,
  next,
  number,
  plain,
  refusal,
  speak,
  t,
  word,
} from "../../web/lib/i18n.js";

beforeEach(() => speak("en"));

let loaded = 0;

/** The language that a page begins with, in a browser like this. */
async function first({ search = "", kept = null, own = "en-GB" }) {
  globalThis.location = new URL(`http://localhost/board${search}`);
  if (kept) localStorage.setItem("muster.language", kept);
  else localStorage.removeItem("muster.language");
  navigator.language = own;
  loaded += 1;
  return (await import(`../../web/lib/i18n.js?instance=${loaded}`)).lang.value;
}

describe("the language of a page", () => {
  afterEach(() => {
    navigator.language = "en-GB";
    globalThis.location = new URL("http://localhost/");
  });

  test("is the one that the address asks for", async () => {
    assert.equal(await first({ search: "?lang=zh", kept: "en", own: "en-GB" }), "zh");
  });

  test("else the one that was last chosen", async () => {
    assert.equal(await first({ kept: "zh", own: "en-GB" }), "zh");
  });

  test("else the browser's, in any of its regions", async () => {
    assert.equal(await first({ own: "zh-TW" }), "zh");
    assert.equal(await first({ own: "ZH" }), "zh");
  });

  test("else English", async () => assert.equal(await first({ own: "fr-FR" }), "en"));

  test("is never one without texts", async () => {
    assert.equal(await first({ search: "?lang=fr", own: "zh-CN" }), "zh");
  });
});

describe("switching the language", () => {
  test("shows the texts of the other language, and marks the page with it", async () => {
    assert.equal(t("live.connecting"), "Connecting…");
    await speak("zh");
    assert.notEqual(t("live.connecting"), "Connecting…");
    assert.equal(document.documentElement.lang, "zh-CN");
    assert.equal(language.value.code, "zh");
  });

  test("is remembered", async () => {
    await speak("zh");
    assert.equal(localStorage.getItem("muster.language"), "zh");
  });

  test("the next language is offered, after the last one the first", async () => {
    for (let step = 0; step < LANGUAGES.length; step += 1) await speak(next.value.code);
    assert.equal(lang.value, "en");
    assert.notEqual(next.value.code, "en");
  });

  test("a language without texts fails, and the page stays as it was", async () => {
    await assert.rejects(speak("fr"));
    assert.equal(lang.value, "en");
  });

  test("the phone has a smaller catalogue of its own", async () => {
    await speak("en", "go");
    assert.equal(t("go.title"), "Muster");
    assert.equal(typeof refusal("unavailable"), "string");
    await speak("en", "board");
    assert.equal(typeof refusal("unavailable"), "object");
  });
});

describe("texts", () => {
  test("are filled with values", () => assert.equal(t("time.h_min", { h: 3, m: 5 }), "3 h 5 min"));

  test("a missing value is left empty", () => assert.equal(t("time.s"), " s"));

  test("a value is inserted as it is, also with signs that patterns use", () => {
    assert.equal(t("time.s", { n: "$& {n}" }), "$& {n} s");
  });

  test("a text may have a substitute", () => assert.equal(t("no.such", { n: 3 }, "or {n}"), "or 3"));

  test("a missing text shows its key, and is reported to developers", () => {
    const { mock: calls } = mock.method(console, "error", () => {});
    assert.equal(t("no.such"), "no.such");
    assert.match(calls.calls[0].arguments[0], /no\.such in en/);
    mock.restoreAll();
  });

  test("marks that change the direction of text are removed from values", () => {
    assert.equal(plain("\u202eevil\u202c \u2066x\u2069"), "evil x");
    assert.equal(t("time.s", { n: "\u202e5" }), "5 s");
    assert.equal(plain(null), "");
    assert.equal(plain(0), "0");
  });
});

describe("words for codes", () => {
  test("are those of the catalogue", () => assert.equal(word("role", "medic"), "Medic"));

  test("a code without a word is shown with spaces", () => {
    assert.equal(word("role", "night_watch_2"), "night watch 2");
  });

  test("no code is none", () => {
    for (const code of [null, undefined, ""]) assert.equal(word("role", code), "none");
  });
});

describe("numbers", () => {
  test("are written as the language does", () => {
    assert.equal(number(1234567), "1,234,567");
    assert.equal(number(0.256, { style: "percent" }), "26%");
  });

  test("of different styles do not disturb each other", () => {
    assert.equal(number(1.25, { maximumFractionDigits: 1 }), "1.3");
    assert.equal(number(1.25), "1.25");
  });
});
