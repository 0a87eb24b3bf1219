// The overview: people on duty, requests and the ledger. Every number links to its rows.

import { get } from "../lib/api.js";
import { Lines } from "../lib/chart.js";
import { daysOf, dayWords } from "../lib/clock.js";
import { imbalance, mostFirst } from "../lib/counts.js";
import { number, t, word } from "../lib/i18n.js";
import { Needs } from "../lib/needs.js";
import { Areas } from "../lib/overview/areas.js";
import { Events } from "../lib/overview/events.js";
import { Bar, Count } from "../lib/overview/parts.js";
import { html } from "../lib/preact.js";
import { href } from "../lib/router.js";
import { ACTIVE, FORMING, LEDGER, ON_DUTY, PRIORITIES, UNFINISHED } from "../lib/rules.js";
import { Start } from "../lib/start.js";
import { areas, hasRight, incidents, live, may } from "../lib/store.js";
import { askedIn, ledgerIn, peopleIn, teamsIn, trend } from "../lib/sums.js";
import { since, stamp } from "../lib/time.js";
import { Alert, classes, Empty, Icon, Loading, Priority, Tile, useLoaded } from "../lib/ui.js";

/** Number of kinds of teams in the tile. */
const MOST_KINDS = 5;
export default function Overview() {
  return html`<h1 class="visually-hidden">${t("page.overview")}</h1><${Now} /><${Start} />
    <div class="fills over">
      <${Clock} /><${Ledger} /><${People} />
      <div class="over-column"><${Requests} /><${Trend} /><${Teams} /></div>
      <${Events} />
    </div>`;
}

/** What needs action now, above everything else. */
const Now = () => html`<section class="tile over-now" aria-labelledby="over-now"><h2 id="over-now">
  ${t("requests.now")}</h2><${Needs} /></section>`;

/** The open incidents: day, start and areas. */
function Clock() {
  const open = incidents.value;
  return html`<${Tile} title=${t("over.incident")} views=${["incidents"]} more=${href("incidents")}
    class="over-clock">
    ${
      open.length
        ? open.slice(0, 2).map((one) => html`<${Incident} key=${one.incident} incident=${one} />`)
        : html`<${NoIncident} />`
    }
    ${
      open.length > 2 &&
      html`<a href=${href("incidents")}>${t("over.more_incidents", { n: number(open.length - 2) })}
      </a>`
    }
  </${Tile}>`;
}

function Incident({ incident }) {
  return html`<div class="o-incident">
    <p class="o-incident-day">${dayWords(incident)}</p>
    <div><a class="o-incident-name" href=${href("incidents", { id: incident.incident })}>${incident.name}</a>
      <p class="muted">${t("over.since", { at: stamp(incident.starts_at) })} · ${incident.areas.map(
        (area, index) => html`${index > 0 && ", "}
        <a
        href=${href("requests", { query: { area } })}>${areas.value.name(area)}</a>`,
      )}</p></div></div>`;
}

/** Shown if no incident is open: the last one, and a link to declare one. */
function NoIncident() {
  const { data } = useLoaded(
    () => get(`/${live.value.jurisdiction}/incidents`, { state: "closed", limit: 100 }),
    [live.value],
  );
  const [last] = (data?.items ?? []).sort((a, b) => Date.parse(b.ends_at) - Date.parse(a.ends_at));
  return html`<div class="o-incident"><p class="o-incident-none">${t("over.no_incident")}</p>
    <div>${
      last &&
      html`<p class="muted">${t("over.last_incident", {
        name: last.name,
        at: stamp(last.ends_at),
        n: number(daysOf(last)),
      })}</p>`
    }
      ${
        may("incident.declare") &&
        html`<a class="button"
        href=${href("enter", { id: "incident" })}>${t("over.declare")}</a>`
      }</div></div>`;
}

/** The ledger as an equation, and whether it balances. */
function Ledger() {
  const ledger = ledgerIn();
  const wrong = imbalance(ledger, askedIn().unfinished);
  return html`<${Tile} title=${t("over.ledger")} views=${["ledger", "requests"]} class="over-ledger"
    actions=${html`<${Check} wrong=${wrong} />`}>
    <p class="o-equation"><${Term} name="received" value=${ledger.received} label=${t("over.received")}
      query=${{}} main />
      ${LEDGER.map(
        (state, index) => html`<span class="o-equation-sign">${index ? "+" : "="}</span><${Term}
        name=${state} value=${ledger[state]}
        label=${word("request_state", state)} query=${{ state }} />`,
      )}</p></${Tile}>`;
}

