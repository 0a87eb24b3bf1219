// Runs a piece of Python against the service's own modules.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PYTHON = process.env.PYTHON ?? `${ROOT}.venv/bin/python`;

/** What a script prints as JSON when it is given a value as JSON on its standard input. */
export function python(script, input) {
  const options = { cwd: ROOT, input: JSON.stringify(input), encoding: "utf8" };
  return JSON.parse(execFileSync(PYTHON, ["-c", script], options));
}
