// The ledger: what the history says of verdicts, returns and delegations.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { speak } from "../../web/lib/i18n.js";
import { DETAILS, detailsText, PLACES, sentence } from "../../web/lib/ledger/path.js";

beforeEach(() => speak("en"));

test("a verdict names its stage, its reason and the details that it approves", () => {
  const some = { stage: "screen", verdict: "approve", fields: ["name", "trade"] };
  const said = sentence({ name: "review.judged", detail: some });
  assert.match(said, /Screening/);
  assert.match(said, /Approved/);
  assert.ok(said.includes(detailsText(["name", "trade"])));
});

test("what is no verdict is said by its event", () => {
  const back = sentence({ name: "review.sent_back", detail: { stage: "verify", reason: "duplicate" } });
  assert.match(back, /Sent back/);
  assert.match(sentence({ name: "enterprise.closed" }), /Enterprise closed/);
});

test("details and places have words of their own", () => {
  assert.equal(new Set(DETAILS.map((one) => detailsText([one]))).size, DETAILS.length);
  assert.equal(PLACES.length, 8);
});
