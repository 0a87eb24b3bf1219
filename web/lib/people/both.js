// Texts in both languages at once, for what is printed and hung up where everyone passes.
import { html } from "../preact.js";
import { LANGUAGES } from "../i18n.js";
import zhPeople from "../../i18n/zh/people.js";
import zhWords from "../../i18n/zh/words.js";
import enPeople from "../../i18n/en/people.js";
import enWords from "../../i18n/en/words.js";

const catalogues = { zh: { ...zhWords, ...zhPeople }, en: { ...enWords, ...enPeople } };
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/** A text of the catalogue in each language; undefined where a language has none. */
export const both = (key, values = {}) =>
  LANGUAGES.map((code) => catalogues[code][key] && filled(catalogues[code][key], values));

/** A text in both languages, one below the other. */
export const Both = ({ text, values }) => html`<p class="folk-both">
  ${both(text, values).map((said, index) => html`<span lang=${["zh-CN", "en"][index]}>${said}</span>`)}</p>`;
