// What needs action now, in the same words on every page: alerts by kind, or the state without any.

import { alertProblem, alerts, answer, fresh, stand } from "./alerts.js";
import { number, t } from "./i18n.js";
import { html } from "./preact.js";
import { reason } from "./refusals.js";
import { href } from "./router.js";
import { hhmmss, span, wall } from "./time.js";
import { Alert, classes, Icon } from "./ui.js";
import { byKind, REQUEST_KINDS } from "./urgency.js";

/** Return the page that lists the alerts of a kind. */
function rowsOf({ kind }) {
  if (REQUEST_KINDS.includes(kind)) return href("requests", { query: { alert: kind } });
  const [first, ...more] = alerts.value.filter((one) => one.kind === kind);
  if (first && !more.length) return href("workers", { id: first.worker });
  return href("workers", { query: { presence: "on_duty" } });
}

const STANDS = {
  clear: { icon: "done", class: "stand-clear" },
  nobody: { icon: "worker", class: "stand-nobody" },
  waiting: { icon: "wait", class: "stand-nobody" },
  unknown: { icon: "alert", class: "stand-unknown" },
};

/** How things stand without alerts. Green only when the service says that all is clear. */
export function Stand() {
  const found = answer.value;
  const { icon, class: extra } = STANDS[stand.value];
  const said = found
    ? t(`stand.${stand.value}`, {
        n: number(found.on_duty),
        waiting: number(found.waiting),
      })
    : alertProblem.value
      ? reason(alertProblem.value)
      : t("live.connecting");
  return html`<p class=${`stand ${extra}`} data-stand=${stand.value}><${Icon} name=${icon} />${said}</p>`;
}

/** Since when the alerts are old, if they are. */
function Stale() {
  const found = answer.value;
  if (!found || fresh.value) return null;
  return html`<p class="stand stand-unknown" role="status"><${Icon} name="alert" />${t("stand.stale", {
    at: hhmmss(found.now),
    age: span(wall.value - found.heard),
  })}</p>`;
}

/** What else there is about the things of a kind, in small. */
const Also = ({ kinds }) =>
  html`<span class="needs-also">${kinds
    .map(({ kind, count }) => t("needs.also", { what: t(`alerts.${kind}`), n: number(count) }))
    .join(" · ")}</span>`;

/** What needs action, by the kind of its worst alert, each a link to its rows, or the state without any.
 *
 * @param {{ items?: import("./urgency.js").Alert[], counts?: Record<string, number>, links?: boolean,
 *   class?: string }} props Without `items`: all alerts.
 */
export function Needs({ items, counts, links = true, class: extra }) {
  const kinds = byKind(items ?? alerts.value, items ? {} : (counts ?? answer.value?.things));
  if (kinds.length === 0 && items) return null;
  if (kinds.length === 0) return html`<div class=${classes("needs", extra)}><${Stand} /></div>`;
  const said = (one) =>
    html`<${Alert} level=${one.level}>${t(`needs.${one.kind}`, {
      n: number(one.count),
    })}<span class="visually-hidden"> ${t(`alert.${one.level}`)}</span>${
      one.also.length > 0 && html` <${Also} kinds=${one.also} />`
    }</${Alert}>`;
  return html`<div class=${classes("needs", extra)}><ul class="needs-list" data-stand="alerts">${kinds.map(
    (one) =>
      html`<li key=${one.kind} data-kind=${one.kind}>${
        links ? html`<a class="needs-link" href=${rowsOf(one)}>${said(one)}</a>` : said(one)
      }</li>`,
  )}</ul>${
    !items &&
    answer.value?.on_duty === 0 &&
    html`<p class="stand stand-nobody">
    <${Icon} name="worker" />${t("stand.nobody_there")}</p>`
  }<${Stale} /></div>`;
}
