// The list of pages: each has a file, a key of its own and a group.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { GROUPS, PAGES } from "../../web/lib/shell/pages.js";

const file = (name) => new URL(`../../web/pages/${name}.js`, import.meta.url);

test("every page has a file and a group, and no key that another has", () => {
  for (const { name, group } of PAGES) {
    assert.ok(existsSync(file(name)), name);
    assert.ok(GROUPS.includes(group), name);
  }
  const keys = PAGES.map(({ key }) => key).filter(Boolean);
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(new Set(PAGES.map(({ name }) => name)).size, PAGES.length);
});

test("no page has the key g, which begins all of them", () => {
  assert.ok(PAGES.every(({ key = "a" }) => /^[a-z]$/.test(key) && key !== "g"));
});
