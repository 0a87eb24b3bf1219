// Consent on the courier's page: what was said on this phone counts at once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { named, withSaid } from "../../web/go/naming.js";

const found = {
  consent: "given",
  since: "2026-03-01T00:00:00Z",
  items: [{ publication: "P1" }],
  position: 5,
};
const said = (name, state, position = undefined) => ({
  name,
  state,
  position,
  at: "2026-03-28T08:00:00Z",
  data: {},
});

test("a name that was taken back is shown nowhere any more, also before the service knows", () => {
  const then = withSaid(found, [said("worker.withdraw_consent", "waiting")]);
  assert.deepEqual([then.consent, then.items], ["withdrawn", []]);
});

test("a consent counts at once unless refused; the service's answer counts once it includes it", () => {
  const none = { ...found, consent: null, items: [] };
  assert.equal(withSaid(none, [said("worker.consent", "waiting")]).consent, "given");
  assert.equal(withSaid(none, [said("worker.consent", "refused")]).consent, null);
  assert.equal(withSaid(none, [said("worker.consent", "sent", 5)]).consent, null);
});

test("an honour is called what the city calls it", () => {
  const words = [{ list: "honour", code: "good_person", names: { zh: "身边好人", en: "Good person" } }];
  assert.match(named({ words }, "honour", "good_person"), /身边好人|Good person/);
  assert.equal(named({ words }, "channel", "good_person"), "good_person");
});
