// The path of the three reviews: stages, verdicts, and what events say of them.

import { t, word } from "../i18n.js";
import { short } from "../people/parts.js";
import { html } from "../preact.js";
import { who } from "../requests/history.js";
import { termName } from "../terms.js";
import { Icon } from "../ui.js";

/** Stages in the order of the path. */
export const STAGES = ["screen", "verify", "check_city", "check_county"];
/** Details that can be approved by themselves. */
export const DETAILS = ["name", "code", "trade", "size", "employees", "members", "area", "platform", "brand"];
/** Places in the order of the funnel. */
export const PLACES = [
  "unreviewed",
  "screen",
  "verify",
  "check",
  "disagreement",
  "sent_back",
  "rejected",
  "passed",
];

/** Return the details named, in words.
 *
 * @param {string[]} fields
 */
export const detailsText = (fields) =>
  fields.map((field) => t(`enterprises.${field}`, {}, "") || t(`institution.${field}`)).join(t("ledger.and"));

/** Return what a verdict, return or delegation says besides its name.
 *
 * @param {{ reason?: string | null, fields?: string[], note?: string | null }} said
 */
const more = ({ reason, fields = [], note }) =>
  [reason && termName("send_back", reason), fields.length > 0 && detailsText(fields), note].filter(Boolean);

/** Return the sentence of an event in the history.
 *
 * @param {any} event
 */
export function sentence({ name, detail = {} }) {
  const { stage, verdict } = detail;
  const what = verdict ? word("opinion", verdict) : word("event", name);
  const said = more(detail);
  const head = stage ? t("ledger.of_stage", { stage: word("review_stage", stage), what }) : what;
  return said.length > 0 ? t("ledger.with", { what: head, more: said.join(t("ledger.and")) }) : head;
}

/** The verdicts of one stage, all of them: a later one does not hide an earlier one. */
function Stage({ stage, review }) {
  const verdicts = (review.verdicts ?? []).filter((one) => one.stage === stage);
  const delegated = review.delegated?.[stage];
  return html`<li class="ledger-stage"><b>${word("review_stage", stage)}</b>
    ${verdicts.length === 0 && html`<span class="muted">${t("ledger.no_verdict")}</span>`}
    ${verdicts.map(
      (one) => html`<span class=${`ledger-verdict ledger-${one.verdict}`} key=${one.at}>
        <${Icon} name=${one.verdict === "approve" ? "done" : "close"} />
        ${[one.fields?.length ? t("ledger.partly") : word("opinion", one.verdict), ...more(one)].join(" · ")}
        <span class="muted">${who(one.by)} · ${short(one.at)}</span></span>`,
    )}
    ${delegated && html`<span class="muted">${t("ledger.delegated", { post: delegated })}</span>`}</li>`;
}

/** The path of one enterprise. */
export const Path = ({ row }) =>
  html`<ol class="ledger-path">${STAGES.map(
    (stage) => html`<${Stage} key=${stage} stage=${stage} review=${row.review} />`,
  )}</ol>
  ${
    row.contradicted.length > 0 &&
    html`<p class="ledger-note"><${Icon} name="alert" /> ${t("ledger.contradicted", {
      stages: row.contradicted.map((stage) => word("review_stage", stage)).join(t("ledger.and")),
    })}</p>`
  }
  ${
    row.review.changed?.length > 0 &&
    html`<p class="ledger-note"><${Icon} name="alert" /> ${t("ledger.changed", {
      fields: detailsText(row.review.changed),
    })}</p>`
  }`;
