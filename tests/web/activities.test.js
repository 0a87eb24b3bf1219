// Activities on the courier's page: what can be said, and what was said without a network.

import assert from "node:assert/strict";
import { test } from "node:test";
import { may, standing, withSaid } from "../../web/go/activities.js";

const NOW = Date.parse("2026-03-28T08:00:00Z");
const one = {
  activity: "X",
  state: "announced",
  begins: "2026-03-28T09:00:00Z",
  room: 2,
  signed_up: false,
  came: false,
};

test("one signs up while there is room and it has not begun, and may stay away after all", () => {
  assert.equal(may(one, NOW), "activity.sign_up");
  assert.equal(may({ ...one, room: null }, NOW), "activity.sign_up");
  assert.equal(may({ ...one, room: 0 }, NOW), null);
  assert.equal(may({ ...one, room: 0, signed_up: true }, NOW), "activity.sign_off");
  assert.equal(may(one, NOW + 3600000), null);
  assert.equal(may({ ...one, state: "called_off" }, NOW), null);
});

test("what was said here counts before the service knows it, unless it was refused", () => {
  const said = (name, state) => ({ name, state, data: { activity: "X" } });
  assert.equal(withSaid(one, [said("activity.sign_up", "waiting")]).signed_up, true);
  assert.equal(withSaid(one, [said("activity.sign_up", "refused")]).signed_up, false);
  assert.equal(
    withSaid({ ...one, signed_up: true }, [
      said("activity.sign_up", "sent"),
      said("activity.sign_off", "waiting"),
    ]).signed_up,
    false,
  );
});

test("how it stands is said in one word", () => {
  const then = (more) => standing({ ...one, ...more }, NOW);
  assert.deepEqual(
    [
      then({}),
      then({ room: 0 }),
      then({ room: null }),
      then({ signed_up: true }),
      then({ came: true }),
      then({ state: "called_off" }),
    ],
    ["room", "full", "no_limit", "signed_up", "came", "called_off"],
  );
  assert.equal(standing({ ...one, signed_up: true }, NOW + 3600000), "was_signed_up");
});
