// Inspections on the phone: what is sent, and what this phone said already.

import assert from "node:assert/strict";
import { test } from "node:test";
import { report, reportOf } from "../../web/go/inspecting.js";

const said = { inspection: "I1", place: " Station 1 ", findings: "No light\n\n  No water ", note: " " };

test("each line is one finding, and empty ones are none", () => {
  assert.deepEqual(report(said, null), {
    inspection: "I1",
    place: "Station 1",
    findings: [{ text: "No light" }, { text: "No water" }],
  });
});

test("a position is sent if the phone knows one, and a note if there is one", () => {
  const { note, lat, lon } = report({ ...said, note: "Seen" }, { lat: 47.7, lon: 128.8 });
  assert.deepEqual([note, lat, lon], ["Seen", 47.7, 128.8]);
});

test("what was refused was not reported", () => {
  const act = (state) => ({ name: "inspection.report", state, data: { inspection: "I1" } });
  assert.equal(reportOf("I1", [act("refused")]), undefined);
  assert.equal(reportOf("I2", [act("waiting")]), undefined);
  assert.equal(reportOf("I1", [act("waiting")]).state, "waiting");
});
