// The printed handover sheet: open notes and the state of the board at one position.

import { alertOf, byUrgency, worse } from "../alerts.js";
import { areaPath } from "../areabox.js";
import { dayWords } from "../clock.js";
import { number, t, word } from "../i18n.js";
import { PaperHead } from "../people/print.js";
import { html } from "../preact.js";
import { who } from "../requests/history.js";
import { LEDGER, ON_DUTY, PRIORITIES, UNFINISHED } from "../rules.js";
import { areas, incidents, live, place, requests, session } from "../store.js";
import { askedIn, ledgerIn, peopleIn, teamsIn } from "../sums.js";
import { now, span, stamp } from "../time.js";
import { adds } from "./ledger.js";

const MOST_ALERTS = 60;

/** The sheet. `notes` are rows, with revealed texts if the page shows them. */
export function Sheet({ notes }) {
  const { position } = live.peek().state.peek();
  const at = now.peek();
  return html`<div class="handover-sheet"><${PaperHead}
    title=${`${place.peek()?.name ?? ""} · ${t("entry.sheet")}`} lines=${[
      t("people.paper_of", { position: number(position), when: stamp(at) }),
      incidents
        .peek()
        .map((one) => t("clock.day", { name: one.name, day: dayWords(one, at) }))
        .join(" · "),
      t("entry.sheet_by", { who: session.peek().actor }),
    ].filter(Boolean)} />
    <${Figures} /><${Waiting} at=${at} /><${Notes} notes=${notes} />
    <p class="handover-sign"><span>${t("entry.sheet_off")}</span><span>${t("entry.sheet_on")}</span>
      <span>${t("entry.sheet_time")}</span></p></div>`;
}

/** Format counts as a sum: on scene 3 + en route 1. */
const summed = (domain, names, counts) =>
  names.map((one) => `${word(domain, one)} ${number(counts[one])}`).join(" + ");

function Figures() {
  const [people, ledger, team] = [peopleIn(), ledgerIn(), teamsIn()];
  const wrong = adds(ledger) ? "" : ` · ${t("entry.adds_not", { where: t("entry.total") })}`;
  return html`<section class="paper-group"><h2>${t("entry.sheet_now")}</h2><table><tbody>
    <tr><th scope="row">${t("entry.sheet_on_duty")}</th>
      <td><b>${number(people.on)}</b> = ${summed("presence", ON_DUTY, people.presence)}</td></tr>
    <tr><th scope="row">${t("page.teams")}</th>
      <td>${t("entry.sheet_teams", { active: number(team.active), busy: number(team.busy) })}</td></tr>
    <tr><th scope="row">${t("view.ledger")}</th><td>${t("entry.received_n")} <b>${number(ledger.received)}</b>
      ${" = "}${summed("request_state", LEDGER, ledger)}${wrong}</td></tr></tbody></table>
    <${Unfinished} /></section>`;
}

function Unfinished() {
  const asked = askedIn();
  return html`<table class="handover-cells"><thead><tr><th scope="col">${t("entry.sheet_unfinished")}</th>
    ${UNFINISHED.map((state) => html`<th scope="col">${word("request_state", state)}</th>`)}
    <th scope="col">${t("entry.total")}</th><th scope="col">${t("entry.sheet_alerts")}</th></tr></thead>
    <tbody>${PRIORITIES.map(
      (one) => html`<tr><th scope="row">${one} ${word("priority", one)}</th>
      ${UNFINISHED.map((state) => html`<td>${number(asked.cells[one][state])}</td>`)}
      <td><b>${number(asked.cells[one].total)}</b></td><td>${number(alerted(one))}</td></tr>`,
    )}</tbody>
    </table>`;
}

/** Count the unfinished requests of a priority that have an alert. */
const alerted = (priority) =>
  requests.peek().filter((row) => row.priority === priority && alertOf(row)).length;

function Waiting({ at }) {
  const found = requests
    .peek()
    .map((row) => ({ row, alert: alertOf(row) }))
    .filter(({ alert }) => alert);
  found.sort((a, b) => worse(a.alert, b.alert) || byUrgency(a.row, b.row));
  return html`<section class="paper-group"><h2>${t("entry.sheet_alerts")} <span>${number(found.length)}</span>
    </h2>${
      found.length === 0
        ? html`<p>${t("entry.sheet_no_alerts")}</p>`
        : html`<table><tbody>
    ${found.slice(0, MOST_ALERTS).map(
      ({ row, alert }) => html`<tr><td>${word("alert", alert.level)}</td>
      <td>${t(`alerts.${alert.kind}`)} ${span(at - Date.parse(alert.since))}</td>
      <td>${word("category", row.category)}</td>
      <td>${areaPath(row.area)}</td><td>${word("request_state", row.state)}</td>
        <td>${row.request.slice(0, 14)}</td></tr>`,
    )}</tbody>
        </table>${
          found.length > MOST_ALERTS &&
          html`<p>${t("entry.same_more", { n: found.length - MOST_ALERTS })}</p>`
        }`
    }</section>`;
}

/** Return where, when and by whom a note was written and acknowledged. */
const about = (note) =>
  [
    areas.peek().name(note.area),
    stamp(note.written_at),
    who(note.written_by),
    ...note.acknowledged.map((one) => t("entry.taken_by", { who: who(one.by), at: stamp(one.at) })),
  ].join(" · ");

const Notes = ({ notes }) => html`<section class="paper-group">
  <h2>${t("entry.notes_open")} <span>${number(notes.length)}</span></h2>
  ${notes.length === 0 && html`<p>${t("entry.notes_none")}</p>`}
  ${notes.map(
    (note) => html`<article class="handover-note" key=${note.note}>
    <p><b>${note.priority} ${word("priority", note.priority)}</b> · ${about(note)}</p>
    <p class="handover-text">${note.text}</p></article>`,
  )}</section>`;
