// What requests, workers and teams are called, on pages and in sentences of refusals.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import english from "../../web/i18n/en/board_refusals.js";
import { called } from "../../web/lib/called.js";
import { speak } from "../../web/lib/i18n.js";
import { calledBy, requestSign } from "../../web/lib/names.js";
import { reason } from "../../web/lib/refusals.js";
import { headline } from "../../web/lib/shell/arrival.js";
import { live } from "../../web/lib/store.js";
import { json } from "./support/service.js";

const MADE = "0190f3a1-5e2b-7c4d-8e9f-00112233445";
const [REQUEST, WORKER, TEAM, ENDED, GONE] = [1, 2, 3, 4, 5].map((n) => `${MADE}${n}`);
const ROWS = {
  requests: new Map([[REQUEST, { request: REQUEST, number: 421 }]]),
  roster: new Map([[WORKER, { worker: WORKER, name: "王*", call_sign: "C-0012" }]]),
  teams: new Map([[TEAM, { team: TEAM, name: "Riders 1", call_sign: "T-0003" }]]),
};

beforeEach(async () => {
  await speak("en");
  live.value = { jurisdiction: "2307", rows: (view) => ROWS[view] ?? new Map() };
});

test("a request has at least four digits; an id that people gave needs no call sign", () => {
  assert.equal(requestSign(7), "R-0007");
  assert.equal(requestSign(12345), "R-12345");
  assert.equal(calledBy("W-12", { call_sign: "C-0001" }), "W-12");
  assert.equal(calledBy(WORKER, { call_sign: "C-0001" }), "C-0001");
});

test("live rows are called by number, name and call sign", () => {
  assert.equal(called("request", REQUEST), "R-0421");
  assert.equal(called("worker", WORKER), "王* C-0012");
  assert.equal(called("team", TEAM), "Riders 1");
});

test("outside of the page, on a desktop or the wall, a person is called by call sign alone", () => {
  const sos = { kind: "sos", subject: "sos/S1", worker: WORKER, area: "2307" };
  assert.match(headline(sos), /王\* C-0012/);
  assert.match(headline(sos, false), /^C-0012/);
  assert.doesNotMatch(headline(sos, false), /王/);
});

test("others are read once, all together, and are short until then", async () => {
  const asked = [];
  globalThis.fetch = async (url) => {
    asked.push(url);
    return url.endsWith(ENDED)
      ? json(200, { request: ENDED, number: 9 })
      : json(404, { code: "row.unknown", status: 404 });
  };
  assert.equal(called("request", ENDED), "0190f3a1…");
  assert.equal(called("request", GONE), "0190f3a1…");
  await new Promise((done) => setTimeout(done, 120));
  assert.equal(called("request", ENDED), "R-0009");
  assert.equal(called("request", GONE), "0190f3a1…");
  assert.deepEqual(asked, [`/api/v1/2307/requests/${ENDED}`, `/api/v1/2307/requests/${GONE}`]);
});

describe("a refusal", () => {
  test("names requests, workers and teams as the pages do", () => {
    english["test.named"] = { sentences: ["{worker} of {team} is on {request}."], meaning: "Busy." };
    const values = { worker: WORKER, team: TEAM, request: REQUEST };
    assert.equal(reason({ code: "test.named", values }), "王* C-0012 of Riders 1 is on R-0421.");
  });

  test("shortens other ids of machines", () => {
    english["test.task"] = { sentences: ["Assignment {assignment} has ended."], meaning: "Ended." };
    assert.equal(
      reason({ code: "test.task", values: { assignment: REQUEST } }),
      "Assignment 0190f3a1… has ended.",
    );
  });
});
