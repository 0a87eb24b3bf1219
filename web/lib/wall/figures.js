// What the wall shows of an area: people, needs, requests, teams and the ledger.

import { alertsAt } from "../alerts.js";
import { imbalance, mostFirst } from "../counts.js";
import { number, t, word } from "../i18n.js";
import { Needs, Stand } from "../needs.js";
import { Bar } from "../overview/parts.js";
import { html } from "../preact.js";
import { ACTIVE, FORMING, LEDGER, ON_DUTY, PRIORITIES, UNFINISHED } from "../rules.js";
import { headline } from "../shell/arrival.js";
import { areas } from "../store.js";
import { askedIn, ledgerIn, peopleIn, teamsIn, uncoveredFrom, uncoveredIn } from "../sums.js";
import { since } from "../time.js";
import { Alert, classes, Icon, Priority } from "../ui.js";
import { isLife, things } from "../urgency.js";

/** Alerts listed in full, and areas without anybody named, so that both fit on the wall. */
const MOST_LISTED = 3;
const MOST_BARE = 4;

export function People({ area }) {
  const { on, all, presence, role } = peopleIn(area);
  return html`<section class="pane pane-people" aria-label=${t("over.on_duty")}>
    <div class="people"><b class="huge" data-figure="on-duty">${number(on)}</b><div><h2>${t("over.on_duty")}
      </h2>
      <p>${t("over.on_roster")} ${number(all)}</p></div></div>
    <${Bar} class="wall-bar" parts=${ON_DUTY.map((one) => [one, presence[one]])} />
    <ul class="presences">${ON_DUTY.map(
      (one) => html`<li key=${one}
      class=${classes(`presence-${one}`, !presence[one] && "none")}>
      <b>${number(presence[one])}</b><span>${word("presence", one)}</span></li>`,
    )}</ul>
    <ul class="roles">${mostFirst(role)
      .slice(0, 6)
      .map(
        (one) => html`<li
      key=${one}>${word("role", one)} <b>${number(role[one])}</b></li>`,
      )}</ul>
  </section>`;
}

/** What needs action in an area: by kind, the worst in full, and where nobody is on duty. */
export function NeedsHere({ node }) {
  const items = alertsAt(node.area);
  const bare = uncoveredFrom(node);
  const all = node.area === areas.value.root.area;
  const listed = things(items).slice(0, MOST_LISTED);
  return html`<section class="pane pane-needs" aria-label=${t("requests.now")}>
    ${items.length || all ? html`<${Needs} items=${all ? undefined : items} links=${false} />` : null}
    ${!all && items.length === 0 && html`<${Stand} />`}
    <ul class="needed">${listed.map((one) => html`<${Needed} key=${one.id} one=${one} />`)}</ul>
    ${bare.length > 0 && html`<${Bare} nodes=${bare} />`}
  </section>`;
}

function Needed({ one }) {
  return html`<li class=${`needed-${one.level}`}><${Icon} name=${`level-${one.level}`} />
    <b>${t(`alerts.${one.kind}`)}</b>
    <span class="needed-what">${
      isLife(one) &&
      html`<${Priority}
      value=${1} />`
    } ${headline(one, false)}
    </span><span>${since(one.since)}</span></li>`;
}

/** The areas with open requests where nobody is on duty, by name as far as there is room. */
function Bare({ nodes }) {
  const worst = Math.min(...nodes.map(({ area }) => uncoveredIn(area)));
  const names = nodes.slice(0, MOST_BARE).map((node) => node.name || node.area);
  const rest = nodes.length - names.length;
  return html`<p class="bare"><${Alert} level=${worst}>${t("wall.uncovered", { n: number(nodes.length) })}
    </${Alert}> <span>${names.join(t("wall.comma"))}${
      rest > 0 && ` ${t("wall.and_more", { n: number(rest) })}`
    }</span></p>`;
}

export function Requests({ node }) {
  const asked = askedIn(node.area);
  return html`<section class="pane pane-requests" aria-label=${t("wall.unfinished")}>
    <div class="asked"><b class="big">${number(asked.unfinished)}</b><h2>${t("wall.unfinished")}</h2>
    ${
      asked.untouched > 0 &&
      html`<p class="untouched"><${Icon} name="wait" />
        <b>${t("wall.untouched", { n: number(asked.untouched) })}</b>
        <span>${t("over.oldest_of", { age: since(asked.oldestUntouched) })}</span></p>`
    }</div>
    <table class="matrix"><thead><tr><th scope="col"><span class="visually-hidden">${t("over.priority")}
      </span>
      </th>
        ${UNFINISHED.map((state) => html`<th scope="col">${word("request_state", state)}</th>`)}<th
          scope="col">${t("over.oldest")}</th></tr></thead>
      <tbody>${PRIORITIES.map((priority) => {
        const cell = asked.cells[priority];
        return html`<tr key=${priority} class=${cell.total ? "" : "none"}><th scope="row"><${Priority}
          value=${priority} /></th>
          ${UNFINISHED.map(
            (state) => html`<td class=${cell[state] ? "" : "none"}>${number(cell[state])}
            </td>`,
          )}
          <td class="oldest">${cell.oldest === null ? "–" : since(cell.oldest)}</td></tr>`;
      })}</tbody></table>
  </section>`;
}

export function Teams({ area }) {
  const found = teamsIn(area);
  const figures = [
    [ACTIVE, found.active, word("team_state", ACTIVE)],
    ["busy", found.busy, t("over.busy")],
    [FORMING, found.forming, word("team_state", FORMING)],
  ];
  return html`<section class="pane pane-teams" aria-label=${t("over.teams")}><h2>${t("over.teams")}</h2>
    <ul class="figures">${figures.map(
      ([name, value, label]) => html`<li key=${name}
      class=${value ? "" : "none"}><b>${number(value)}</b><span>${label}</span></li>`,
    )}</ul></section>`;
}

export function Ledger({ area }) {
  const ledger = ledgerIn(area);
  const wrong = imbalance(ledger, askedIn(area).unfinished);
  return html`<section class="pane pane-ledger" aria-label=${t("over.ledger")}>
    <p class="equation"><${Term} value=${ledger.received}
      label=${t("over.received")} />${LEDGER.map(
        (state, index) => html`<span
      class="sign">${index ? "+" : "="}</span><${Term} value=${ledger[state]}
        label=${word("request_state", state)} />`,
      )}</p>
    ${
      wrong
        ? html`<${Alert} level=${1}>${t("wall.ledger_wrong")}</${Alert}>`
        : html`<p class="calm"><${Icon}
      name="done" />${t("over.balanced")}</p>`
    }
  </section>`;
}

const Term = ({
  value,
  label,
}) => html`<span class=${classes("term", !value && "none")}><b>${number(value)}</b>
  <span>${label}</span></span>`;
