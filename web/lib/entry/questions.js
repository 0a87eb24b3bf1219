// What an import does not understand: one question for each text, answered before the rows are recorded.

import { AreaBox } from "../areabox.js";
import { number, t, word } from "../i18n.js";
import { html } from "../preact.js";
import { Field, Icon } from "../ui.js";

const MOST_LINES = 8;

/** Return the key of a question among answers. */
export const keyOf = ({ column, text }) => `${column}:${text}`;

/** Return answers as the service reads them: COLUMN:TEXT=VALUE. Questions without an answer are left out. */
export const written = (questions, answers) =>
  questions
    .filter((one) => answers[keyOf(one)] !== undefined)
    .map((one) => `${keyOf(one)}=${answers[keyOf(one)]}`);

/** Return how many rows of unanswered questions will be rejected. A row of two questions counts twice. */
export const left = (questions, answers) =>
  questions.filter((one) => answers[keyOf(one)] === undefined).reduce((sum, one) => sum + one.count, 0);

const lines = (question) => {
  const shown = question.rows
    .slice(0, MOST_LINES)
    .map((row) => (row.sheet ? `${row.sheet} ${row.line}` : row.line));
  const said = shown.join(t("entry.comma"));
  return question.count > shown.length ? `${said}…` : said;
};

const about = (question) =>
  question.kind === "phone"
    ? t("entry.ask_phone", { n: number(question.count) })
    : t(`entry.ask_${question.kind}`, { text: question.text, n: number(question.count) });

/** All questions of a preview. `answers`: key -> value; `change` takes the new answers. */
export const Questions = ({ questions, answers, change }) => html`<section class="import-questions">
  <h3>${t("entry.questions", { n: number(questions.length) })}</h3><p
    class="muted">${t("entry.questions_note")}</p><ul>${questions.map(
      (one) => html`<${One} key=${keyOf(one)} question=${one}
    value=${answers[keyOf(one)]} answer=${(value) => change({ ...answers, [keyOf(one)]: value })} />`,
    )}</ul>
  </section>`;

/** One question. A value of undefined rejects its rows; "" leaves the cell empty. */
function One({ question, value, answer }) {
  const cells = question.kind === "phone" ? question.rows.slice(0, MOST_LINES).map((row) => row.text) : [];
  return html`<li class="import-question"><${Field} label=${about(question)}
    hint=${t("entry.ask_lines", { lines: lines(question) })}>${(a11y) => html`<select ...${a11y}
      name=${`answer-${question.column}`} value=${value ?? "-"} onChange=${(event) => {
        const chosen = event.currentTarget.value;
        answer(chosen === "-" ? undefined : chosen);
      }}><option value="-">${t("entry.ask_reject")}</option>${question.choices.map(
        (one) => html`<option value=${one.value}>${said(question, one)}</option>`,
      )}${
        question.kind === "area" &&
        value !== undefined &&
        !question.choices.some((one) => one.value === value) &&
        html`<option value=${value}>${value}</option>`
      }</select>`}</${Field}>
    ${
      cells.length > 0 &&
      html`<p
      class="muted import-cells"><${Icon} name="alert" />${cells.join(" · ")}</p>`
    }
    ${
      question.kind === "area" &&
      html`<${Field} label=${t("entry.ask_other_area")}>${(a11y) => html`<${AreaBox} ...${a11y}
        name=${`area-${question.text}`} value=${value ?? ""} change=${(code) => answer(code || undefined)}
        />`}</${Field}>`
    }</li>`;
}

function said(question, { value, label }) {
  if (value === "") return t("entry.ask_empty");
  return label ? `${label} ${value}` : word(question.field, value);
}
