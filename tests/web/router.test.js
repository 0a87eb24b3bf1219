import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { go, href, param, route } from "../../web/lib/router.js";

let replaced;
let reloads;

/** A change of the address, by a link or by hand. */
function visit(hash) {
  location.hash = hash;
  dispatchEvent(new Event("hashchange"));
}

beforeEach(() => {
  replaced = [];
  reloads = 0;
  globalThis.location = Object.assign(new URL("http://localhost/board"), {
    reload() {
      reloads += 1;
    },
  });
  globalThis.history = {
    replaceState(_, __, target) {
      replaced.push(target);
      location.hash = target;
    },
  };
  visit("");
});

describe("an address", () => {
  test("names a jurisdiction, a page, an object and parameters", () => {
    visit("#/2307/requests/R1?state=open&state=assigned&q=gate");
    assert.deepEqual(route.value, {
      jurisdiction: "2307",
      page: "requests",
      id: "R1",
      query: { state: ["open", "assigned"], q: ["gate"] },
    });
  });

  test("without a page leads to the overview", () => {
    visit("#/2307");
    assert.deepEqual(route.value, { jurisdiction: "2307", page: "overview", id: null, query: {} });
    visit("#/2307/");
    assert.equal(route.value.page, "overview");
  });

  test("may name a parameter like something that every object has", () => {
    visit("#/2307/requests?constructor=x");
    assert.deepEqual(route.value.query.constructor, ["x"]);
  });

  test("may be empty", () => {
    assert.deepEqual(route.value, { jurisdiction: "", page: "overview", id: null, query: {} });
  });

  test("may contain slashes, spaces and Chinese in an id", () => {
    visit(`#/2307/teams/${encodeURIComponent("伊春/1 队")}`);
    assert.equal(route.value.id, "伊春/1 队");
  });

  test("with a broken escape is taken as it is", () => {
    visit("#/2307/requests/R%E4%BC");
    assert.equal(route.value.id, "R%E4%BC");
  });

  test("with a token reloads the page, so that the sign-in starts over", () => {
    const before = route.value;
    visit("#token=secret");
    assert.equal(reloads, 1);
    assert.equal(route.value, before);
  });
});

describe("the address of a page", () => {
  beforeEach(() => visit("#/2307/overview"));

  test("stays in the jurisdiction that is shown", () => assert.equal(href("requests"), "#/2307/requests"));

  test("may name another jurisdiction", () => {
    assert.equal(href("overview", { jurisdiction: "3101" }), "#/3101/overview");
  });

  test("repeats lists and leaves out empty parameters", () => {
    const query = { state: ["open", "assigned"], q: "", area: null, team: undefined, page: 0 };
    assert.equal(href("requests", { query }), "#/2307/requests?state=open&state=assigned&page=0");
  });

  test("leads back to the same place", () => {
    const query = { q: ["50% & more?", "伊春"], area: ["2307-G3"] };
    visit(href("requests", { id: "R/1 #2", query }));
    assert.deepEqual(route.value, { jurisdiction: "2307", page: "requests", id: "R/1 #2", query });
  });
});

describe("going to a page", () => {
  beforeEach(() => visit("#/2307/overview"));

  test("changes the address, which leaves a step in the history", () => {
    go("requests", { id: "R1" });
    assert.equal(location.hash, "#/2307/requests/R1");
    assert.deepEqual(replaced, []);
  });

  test("can replace the present step, and shows the page at once", () => {
    go("requests", { id: "R1", replace: true });
    assert.deepEqual(replaced, ["#/2307/requests/R1"]);
    assert.equal(route.value.id, "R1");
  });
});

describe("a parameter", () => {
  test("is the first of its values, or null", () => {
    visit("#/2307/requests?state=open&state=assigned");
    assert.equal(param("state"), "open");
    assert.equal(param("q"), null);
  });
});
