// A keeper's phone: what was told on any device, with what was said here and is not known there yet.

import assert from "node:assert/strict";
import { test } from "node:test";
import { reconciled, usesOf } from "../../web/go/nearest.js";

const DAY = "2026-03-28";
const use = (act) => ({ station: "S1", day: DAY, act });
const need = (id) => ({ need: id, station: "S1", item: id, side: "short" });
const told = (uses, ...needs) => [{ station: "S1", uses_today: uses, needs: needs.map(need) }];
const act = (id, name, data = {}, state = "waiting") => ({ id, name, data, state });

test("uses of other devices are added to those counted here, each once", () => {
  const known = { owner: "W1", rows: [], uses: [use("A"), use("B")], needs: [] };
  const after = reconciled(known, told(5), [act("B", "station.use")], DAY);
  assert.equal(usesOf(after, "S1", DAY), 6, "five that are known there, and one that is not");
  assert.equal(usesOf(after, "S1", "2026-03-29"), 0);
  assert.equal(usesOf(reconciled(known, told(0), [], DAY), "S1", DAY), 2, "the service is behind");
});

test("needs are those of all devices, less what was closed and with what was opened here", () => {
  const known = { owner: "W1", rows: [], uses: [], needs: [need("mine"), need("gone"), need("refused")] };
  const acts = [
    act("1", "need.open", { need: "mine" }),
    act("2", "need.close", { need: "met" }),
    act("3", "need.open", { need: "refused" }, "refused"),
  ];
  const after = reconciled(known, told(0, "theirs", "met"), acts, DAY);
  assert.deepEqual(
    after.needs.map((one) => one.need),
    ["theirs", "mine"],
  );
});
