// Entry point of the board: sign-in, choice of jurisdiction, and the page of the address.

import { Problem, page, send, signedOut } from "./lib/api.js";
import { LANGUAGES, lang, speak, t } from "./lib/i18n.js";
import {
  html,
  render,
  signal,
  useEffect,
  useErrorBoundary,
  useLayoutEffect,
  useState,
} from "./lib/preact.js";
import { reason } from "./lib/refusals.js";
import { requestKeys } from "./lib/requests/keys.js";
import { go, href, route } from "./lib/router.js";
import { Palette } from "./lib/search/palette.js";
import { Arrivals, counted, Pending } from "./lib/shell/arrival.js";
import { Header } from "./lib/shell/header.js";
import { grouped, known, offered } from "./lib/shell/pages.js";
import { Preferences } from "./lib/shell/preferences.js";
import { Undo } from "./lib/shell/undo.js";
import { Example, ExampleBand } from "./lib/start.js";
import { attend, identify, jurisdictions, live, may, named, place, session } from "./lib/store.js";
import "./lib/terms.js";
import { classes, Dialog, Icon, Loading, Toasts } from "./lib/ui.js";

const NEEDS_NO_PLACE = ["establish"];

/** The problem of a refused sign-in link. */
const linkRefused = signal(/** @type {Problem | null} */ (null));

const loaded = new Map();
/** Return the component of a page. Loads its module on first use.
 * @param {string} name
 */
async function component(name) {
  if (!loaded.has(name)) {
    const module = await import(`./pages/${name}.js`).catch((error) => outdated(error));
    loaded.set(name, module.default);
  }
  return loaded.get(name);
}

/** Reload if the service has a newer version, else rethrow.
 * @param {Error} error
 */
async function outdated(error) {
  const served = await page();
  if (served !== null && !served.includes(new URL("board.js", import.meta.url).pathname)) location.reload();
  throw error;
}

function Page() {
  const { page } = route.value;
  const [found, setFound] = useState(null);
  const [failed, setFailed] = useState(null);
  useEffect(() => {
    let over = false;
    setFailed(null);
    component(page).then(
      (body) => {
        if (!over) setFound({ page, body });
      },
      (error) => {
        if (!over) setFailed(error);
      },
    );
    return () => {
      over = true;
    };
  }, [page]);
  const waiting = counted();
  useEffect(() => {
    document.title = `${waiting}${t(`page.${page}`)} · ${place.value?.name ?? "Muster"}`;
  });
  if (failed) return html`<${Broken} />`;
  if (found?.page !== page) return html`<${Loading} />`;
  return html`<${Guarded} key=${page} body=${found.body} />`;
}

function Guarded({ body: Body }) {
  const [error] = useErrorBoundary((caught) => console.error(caught));
  return error ? html`<${Broken} />` : html`<${Body} route=${route.value} />`;
}

const Broken = () => html`<div class="note note-error" role="alert"><p>${t("ui.broken")}</p>
  <button type="button" class="button" onClick=${() => location.reload()}>${t("ui.reload")}</button></div>`;

function SignIn() {
  const [secret, setSecret] = useState("");
  const [problem, setProblem] = useState(null);
  const submit = async (event) => {
    event.preventDefault();
    linkRefused.value = null;
    try {
      await send("POST", "/session", { token: secret.trim() });
      await arrive();
    } catch (error) {
      setProblem(error);
    }
  };
  return html`<main class="gate"><h1>Muster</h1><p>${t("sign_in.what")}</p>
    ${signedOut.value && html`<p class="note" role="status">${t("sign_in.over")}</p>`}
    <form onSubmit=${submit}>
      <label for="secret">${t("sign_in.token")}</label>
      <input id="secret" type="password" autocomplete="current-password" required value=${secret}
        onInput=${(event) => setSecret(event.currentTarget.value)} aria-describedby="secret-hint" />
      <p class="field-hint" id="secret-hint">${t("sign_in.hint")}</p>
      ${
        (problem ?? linkRefused.value) &&
        html`<p class="note note-error" role="alert">
        ${reason(problem ?? linkRefused.value)}</p>`
      }
      <button type="submit" class="button button-main">${t("sign_in.go")}</button>
    </form><p><a href="/go">${t("sign_in.courier")}</a> · <a href="/docs">${t("sign_in.docs")}</a></p>
    <${Languages} /></main>`;
}

function Choose() {
  return html`<main class="gate"><h1>${t("choose.title")}</h1>
    ${jurisdictions.value.length === 0 && html`<p>${t("choose.none")}</p>`}
    <ul class="gate-list">${jurisdictions.value.map(
      (code) => html`<li><a
        href=${href("overview", { jurisdiction: code })}>${named(code)}</a></li>`,
    )}</ul>
    ${
      may("jurisdiction.establish") &&
      html`<p><a class="button"
        href=${href("establish", { jurisdiction: "-" })}>${t("choose.establish")}</a></p><${Example} />`
    }
    <${Languages} /></main>`;
}

const Languages = () => html`<div class="languages" role="group" aria-label=${t("ui.language")}>
  ${LANGUAGES.map(
    (one) => html`<button type="button" class="button button-plain" lang=${one.tag}
    aria-pressed=${lang.value === one.code ? "true" : "false"} onClick=${() => speak(one.code)}>
      ${one.name}</button>`,
  )}</div>`;

