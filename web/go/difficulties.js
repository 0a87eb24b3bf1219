// Telling the city about a difficulty in three taps, and what became of those told before.
//
// Nothing here is tied to who is signed in: it is sent without the session, and known by its receipt alone.

import { uuid } from "../lib/api.js";
import { number, t, word } from "../lib/i18n.js";
import { html, signal, useEffect, useState } from "../lib/preact.js";
import { day, hhmm } from "../lib/time.js";
import { Button, Icon, reason, Sheet } from "./parts.js";
import { db, outbox, who } from "./state.js";

const CATEGORIES = [
  "pay",
  "platform_rules",
  "insurance",
  "contract",
  "access",
  "charging",
  "housing",
  "schooling",
  "health",
  "legal",
  "other",
];
/** Crockford's base 32: no letter that is mistaken for a digit. */
const SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 20;
const MISREAD = { O: "0", I: "1", L: "1" };
const AGAIN_MS = 30000;
/** A word that was just sent may be shown a moment later. */
const SEEN_MS = 2000;

const mine = signal(/** @type {Asked[]} */ ([]));
const unsent = signal(/** @type {Asking[]} */ ([]));
const deaf = signal(false);

/** Return a new receipt number: 100 random bits. */
const newReceipt = () =>
  spaced([...crypto.getRandomValues(new Uint8Array(LENGTH))].map((one) => SYMBOLS[one % 32]).join(""));

/** Return a receipt as it is written: five groups of four. */
const spaced = (text) => text.match(/.{4}/g).join("-");

/** Return a receipt number as typed by people, or null if it can be none.
 * @param {string} typed
 */
function readReceipt(typed) {
  const text = [...typed.toUpperCase()]
    .map((one) => MISREAD[one] ?? one)
    .filter((one) => SYMBOLS.includes(one))
    .join("");
  return text.length === LENGTH ? spaced(text) : null;
}

async function keep(change) {
  mine.value = change((await db.get("asked")) ?? []);
  await db.set("asked", mine.value);
}

/** Put something into the outbox, with what is shown, and send it if there is a network.
 * @param {Asking["path"]} path
 * @param {Asking["body"]} body
 * @param {Shown[]} [shown]
 */
async function put(path, body, shown = []) {
  const { jurisdiction } = who.peek();
  const at = new Date().toISOString();
  /** @type {Asking[]} */
  const files = shown.map(({ blob }) => ({
    id: uuid(),
    jurisdiction,
    path: "ask/files",
    body: { receipt: body.receipt },
    at,
    blob,
  }));
  await outbox.asking((kept) => [...kept, { id: uuid(), jurisdiction, path, body, at }, ...files]);
  await send();
}

async function send() {
  unsent.value = (await db.get("asking")) ?? [];
  if (unsent.value.some((one) => !one.code)) {
    const { outcome } = await outbox.tell();
    if (outcome === "sent") setTimeout(look, SEEN_MS);
    else {
      const registration = /** @type {any} */ (await navigator.serviceWorker?.getRegistration("/go"));
      await registration?.sync?.register("outbox").catch(() => {});
    }
    unsent.value = (await db.get("asking")) ?? [];
  }
  await look();
}

/** Read what became of each. */
async function look() {
  for (const { receipt, jurisdiction } of mine.peek()) {
    if (waitsFor(receipt, "ask")) continue;
    try {
      const { status, body } = await outbox.ask(`/${jurisdiction}/ask/receipt`, {
        method: "POST",
        credentials: "omit",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ receipt }),
      });
      deaf.value = false;
      if (status === 200) {
        await keep((kept) => kept.map((one) => (one.receipt === receipt ? { ...one, told: body } : one)));
      }
    } catch {
      deaf.value = true;
      return;
    }
  }
}

/** Drop a difficulty from this phone, with what was not sent of it. */
async function forget(receipt) {
  await outbox.asking((kept) => kept.filter(({ body }) => body.receipt !== receipt));
  await keep((kept) => kept.filter((known) => known.receipt !== receipt));
}

const waitsFor = (receipt, path) =>
  unsent.value.find((one) => one.body.receipt === receipt && one.path === path);

