// Runs the plain scripts of the phone's page, which share things through `self` instead of exporting them.
import { readFileSync } from "node:fs";
import { compileFunction } from "node:vm";

/** Run a script of web/ with these globals, and with Node's own for all others. */
export function run(path, globals) {
  const url = new URL(`../../../web/${path}`, import.meta.url);
  const script = compileFunction(readFileSync(url, "utf8"), Object.keys(globals), { filename: url.pathname });
  script(...Object.values(globals));
}
