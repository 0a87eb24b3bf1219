// The example: its codes, and that its commands stay within its own jurisdiction.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isExample, nextExample, steps } from "../../web/lib/example.js";
import { speak } from "../../web/lib/i18n.js";

test("one that was removed keeps its code, and the next has another", () => {
  assert.equal(nextExample([]), "EXAMPLE");
  assert.equal(nextExample(["2307", "EXAMPLE"]), "EXAMPLE2");
  assert.equal(nextExample(["EXAMPLE", "EXAMPLE2"]), "EXAMPLE3");
  assert.deepEqual(["EXAMPLE", "EXAMPLE12", "2307", "MYEXAMPLE", undefined].map(isExample), [
    true,
    true,
    false,
    false,
    false,
  ]);
});

test("every area of its commands lies in its own jurisdiction", async () => {
  await speak("en");
  const named = steps("EXAMPLE2").flatMap(({ data }) => [data.area, data.home_area].filter(Boolean));
  assert.ok(named.length > 20);
  assert.ok(named.every((area) => area.startsWith("EXAMPLE2-")));
});