const Term = ({ name, value, label, query, main }) => html`<a data-figure=${name}
  class=${classes("o-term", main && "o-term-main")} href=${href("requests", { query })}><b>${number(value)}
    </b>
  <span>${label}</span></a>`;

const Check = ({ wrong }) =>
  wrong
    ? html`<${Alert} level=${1}>
      ${t(
        "over.imbalance",
        Object.fromEntries(Object.entries(wrong).map(([name, value]) => [name, number(value)])),
      )}
    </${Alert}>`
    : html`<span class="o-balanced" title=${t("over.balanced_how")}><${Icon} name="done" />
      ${t("over.balanced")}
    </span>`;

/** People on duty: total, by presence, by role and by area. */
function People() {
  const { on, all, presence, role } = peopleIn();
  const workers = (query) => href("workers", { query });
  return html`<${Tile} title=${t("over.on_duty")} views=${["headcount", "areas", "timeline"]}
    more=${workers({ presence: "on_duty" })} class="over-people">
    <div class="o-people">
      <a class="o-people-on" data-figure="on-duty" href=${workers({ presence: "on_duty" })}><b>${number(on)}
        </b>
        <span>${t("over.on_duty")}</span></a>
      <div class="o-people-detail">
        <${Bar} parts=${ON_DUTY.map((one) => [one, presence[one]])} />
        <ul class="o-tally">${ON_DUTY.map(
          (one) => html`<li><span class=${`mark presence-${one}`}><span
          class="mark-dot" aria-hidden="true"></span></span>
          <${Count} value=${presence[one]} to=${workers({ presence: one })} /> ${word("presence", one)}</li>`,
        )}
            </ul>
        <ul class="o-tally o-tally-quiet">${mostFirst(role).map(
          (one) => html`<li key=${one}><${Count}
          value=${role[one]}
          to=${workers({ role: one, presence: "on_duty" })} /> ${word("role", one)}</li>`,
        )}
          <li class="o-tally-end">${t("over.on_roster")} <${Count} value=${all} to=${workers({})} /></li></ul>
      </div>
    </div>
    ${all > 0 && html`<${DutyLine} />`}
    ${all === 0 && html`<${NoPeople} />`}<${Areas} />
  </${Tile}>`;
}

const NoPeople = () => html`<div class="o-hint"><p>${t("over.no_people")}</p>
  ${hasRight("import_files") && html`<a class="button" href=${href("imports")}>${t("over.import")}</a>`}
  ${
    may("worker.register") &&
    html`<a class="button" href=${href("enter", { id: "worker" })}>
    ${t("over.register")}</a>`
  }</div>`;

/** Unfinished requests: alerts, then a table by priority and state. */
function Requests() {
  const asked = askedIn();
  const requests = (query) => href("requests", { query });
  return html`<${Tile} title=${t("over.unfinished_requests")} views=${["requests"]} more=${requests({})}
    class="over-requests">
    <div class="o-asked"><a class="o-asked-all" data-figure="unfinished" href=${requests({})}>
      <b>${number(asked.unfinished)}</b><span>${t("over.unfinished")}</span></a></div>
    ${
      asked.untouched > 0 &&
      html`<a
      class="o-untouched"
      href=${requests({ state: "open", touched: "false" })}>
      <${Icon} name="wait" /><b>${t("over.untouched", { n: number(asked.untouched) })}</b>
        <span>${t("over.oldest_of", { age: since(asked.oldestUntouched) })}</span></a>`
    }
    ${
      asked.unfinished
        ? html`<${Matrix} asked=${asked} requests=${requests} />`
        : html`<div class="o-hint"><p>${t("over.no_requests")}</p>${
            may("request.open") &&
            html`<a class="button"
        href=${href("enter", { id: "request" })}>${t("over.open_request")}</a>`
          }</div>`
    }
  </${Tile}>`;
}

