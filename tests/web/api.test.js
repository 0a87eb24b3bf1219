import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { get, Problem, page, send } from "../../web/lib/api.js";

const { fetch } = globalThis;

/** Answer with a body that breaks off after its first half. */
function breaking() {
  const body = new ReadableStream({
    start: (stream) => stream.enqueue(new TextEncoder().encode('{"worker":')),
    pull: (stream) => stream.error(new TypeError("Failed to fetch")),
  });
  globalThis.fetch = async () => new Response(body, { status: 200 });
}

describe("an answer whose body breaks off", () => {
  afterEach(() => {
    globalThis.fetch = fetch;
  });

  for (const [name, ask] of Object.entries({ get: () => get("/me"), send: () => send("POST", "/me", {}) })) {
    test(`${name} fails as it does without a network`, async () => {
      breaking();
      await assert.rejects(ask, (error) => error instanceof Problem && error.code === "network");
    });
  }

  test("the page's source is unknown", async () => {
    breaking();
    globalThis.location = /** @type {any} */ ({ pathname: "/wall" });
    assert.equal(await page(), null);
  });
});
