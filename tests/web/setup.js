// Lets `node --test` import the pages' modules: generates those that the service makes, and defines the
// browser's globals that they need while they load.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { registerHooks } from "node:module";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PYTHON = process.env.PYTHON ?? `${ROOT}.venv/bin/python`;
const WEB = new URL("../../web/", import.meta.url).href;
const GENERATED = /\/(lib\/(settings_|reason_)?rules|i18n\/\w+\/\w+_refusals)\.js$/;
const SCRIPT = `
import json
from services.console import refusals, rules
made = {**rules.modules(), **refusals.modules(["en", "zh"])}
print(json.dumps({name: text.decode() for name, text in made.items()}))
`;

/** Name a state of the service's sources: their paths, times and sizes. */
function state() {
  const found = createHash("sha256").update(ROOT);
  for (const folder of ["events", "projections", "services"]) {
    for (const name of readdirSync(join(ROOT, folder), { recursive: true }).sort()) {
      if (!/\.(py|toml)$/.test(name)) continue;
      const { mtimeMs, size } = statSync(join(ROOT, folder, name));
      found.update(`${folder}/${name} ${mtimeMs} ${size}\n`);
    }
  }
  return found.digest("hex").slice(0, 32);
}

/** Return the generated modules as JSON. They are kept until a source changes, because each test file runs
 * in a process of its own and Python takes longer than most of them. */
function make() {
  const folder = join(tmpdir(), `muster-web-${userInfo().uid}`);
  const path = join(folder, `${state()}.json`);
  if (existsSync(path)) return readFileSync(path, "utf8");
  const environment = { ...process.env, PYTHONUTF8: "1" };
  const text = execFileSync(PYTHON, ["-c", SCRIPT], { cwd: ROOT, env: environment, encoding: "utf8" });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.${process.pid}`, text);
  renameSync(`${path}.${process.pid}`, path); // another process sees the whole file or none
  return text;
}

let made;

/** The text of a module, by its path below web/. */
function generated(name) {
  made ??= JSON.parse(make());
  return made[name];
}

registerHooks({
  resolve(name, context, next) {
    const url = context.parentURL?.startsWith("file:") ? new URL(name, context.parentURL).href : name;
    if (url.startsWith(WEB) && GENERATED.test(url)) return { url, format: "module", shortCircuit: true };
    return next(name, context);
  },
  load(url, context, next) {
    if (url.startsWith(WEB) && GENERATED.test(url))
      return { format: "module", source: generated(url.slice(WEB.length)), shortCircuit: true };
    return next(url, context);
  },
});

// An unusual time zone, because the machine's own zone must not affect the pages.
process.env.TZ = "America/St_Johns";

/** Define a global that Node may have as a getter. */
const define = (name, value) =>
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

const kept = new Map();
const events = new EventTarget();
define("self", globalThis);
define("location", new URL("http://localhost/"));
define("navigator", { language: "en-GB" });
define("localStorage", {
  getItem: (name) => kept.get(name) ?? null,
  setItem: (name, value) => kept.set(name, String(value)),
  removeItem: (name) => kept.delete(name),
});
define("addEventListener", events.addEventListener.bind(events));
define("removeEventListener", events.removeEventListener.bind(events));
define("dispatchEvent", events.dispatchEvent.bind(events));
define("document", Object.assign(new EventTarget(), { hidden: false, documentElement: { dataset: {} } }));
define(
  "BroadcastChannel",
  class {
    postMessage() {}
  },
);

// The clock of lib/time.js must not keep the process alive.
const every = globalThis.setInterval;
define("setInterval", (...given) => every(...given).unref());
