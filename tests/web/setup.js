// Lets `node --test` import the pages' modules: those that the service generates are made here as well.
import { execFileSync } from "node:child_process";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PYTHON = process.env.PYTHON ?? `${ROOT}.venv/bin/python`;
const RULES = new URL("../../web/lib/rules.js", import.meta.url).href;
let rules;

/** The text of lib/rules.js, from services/console/rules.py. */
function generated() {
  const script = "from services.console import rules; print(rules.module().decode())";
  rules ??= execFileSync(PYTHON, ["-c", script], { cwd: ROOT, encoding: "utf8" });
  return rules;
}

registerHooks({
  resolve(name, context, next) {
    if (name.endsWith("rules.js") && context.parentURL?.includes("/web/"))
      return { url: RULES, format: "module", shortCircuit: true };
    return next(name, context);
  },
  load(url, context, next) {
    if (url === RULES) return { format: "module", source: generated(), shortCircuit: true };
    return next(url, context);
  },
});

// What a module of a page may ask for while it is loaded.
globalThis.location ??= new URL("http://localhost/");
globalThis.localStorage ??= { getItem: () => null, setItem() {}, removeItem() {} };
