// Texts in every language at once, for printed notices.
import { LANGUAGES } from "../../i18n/languages.js";
import { html } from "../preact.js";

const catalogues = await Promise.all(
  LANGUAGES.map(async ({ code }) => {
    const parts = ["words", "people"].map((name) => import(`../../i18n/${code}/${name}.js`));
    const [words, people] = await Promise.all(parts);
    return { ...words.default, ...people.default };
  }),
);
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/** Return a text of the catalogue in each language, undefined in a language without it. */
export const both = (key, values = {}) => catalogues.map((texts) => texts[key] && filled(texts[key], values));

/** A text in every language, one below the other. */
export const Both = ({ text, values }) => html`<p class="folk-both">
  ${both(text, values).map((said, n) => html`<span lang=${LANGUAGES[n].tag}>${said}</span>`)}</p>`;