function Help({ close }) {
  const pages = grouped(offered()).flatMap(([, some]) => some);
  const keys = [
    ...pages.filter(({ key }) => key).map(({ name, key }) => [`g ${key}`, t(`page.${name}`)]),
    ["j k ↑ ↓ Page Home End", t("keys.move")],
    ["/", t("keys.filter")],
    ["Ctrl K", t("search.title")],
    ["Esc", t("keys.close")],
    ["n", t("keys.new")],
    ["?", t("keys.title")],
    ...requestKeys(),
  ];
  return html`<${Dialog} title=${t("keys.title")} close=${close}><dl class="keys">
    ${keys.map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}</dl>
      </${Dialog}>`;
}

/** Elements in which keys are input. */
const TYPING = "input:not([type=radio], [type=checkbox]), textarea, select";

function take(event, work) {
  event.preventDefault();
  event.stopPropagation();
  work();
}

/** Shortcuts: g and a letter open a page, n opens a request, ? shows the keys. Ignored while typing.
 * Ctrl K (or Command K) searches from anywhere, also while typing.
 * @param {() => void} help
 * @param {() => void} search
 */
function useKeys(help, search) {
  useLayoutEffect(() => {
    let waiting = -Infinity;
    const pressed = (event) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
        return take(event, search);
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(`${TYPING}, dialog`)) return;
      const page = offered().find(({ key }) => key === event.key)?.name;
      const asked = performance.now() - waiting < 1500;
      waiting = event.key === "g" ? performance.now() : -Infinity;
      if (asked && page) take(event, () => go(page));
      else if (event.key === "?") take(event, help);
      else if (event.key === "n" && may("request.open")) take(event, () => go("enter", { id: "request" }));
    };
    addEventListener("keydown", pressed, true);
    return () => removeEventListener("keydown", pressed, true);
  }, []);
}

function App() {
  const [helping, setHelping] = useState(false);
  const [preferring, setPreferring] = useState(false);
  const [searching, setSearching] = useState(false);
  const search = () => setSearching(!document.querySelector("dialog[open]"));
  useKeys(() => setHelping(true), search);
  if (signedOut.value || session.value === null) return html`<${SignIn} />`;
  if (session.value === undefined) return html`<${Loading} />`;
  const { jurisdiction, page } = route.value;
  if (NEEDS_NO_PLACE.includes(page))
    return html`<main class="gate gate-wide" id="main"><${Page} /></main><${Toasts} />`;
  if (!jurisdiction) return html`<${Choose} />`;
  const pages = offered();
  const names = pages.map(({ name }) => name);
  return html`<${Header} pages=${pages} help=${() => setHelping(true)}
      prefer=${() => setPreferring(true)} search=${search} /><${ExampleBand} /><${Pending} /><${Arrivals} />
    <main id="main" class=${classes("main", `main-${page}`)} tabindex="-1">${
      live.value &&
      (live.value.state.value.phase === "refused" && !live.value.has("areas")
        ? html`<${Nowhere} />`
        : known(page)
          ? html`<${Page} />`
          : html`<${NoPage} />`)
    }</main>
    <${Toasts} /><${Undo} />${
      searching && html`<${Palette} names=${names} close=${() => setSearching(false)} />`
    }${helping && html`<${Help} close=${() => setHelping(false)} />`}${
      preferring && html`<${Preferences} close=${() => setPreferring(false)} />`
    }`;
}

/** Shown if the jurisdiction does not exist or the token may not see it. */
const Nowhere = () => html`<div class="note note-error" role="alert"><${Icon} name="alert" /><p>
    ${reason(live.value.state.value.problem)}</p>
  <a class="button" href="#/">${t("choose.title")}</a></div>`;

const NoPage =
  () => html`<div class="note note-error" role="alert"><${Icon} name="alert" /><p>${t("ui.no_page")}</p>
  <a class="button" href=${href("overview")}>${t("page.overview")}</a></div>`;

/** Load the session after sign-in. Open the jurisdiction if there is only one. */
async function arrive() {
  signedOut.value = false;
  await identify();
  if (!route.value.jurisdiction && jurisdictions.value.length === 1) {
    go("overview", { jurisdiction: jurisdictions.value[0], replace: true });
  }
}

/** Return the token in the fragment of a sign-in link, and remove it from the address. */
function taken() {
  const secret = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!secret) return null;
  history.replaceState(null, "", location.pathname);
  route.value = { jurisdiction: "", page: "overview", id: null, query: {} };
  return secret;
}

/** Exchange a token for a session cookie. Throws Problem if the service does not answer.
 *
 * If the token is refused, end the current session too. Otherwise the user would continue as whoever was
 * signed in before.
 * @param {string} secret
 */
async function exchange(secret) {
  try {
    await send("POST", "/session", { token: secret });
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.status < 400 || problem.status >= 500) throw problem;
    await send("DELETE", "/session", {});
    linkRefused.value = problem;
  }
}

/** Start the page. Repeat until the service answers. */
async function begin() {
  await speak(lang.value);
  render(html`<${App} />`, document.getElementById("app"));
  let secret = taken();
  for (;;) {
    try {
      if (secret) await exchange(secret);
      secret = null;
      await arrive();
      return;
    } catch (problem) {
      if (problem.code === undefined) throw problem;
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

route.subscribe(({ jurisdiction, page }) => {
  if (session.peek() && !NEEDS_NO_PLACE.includes(page)) attend(jurisdiction);
});
session.subscribe((me) => {
  if (me && !NEEDS_NO_PLACE.includes(route.peek().page)) attend(route.peek().jurisdiction);
});
signedOut.subscribe((out) => {
  if (out) attend(null);
});
begin();
