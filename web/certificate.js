// Verifies a certificate or an award in the browser. The code stays here: it is in the part of the address
// that is never sent, and the service is only asked for the key and the list of all revoked numbers.

import { LANGUAGES, REFERENCE } from "./i18n/languages.js";

/** First part of a code -> what such a paper says, and where the revoked ones are listed. */
const PAPERS = {
  MC1: {
    fields: ["name", "home", "since", "until", "times", "minutes", "issued", "n"],
    revoked: ({ revoked }) => revoked,
  },
  MA1: {
    fields: ["name", "title", "giver", "granted", "deeds", "shown", "times", "minutes", "n"],
    revoked: ({ revoked_awards: revoked }) => revoked,
  },
};
const own = navigator.language.toLowerCase().split("-")[0];
const asked = new URLSearchParams(location.search).get("lang") ?? own;
const language =
  LANGUAGES.find(({ code }) => code === asked) ?? LANGUAGES.find(({ code }) => code === REFERENCE);
const texts = (await import(`./i18n/${language.code}/certificate.js`)).default;

/** Return the bytes of a base64url text. */
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));

/** Return the parts of a code, or of an address that ends with one; null if it is none. */
function parts(text) {
  const [prefix, body, signature] = text.trim().split("#").at(-1).split(".");
  const kind = PAPERS[prefix];
  if (!kind || !body || !signature) return null;
  try {
    const said = bytes(body);
    return {
      prefix,
      kind,
      said,
      signature: bytes(signature),
      paper: JSON.parse(new TextDecoder().decode(said)),
    };
  } catch {
    return null;
  }
}

/** Return the key and the revoked numbers of a jurisdiction; null if there is none, or no network. */
async function trust(jurisdiction) {
  const address = `/api/v1/${encodeURIComponent(jurisdiction)}/public/certificates`;
  const answer = await fetch(address, { credentials: "omit", cache: "no-store" }).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

/** Return what is to be said of a code: [verdict, paper, its kind]. */
async function verdict(text) {
  const found = parts(text);
  if (!found) return ["no_code", null];
  const trusted = await trust(found.paper.j);
  if (!trusted) return ["not_reached", null];
  try {
    const key = await crypto.subtle.importKey("raw", bytes(trusted.key), "Ed25519", false, ["verify"]);
    const whole = new Uint8Array([...new TextEncoder().encode(found.prefix), ...found.said]);
    if (!(await crypto.subtle.verify("Ed25519", key, found.signature, whole))) return ["forged", null];
  } catch {
    return ["old_browser", null];
  }
  const revoked = found.kind.revoked(trusted).includes(found.paper.n);
  return [revoked ? "revoked" : "valid", found.paper, found.kind];
}

/** Return an element with text or children. */
function element(name, content, attributes = {}) {
  const made = document.createElement(name);
  made.append(...[content].flat());
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function lines(paper, { fields }) {
  return element(
    "dl",
    fields.flatMap((key) => [element("dt", texts[key]), element("dd", String(paper[key]))]),
  );
}

async function show(text) {
  const box = document.getElementById("result");
  box.replaceChildren(element("p", texts.working));
  const [code, paper, kind] = await verdict(text);
  const said = element("p", texts[code], { class: "verdict", "data-verdict": code });
  box.replaceChildren(said, ...(paper ? [lines(paper, kind)] : []));
}

function begin() {
  document.documentElement.lang = language.tag;
  document.title = texts.page;
  const area = element("textarea", "", { id: "code", spellcheck: "false", autocomplete: "off" });
  const form = element("form", [
    element("label", texts.paste, { for: "code" }),
    area,
    element("button", texts.verify),
  ]);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(area.value);
  });
  const result = element("div", "", { id: "result", role: "status" });
  document
    .getElementById("app")
    .replaceChildren(element("h1", texts.page), result, form, element("p", texts.privacy));
  if (location.hash.length > 1) show(location.hash);
}

addEventListener("hashchange", () => show(location.hash));
begin();
