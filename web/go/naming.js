// Recognition: whether I agree to be named, what I am proposed for or was given, and where I am named. Loaded
// when it is opened.

import { get } from "../lib/api.js";
import { lang, t, word } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { day } from "../lib/time.js";
import { mine } from "./mine.js";
import { Button, Sheet, Unsent } from "./parts.js";
import { acts, counts, who } from "./state.js";
import { act } from "./sync.js";

const YES = "worker.consent";
const NO = "worker.withdraw_consent";
const WORDS = [YES, NO];
const LISTS = ["honour", "channel"];

const useRecognition = mine(
  "recognition",
  async ({ jurisdiction }) => {
    const words = (list) => get(`/${jurisdiction}/words`, { list });
    const [said, ...lists] = await Promise.all([get(`/${jurisdiction}/me/recognition`), ...LISTS.map(words)]);
    return /** @type {MyRecognition} */ ({ ...said, words: lists.flatMap(({ items }) => items) });
  },
  WORDS,
);

/** Return what the service said with what was said on this phone since. A name that was taken back is shown
 * nowhere any more.
 * @param {MyRecognition} found
 * @param {Act[]} said
 * @returns {MyRecognition & {act?: Act}}
 */
export function withSaid(found, said) {
  const last = said.findLast((one) => WORDS.includes(one.name) && counts(one, found.position));
  if (!last) return found;
  return last.name === YES
    ? { ...found, consent: "given", since: last.at, act: last }
    : { ...found, consent: "withdrawn", since: last.at, items: [], act: last };
}

/** Return what a term of a list is called.
 * @param {MyRecognition} found
 * @param {string} list
 * @param {string} code
 */
export const named = ({ words }, list, code) =>
  words.find((one) => one.list === list && one.code === code)?.names[lang.value] ?? code;

/** Say yes or take it back: the second tap, after what it means. */
function Sure({ what, close }) {
  const tell = () => {
    act(what, { worker: who.value.worker });
    close();
  };
  return html`<${Sheet} title=${t(`go.${what}`)} close=${close}><div class="stack">
    <ul>${["one", "two", "three"].map((n) => html`<li key=${n}>${t(`go.${what}.${n}`)}</li>`)}</ul>
    <${Button} kind="main" icon="check" onClick=${tell}>${t(`go.${what}.sure`)}</${Button}></div></${Sheet}>`;
}

function Consent({ found }) {
  const [open, setOpen] = useState(false);
  const given = found.consent === "given";
  const what = given ? NO : YES;
  const proposed = found.nominations.length + found.awards.length > 0;
  return html`<section class="stack" aria-label=${t("go.consent")}><h3>${t("go.consent")}</h3>
    <p data-consent=${found.consent ?? "none"}>${
      given
        ? t("go.consent.given", { since: day(found.since) })
        : t(proposed ? "go.consent.asked" : "go.consent.none")
    }</p><${Unsent} act=${found.act} />
    <${Button} kind=${given ? undefined : "main"} onClick=${() => setOpen(true)}>
      ${t(`go.${what}`)}</${Button}>
    ${open && html`<${Sure} what=${what} close=${() => setOpen(false)} />`}</section>`;
}

const served = (path) => `/api/v1/${who.value.jurisdiction}/${path}`;

const Award = ({ one, found }) => html`<li><span><b>${one.title}</b><br />
    ${named(found, "honour", one.honour)} · ${day(one.granted_at)}</span>
  ${
    one.state === "valid"
      ? html`<span class="end"><a href=${served(`papers/awards/${one.award}`)} download>
        ${t("go.award.paper")}</a><br /><a href=${served(`badges/${one.award}`)} download>
        ${t("go.award.badge")}</a></span>`
      : html`<span class="late">${t("go.award.revoked")}</span>`
  }</li>`;

const Item = ({
  one,
  found,
}) => html`<li data-item=${one.publication}><span><b>${one.text ?? one.topic}</b><br />
    ${[day(one.published_at), named(found, "channel", one.channel), one.outlet].filter(Boolean).join(" · ")}
    <br /><small>${
      one.state === "retracted" ? t("go.item.retracted") : t("go.item.name", { name: one.name ?? "" })
    }</small></span>
  ${one.link && html`<a href=${one.link} target="_blank" rel="noreferrer">${t("go.item.open")}</a>`}</li>`;

const List = ({ title, rows, none, children }) =>
  (rows.length > 0 || none) &&
  html`<section class="stack" aria-label=${title}><h3>${title}</h3>
    ${rows.length > 0 && html`<ul class="people">${rows.map(children)}</ul>`}
    ${rows.length === 0 && html`<p class="muted">${none}</p>`}
    </section>`;

/** The part's content. */
export function Body() {
  const said = useRecognition();
  if (said === undefined) return html`<p class="muted">${t("go.recognition.offline")}</p>`;
  if (said === null) return html`<p role="status">${t("go.loading")}</p>`;
  const found = withSaid(said, acts.value);
  return html`<div class="stack"><${Consent} found=${found} />
    <${List} title=${t("go.nominations")} rows=${found.nominations}>${(one) => html`<li key=${one.nomination}>
      <span><b>${named(found, "honour", one.honour)}</b><br />${day(one.made_at)}</span>
      <span class="end">${word("nomination_state", one.state)}</span></li>`}</${List}>
    <${List} title=${t("go.awards")} rows=${found.awards} none=${t("go.awards.none")}>${(one) =>
      html`<${Award} key=${one.award} one=${one} found=${found} />`}</${List}>
    <${List} title=${t("go.items")} rows=${found.items} none=${t("go.items.none")}>${(one) =>
      html`<${Item} key=${one.publication} one=${one} found=${found} />`}</${List}></div>`;
}