function Matrix({ asked, requests }) {
  const total = (state) => PRIORITIES.reduce((sum, priority) => sum + asked.cells[priority][state], 0);
  return html`<table class="table o-matrix"><thead><tr><th scope="col">${t("over.priority")}</th>
      ${UNFINISHED.map((state) => html`<th scope="col" class="number">${word("request_state", state)}</th>`)}
      <th scope="col" class="number">${t("over.sum")}</th><th scope="col" class="number">${t("over.oldest")}
        </th></tr></thead>
    <tbody>${PRIORITIES.map((priority) => {
      const cell = asked.cells[priority];
      return html`<tr key=${priority} class=${cell.total ? "" : "none"}><th scope="row"><${Priority}
        value=${priority} />${
          cell.oldest !== null &&
          html`<span
        class="o-matrix-age">${t("over.oldest_of", { age: since(cell.oldest) })}</span>`
        }</th>
        ${UNFINISHED.map(
          (state) => html`<td class="number"><${Count} value=${cell[state]}
          to=${requests({ priority, state })} /></td>`,
        )}
        <td class="number"><${Count} value=${cell.total} to=${requests({ priority })} class="o-count-sum" />
          </td>
        <td class="number muted nowrap">${cell.oldest === null ? "" : since(cell.oldest)}</td></tr>`;
    })}</tbody>
    <tfoot><tr><th scope="row">${t("over.sum")}</th>${UNFINISHED.map(
      (state) => html`<td class="number">
      <${Count} value=${total(state)} to=${requests({ state })} /></td>`,
    )}
      <td class="number"><${Count} value=${asked.unfinished} to=${requests({})} class="o-count-sum" /></td>
      <td class="number muted nowrap">${asked.oldest === null ? "" : since(asked.oldest)}</td></tr></tfoot>
        </table>`;
}

/** People on duty over the last 24 hours. */
function DutyLine() {
  const { times, onDuty } = trend.value;
  if (!live.value.has("timeline")) return html`<${Loading} />`;
  return html`<${Lines} label=${t("over.line_duty")} times=${times} zero series=${[
    { label: t("over.on_duty"), token: "--accent", values: onDuty, fill: true },
  ]} />`;
}

/** Requests received and served over the last 24 hours. */
function Trend() {
  const { times, received, served } = trend.value;
  return html`<${Tile} title=${t("over.day_past")} views=${["timeline"]} class="over-trend">
    ${
      received.at(-1) + served.at(-1) === 0
        ? html`<${Empty} text=${t("over.no_trend")} />`
        : html`<${Lines}
      label=${t("over.line_requests")} times=${times} zero series=${[
        { label: t("over.received"), token: "--in_progress", values: received },
        { label: t("over.served"), token: "--done", values: served, dash: [5, 3] },
      ]} />`
    }</${Tile}>`;
}

function Teams() {
  const found = teamsIn();
  const teams = (query) => href("teams", { query });
  return html`<${Tile} title=${t("over.teams")} views=${["teams"]} more=${teams({})} class="over-teams">
    ${
      found.total === 0
        ? html`<div class="o-hint"><p>${t("over.no_teams")}</p>${
            may("team.form") &&
            html`<a
      class="button" href=${href("enter", { id: "team" })}>${t("over.form_team")}</a>`
          }</div>`
        : html`<div class="o-teams"><ul class="o-trio">
        <li><a href=${teams({ state: ACTIVE })}><b>${number(found.active)}</b>
          <span>${word("team_state", ACTIVE)}</span></a></li>
        <li><a href=${teams({ state: ACTIVE, busy: "true", sort: "-load" })}><b>${number(found.busy)}</b>
          <span>${t("over.busy")}</span></a></li>
        <li><a href=${teams({ state: FORMING })} class=${found.forming ? "" : "o-count-zero"}>
          <b>${number(found.forming)}</b><span>${word("team_state", FORMING)}</span></a></li></ul>
      <table class="table o-kinds"><thead class="visually-hidden"><tr><th scope="col">${t("over.kind")}</th>
        <th
        scope="col">${t("over.busy_share")}</th>
          <th scope="col">${t("over.busy")}</th><th scope="col">${t("over.sum")}</th></tr></thead>
        <tbody>${mostFirst(
          Object.fromEntries(Object.entries(found.kind).map(([kind, one]) => [kind, one.total])),
        )
          .slice(0, MOST_KINDS)
          .map((kind) => {
            const one = found.kind[kind];
            return html`<tr key=${kind}><th scope="row">${word("kind", kind)}</th>
            <td class="o-kinds-bar"><${Bar}
              parts=${[["assigned", one.busy], ["border", one.total - one.busy]]} /></td>
            <td class="number"><${Count} value=${one.busy}
              to=${teams({ kind, state: ACTIVE, busy: "true", sort: "-load" })} /></td>
            <td class="number muted">/ <a class="o-count" href=${teams({ kind })}>${number(one.total)}</a>
              </td>
              </tr>`;
          })}</tbody></table></div>`
    }
  </${Tile}>`;
}