/** What was told before. */
export function Told() {
  const [adding, setAdding] = useState(false);
  useEffect(() => {
    db.get("asked").then((kept) => {
      mine.value = kept ?? [];
      send();
    });
    const again = setInterval(send, AGAIN_MS);
    addEventListener("online", send);
    return () => {
      clearInterval(again);
      removeEventListener("online", send);
    };
  }, []);
  return html`${deaf.value && html`<p class="muted">${t("go.ask.offline")}</p>`}
    ${mine.value.length === 0 && html`<p class="muted">${t("go.ask.none")}</p>`}
    <ul class="people">${[...mine.value]
      .reverse()
      .map((one) => html`<li key=${one.receipt}><${Mine} one=${one} /></li>`)}</ul>
    <${Button} icon="search" onClick=${() => setAdding(true)}>${t("go.ask.add")}</${Button}>
    ${adding && html`<${Add} close=${() => setAdding(false)} />`}`;
}

/** Choose what it is about, say it, send it. */
export function Ask({ close }) {
  const [category, setCategory] = useState("");
  const [receipt, setReceipt] = useState("");
  const tell = async (text, contact, shown) => {
    const number = newReceipt();
    const at = new Date().toISOString();
    await keep((kept) => [...kept, { receipt: number, jurisdiction: who.peek().jurisdiction, category, at }]);
    setReceipt(number);
    const said = { ...(text && { text }), ...(contact && { contact }) };
    await put("ask", { receipt: number, category, ...said }, shown);
  };
  const title = receipt ? t("go.ask.sent") : category ? word("difficulty", category) : t("go.ask.what");
  return html`<${Sheet} title=${title} close=${close}>${
    receipt
      ? html`<div class="stack"><p class="receipt"><b>${receipt}</b></p><p>${t("go.ask.sent_text")}</p>
        <${Button} kind="main" onClick=${close}>${t("go.dismiss")}</${Button}></div>`
      : category
        ? html`<${Say} category=${category} tell=${tell} />`
        : html`<div class="stack">${CATEGORIES.map(
            (code) =>
              html`<${Button} key=${code} onClick=${() => setCategory(code)}>${word(
                "difficulty",
                code,
              )}</${Button}>`,
          )}</div>`
  }</${Sheet}>`;
}

/** The words, with what becomes of them. */
function Say({ category, tell }) {
  const [text, setText] = useState("");
  const [contact, setContact] = useState("");
  const [shown, setShown] = useState(/** @type {Shown[]} */ ([]));
  const [Part, setPart] = useState(/** @type {any} */ (null));
  useEffect(() => {
    import("./showing.js").then(
      ({ Showing }) => setPart(() => Showing),
      (error) => console.warn(error.message),
    );
  }, []);
  const submit = (event) => {
    event.preventDefault();
    if (text.trim() || shown.length) tell(text.trim(), contact.trim(), shown);
  };
  return html`<form class="stack" onSubmit=${submit}>
    <label class="stack"><span>${t("go.ask.text")}</span><textarea name="text" rows="4"
      required=${shown.length === 0}
      maxlength="4000" value=${text} onInput=${(event) => setText(event.currentTarget.value)}></textarea>
    </label>
    ${Part && html`<${Part} shown=${shown} change=${setShown} />`}
    <label class="stack"><span>${t("go.ask.contact")}</span><input name="contact" maxlength="200"
      autocomplete="off" value=${contact} onInput=${(event) => setContact(event.currentTarget.value)} />
      <small>${t("go.ask.contact_hint")}</small></label>
    <section class="stack"><h3>${t("go.ask.who")}</h3><ul>
      <li>${t("go.ask.who_name")}</li><li>${t("go.ask.who_text")}</li>
      ${shown.length > 0 && html`<li>${t("go.ask.who_files")}</li>`}
      ${contact.trim() && html`<li>${t("go.ask.who_contact")}</li>`}</ul>
      <h3>${t("go.ask.public")}</h3>
      <p>${t("go.ask.public_text", { category: word("difficulty", category) })}</p></section>
    <button type="submit" class="button button-main"><span>${t("go.ask.send")}</span></button></form>`;
}

