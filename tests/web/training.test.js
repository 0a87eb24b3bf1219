// Training on the courier's page: what can be said of a session, and what was said without a network.

import assert from "node:assert/strict";
import { test } from "node:test";
import { may, withSaid } from "../../web/go/training.js";

const NOW = Date.parse("2026-03-28T08:00:00Z");
const one = {
  session: "S1",
  state: "planned",
  begins: "2026-03-28T09:00:00Z",
  room: 1,
  waits: 0,
  signed_up: false,
  turn: null,
};
const said = (name, state, position = undefined) => ({ name, state, position, data: { session: "S1" } });

test("one signs up or waits before it begins, and may stay away after all", () => {
  assert.equal(may(one, NOW), "session.sign_up");
  assert.equal(may({ ...one, room: 0 }, NOW), "session.sign_up");
  assert.equal(may({ ...one, signed_up: true }, NOW), "session.sign_off");
  assert.equal(may({ ...one, turn: 2 }, NOW), "session.sign_off");
  assert.equal(may(one, NOW + 3600000), null);
  assert.equal(may({ ...one, state: "called_off" }, NOW), null);
});

test("without a network one has a place if there is room, else the last turn", () => {
  const up = said("session.sign_up", "waiting");
  assert.equal(withSaid(one, [up], 5).signed_up, true);
  const full = withSaid({ ...one, room: 0, waits: 3 }, [up], 5);
  assert.deepEqual([full.signed_up, full.turn], [false, 4]);
  const off = withSaid({ ...one, turn: 2 }, [up, said("session.sign_off", "waiting")], 5);
  assert.deepEqual([off.signed_up, off.turn], [false, null]);
});

test("the service's answer counts once it includes what was said, and a refusal changes nothing", () => {
  assert.equal(withSaid(one, [said("session.sign_up", "sent", 6)], 5).signed_up, true);
  assert.equal(withSaid(one, [said("session.sign_up", "sent", 6)], 6).signed_up, false);
  assert.equal(withSaid(one, [said("session.sign_up", "refused")], 5).signed_up, false);
});
