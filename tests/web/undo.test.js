// What undoes an act, and that the offer to undo outlives a reload of the page.
import assert from "node:assert/strict";
import { afterEach, describe, mock, test } from "node:test";

const MODULE = "../../web/lib/undo.js";
const kept = new Map();
globalThis.sessionStorage = /** @type {any} */ ({
  getItem: (name) => kept.get(name) ?? null,
  setItem: (name, value) => kept.set(name, value),
  removeItem: (name) => kept.delete(name),
});
const { again, keep, offerUndo, takeBack, undoable, unend } = await import(MODULE);
const task = (state, more = {}) => ({
  assignment: "A1",
  request: "R1",
  worker: "W1",
  team: null,
  live: state !== "offered",
  state,
  ...more,
});
const names = (acts) => acts.map(({ name }) => name);

describe("a released unit comes back to where it was", () => {
  for (const [state, wanted] of /** @type {[string, string[]][]} */ ([
    ["offered", ["assignment.offer"]],
    ["accepted", ["assignment.offer", "assignment.accept"]],
    ["dispatched", ["assignment.dispatch"]],
    ["en_route", ["assignment.dispatch", "assignment.progress"]],
    ["on_scene", ["assignment.dispatch", "assignment.progress"]],
  ]))
    test(state, () => {
      const acts = again(task(state));
      assert.deepEqual(names(acts), wanted);
      const ids = new Set(acts.map(({ data }) => data.assignment));
      assert.equal(ids.size, 1);
      assert.ok(!ids.has("A1"));
      assert.equal(acts.at(-1).data.stage, acts.length > 1 && state !== "accepted" ? state : undefined);
    });

  test("with the reasons that let it be sent against a rule", () => {
    const [sent] = again(task("on_scene", { override: "surge", unattended: "on_call" }));
    assert.deepEqual([sent.data.override, sent.data.unattended], ["surge", "on_call"]);
    const [asked, accepted] = again(task("accepted", { override: "surge" }));
    assert.deepEqual([asked.data.override, accepted.data.override], [undefined, "surge"]);
  });

  test("after a merge or an end, behind the request", () => {
    assert.deepEqual(names(unend("R1", [task("on_scene")])), [
      "request.reopen",
      "assignment.dispatch",
      "assignment.progress",
    ]);
  });
});

test("what was given to others is handed back in one command, all or none", () => {
  const [back, ...stages] = takeBack(
    [task("en_route", { override: "surge" }), task("dispatched", { worker: null, team: "T1" })],
    ["N1", "N2"],
  );
  assert.equal(back.name, "assignment.reassign");
  assert.equal(back.data.override, "surge");
  const [first, second] = back.data.items;
  assert.deepEqual([first.assignment, first.worker], ["N1", "W1"]);
  assert.deepEqual([second.assignment, second.team], ["N2", "T1"]);
  assert.deepEqual(
    stages.map(({ data }) => data),
    [{ assignment: first.new, stage: "en_route" }],
  );
});

describe("a reload within the ten seconds", () => {
  let round = 0;
  const reloaded = () => import(`${MODULE}?${++round}`);
  afterEach(() => {
    keep();
    mock.timers.reset();
  });

  test("keeps the offer, with the ids of its commands, for the time that is left", async () => {
    mock.timers.enable({ apis: ["Date", "setTimeout"], now: 1_000_000 });
    offerUndo("C-0001 was sent", [{ name: "assignment.release", data: { assignment: "A1" } }]);
    const before = undoable.peek();
    mock.timers.tick(4_000);
    const page = await reloaded();
    assert.deepEqual(page.undoable.value, before);
    mock.timers.tick(6_000);
    assert.equal(page.undoable.value, null);
    assert.equal(kept.size, 0);
  });

  test("offers nothing once the time is over, or it was kept or undone", async () => {
    mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
    offerUndo("C-0001 was sent", []);
    const left = kept.get("muster-undo");
    keep();
    assert.equal((await reloaded()).undoable.value, null);
    kept.set("muster-undo", left);
    mock.timers.setTime(1_010_000);
    assert.equal((await reloaded()).undoable.value, null);
    mock.timers.setTime(900_000); // the clock was set back
    assert.equal((await reloaded()).undoable.value, null);
  });
});
