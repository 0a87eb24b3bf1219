// Loaded into Playwright's driver for Firefox. Playwright asks for commands that a Firefox ESR does not have
// yet, to emulate media features that no test here emulates: let those fail without failing the context.
const Module = require("node:module");
const fs = require("node:fs");

const OPTIONAL = ["emulation.setMediaFeaturesOverride"];
const load = Module._extensions[".js"];

Module._extensions[".js"] = (module, filename) => {
  if (!filename.endsWith("coreBundle.js")) return load(module, filename);
  let text = fs.readFileSync(filename, "utf8");
  for (const name of OPTIONAL) text = text.replaceAll(`.send("${name}"`, `.sendMayFail("${name}"`);
  return module._compile(text, filename);
};
