// What stands beside a chapter: its enterprises, its terms, and what the rule proposed.

import { number, t } from "../i18n.js";
import { coded } from "../institution/show.js";
import { html } from "../preact.js";
import { areas } from "../store.js";
import { localDate } from "../time.js";
import { lastDay, nameOf } from "./rows.js";

export const Enterprises = ({ row, source }) =>
  html`<ul class="folk-lines">${row.enterprises.map(
    (key) => html`<li key=${key}>${nameOf(key, source)} <span class="folk-person-id">${key}</span></li>`,
  )}</ul>`;

export const Terms = ({ row }) =>
  html`<ol class="folk-lines">${row.terms.map(
    (one) =>
      html`<li key=${one.since}>${t(one.until ? "chapters.term_over" : "chapters.term", {
        since: localDate(one.since),
        ends: one.ends
          ? t("chapters.term_ends", { date: localDate(lastDay(one.ends)) })
          : t("chapters.no_end"),
        until: one.until ? localDate(one.until) : "",
      })}</li>`,
  )}</ol>`;

/** The route by the rule, with the numbers and thresholds that it went by then. */
export function Basis({ row: { proposed, route, reason, basis, thresholds } }) {
  const said = [t("chapters.by_rule", { route: t(`chapter_route.${proposed}`) })];
  if (basis) {
    said.push(
      t("chapters.basis_members", { n: number(basis.members ?? 0), least: number(thresholds.members) }),
    );
    if (basis.trade) {
      said.push(
        t("chapters.basis_trade", {
          trade: coded("trade", basis.trade),
          area: areas.value.name(basis.area),
          n: number(basis.enterprises),
          least: number(thresholds.enterprises),
        }),
      );
    }
  }
  if (route !== proposed && reason) said.push(t("chapters.other_route", { reason: coded("route", reason) }));
  return html`<ul class="folk-lines">${said.map((one) => html`<li key=${one}>${one}</li>`)}</ul>`;
}