/** Follow one that was told elsewhere. */
function Add({ close }) {
  const [typed, setTyped] = useState("");
  const [bad, setBad] = useState(false);
  const add = async (event) => {
    event.preventDefault();
    const receipt = readReceipt(typed);
    setBad(!receipt);
    if (!receipt) return;
    const { jurisdiction } = who.peek();
    const one = { receipt, jurisdiction, at: new Date().toISOString() };
    await keep((kept) => [...kept.filter((known) => known.receipt !== receipt), one]);
    close();
    await look();
  };
  return html`<${Sheet} title=${t("go.ask.add")} close=${close}><form class="stack" onSubmit=${add}>
    <label class="stack"><span>${t("go.ask.receipt")}</span><input name="receipt" required maxlength="40"
      autocomplete="off" value=${typed} onInput=${(event) => setTyped(event.currentTarget.value)} /></label>
    ${bad && html`<p class="refused" role="alert">${t("go.ask.bad")}</p>`}
    <button type="submit" class="button button-main"><span>${t("go.ask.look")}</span></button></form>
  </${Sheet}>`;
}

const when = (instant) => `${day(instant)} ${hhmm(instant)}`;

/** Return a step in words. */
const stepOf = (one) =>
  t("go.ask.step", { time: when(one.at), what: t(`asked_step.${one.what}`, { post: one.post }, one.what) });

/** One difficulty: how it stands, its steps, and what can be said. */
function Mine({ one }) {
  const [why, setWhy] = useState(/** @type {string | null} */ (null));
  const { receipt, told } = one;
  const waits = waitsFor(receipt, "ask") ?? waitsFor(receipt, "ask/files");
  const says = waitsFor(receipt, "ask/word");
  const say = (what, text = "") => put("ask/word", { receipt, say: what, ...(text && { text }) });
  const may = says && !says.code ? [] : (told?.may ?? []);
  const category = told?.category ?? one.category;
  return html`<details class="asked"><summary><b>${category ? word("difficulty", category) : receipt}</b>
      <span class="end">${told ? word("asked_state", told.state) : ""}</span></summary>
    <p><small>${receipt}</small></p>
    ${(waits ?? says) && html`<${Unsent} one=${waits ?? says} />`}
    ${
      told &&
      html`<p>${told.text}</p>
      ${told.files?.length > 0 && html`<p>${t("go.ask.arrived", { n: number(told.files.length) })}</p>`}
      <p><small>${t("go.ask.with", { post: told.with_post })}</small></p>
      ${told.until && html`<p>${t("go.ask.until", { time: when(told.until) })}</p>`}
      <ol>${told.steps.map(
        (step) =>
          html`<li key=${step.at + step.what}>${stepOf(step)}${
            step.text && html`<br /><b>${step.text}</b>`
          }</li>`,
      )}</ol>`
    }
    <div class="stack">
    ${
      may.includes("confirm") &&
      html`<${Button} icon="check" onClick=${() => say("confirm")}>${t("go.ask.confirm")}</${Button}>`
    }
    ${
      may.includes("reopen") &&
      (why === null
        ? html`<${Button} icon="undo" onClick=${() => setWhy("")}>${t("go.ask.reopen")}</${Button}>`
        : html`<label class="stack"><span>${t("go.ask.why")}</span><textarea name="why" rows="2"
          maxlength="4000" value=${why} onInput=${(event) => setWhy(event.currentTarget.value)}></textarea>
          </label><${Button} icon="undo" onClick=${() => {
            say("reopen", why.trim());
            setWhy(null);
          }}>${t("go.ask.reopen")}</${Button}>`)
    }
    ${
      may.includes("withdraw") &&
      html`<${Button} onClick=${() => say("withdraw")}>${t("go.ask.withdraw")}
      </${Button}>`
    }
    <${Button} icon="close" onClick=${() => forget(receipt)}>${t("go.ask.remove")}</${Button}>
    </div></details>`;
}

const Unsent = ({ one }) =>
  one.code
    ? html`<p class="refused" role="alert">${reason(one)}</p>`
    : html`<p class="unsent"><${Icon} name="wait" />${t("go.ask.waiting")}</p>`;
