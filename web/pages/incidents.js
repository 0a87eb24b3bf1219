// Incidents: since when they are open, and the ledger of their requests by day.

import { all, get } from "../lib/api.js";
import { areaPath } from "../lib/areabox.js";
import { called, shortened } from "../lib/called.js";
import { dayWords } from "../lib/clock.js";
import { codeOf } from "../lib/codeof.js";
import { AreaList, MOST_DAYS } from "../lib/entry/incident.js";
import { byDay, imbalance } from "../lib/entry/ledger.js";
import { Export } from "../lib/export.js";
import { useMedia } from "../lib/hooks.js";
import { number, t, word } from "../lib/i18n.js";
import { dayNumber, fromLocal, toLocal } from "../lib/localtime.js";
import { CommandForm } from "../lib/people/acts.js";
import { Acts, Panel, Part, ReasonField } from "../lib/people/parts.js";
import { html, useRef, useState } from "../lib/preact.js";
import { go, href } from "../lib/router.js";
import { LEDGER, UNFINISHED } from "../lib/rules.js";
import { areas, incidents, live, may, place, teams } from "../lib/store.js";
import { codes } from "../lib/terms.js";
import { day, stamp } from "../lib/time.js";
import { Age, classes, Empty, ErrorNote, Field, Icon, Loading, State, useLoaded } from "../lib/ui.js";

const unfinishedOf = (row) => UNFINISHED.reduce((sum, state) => sum + row[state], 0);

/** Load the closed incidents. Throws Problem. */
const closed = () => all(live.peek().jurisdiction, "incidents", { state: "closed", sort: "-starts_at" }, 500);

/** From this width on, list and detail stand side by side: without a choice the first incident is shown. */
const WIDE = "(min-width: 64rem)";

export default function Incidents({ route }) {
  const wide = useMedia(WIDE);
  const open = incidents.value;
  const ids = open.map((one) => one.incident).join(" ");
  const { data, problem, reload } = useLoaded(closed, [live.value, ids]);
  if (!live.value.has("incidents")) return html`<${Loading} />`;
  const ended = (data?.items ?? []).filter((one) => !open.some((other) => other.incident === one.incident));
  const rows = [...open, ...ended];
  const chosen = route.id ?? (wide ? rows[0]?.incident : undefined);
  const shown = rows.find((one) => one.incident === chosen);
  const close = route.id ? () => go("incidents") : undefined;
  return html`<div class=${classes("entry incidents", chosen && "incidents-one")}>
    <header class="page-head"><h1>${t("page.incidents")}</h1>
    <div class="toolbar"><${Export} view="incidents" />${
      may("incident.declare") &&
      html`<a class="button" href=${href("enter", { id: "incident" })}><${Icon} name="plus"
      />${t("entry.declare")}</a>`
    }</div></header>
    <div class="incidents-body"><div class="incidents-list"><${ErrorNote} problem=${problem} retry=${reload}
      />
      ${
        rows.length === 0 &&
        data &&
        html`<${Empty}
        text=${t("entry.no_incident_yet")}>${
          may("incident.declare") &&
          html`<a class="button button-main"
        href=${href("enter", { id: "incident" })}>${t("entry.declare")}</a>`
        }</${Empty}>`
      }
      ${
        open.length > 0 &&
        html`<${List} title=${t("entry.open_incidents")} rows=${open} chosen=${chosen}
        />`
      }
      ${
        ended.length > 0 &&
        html`<${List} title=${t("entry.closed_incidents")} rows=${ended}
        chosen=${chosen} />`
      }</div>
    ${
      chosen &&
      (shown
        ? html`<${Detail} key=${chosen} row=${shown} close=${close} reload=${reload} />`
        : html`<${Other} id=${chosen} close=${close} waiting=${!data && !problem} reload=${reload} />`)
    }</div>
      </div>`;
}

const List = ({ title, rows, chosen }) => html`<section><h2 class="incidents-title">${title}</h2><ul
  class="incidents-cards">${rows.map(
    (row) => html`<li key=${row.incident}><a
    href=${href("incidents", { id: row.incident })}
      aria-current=${row.incident === chosen ? "true" : undefined}><strong>${row.name}</strong><span
      class="incidents-day">${dayWords(row)}</span>
    <span class="muted">${word("incident_kind", row.kind)} · ${stamp(row.starts_at)}${
      row.ends_at && ` – ${stamp(row.ends_at)}`
    }</span>
    <span class="muted">${t("entry.stand", {
      received: number(row.received),
      unfinished: number(unfinishedOf(row)),
    })}</span></a></li>`,
  )}</ul></section>`;

/** An incident that is not in the lists: just declared, or unknown. */
function Other({ id, close, waiting, reload }) {
  const {
    data,
    problem,
    reload: again,
  } = useLoaded(
    () =>
      waiting
        ? Promise.resolve(null)
        : get(`/${live.peek().jurisdiction}/incidents/${encodeURIComponent(id)}`),
    [id, waiting],
  );
  if (data)
    return html`<${Detail} row=${data} close=${close} reload=${() => {
      again();
      reload();
    }} />`;
  return html`<${Panel} title=${called("incident", id)} close=${close}>${
    problem ? html`<${ErrorNote} problem=${problem} retry=${again} />` : html`<${Loading} />`
  }</${Panel}>`;
}

function Detail({ row, close, reload }) {
  const isOpen = row.state === "open";
  const sub = html`<p class="incident-sub"><${State} domain="incident_state" value=${row.state} /><span
    class="muted">${word("incident_kind", row.kind)}</span><span class="entry-id"
      title=${row.incident}>${shortened(row.incident)}</span>
    <${Age} views=${["incidents", "ledger"]} /></p>`;
  return html`<${Panel} title=${row.name} sub=${sub} close=${close} focus=${Boolean(close)}>
    <p class="incident-clock"><b>${dayWords(row)}</b> <span>${t("entry.since", {
      at: stamp(row.starts_at),
    })}${row.ends_at && ` · ${t("entry.until", { at: stamp(row.ends_at) })}`}</span></p>
    <${Equation} row=${row} />
    <dl class="entry-facts"><div><dt>${t("entry.areas")}</dt>
      <dd>${
        row.areas.length === 0
          ? t("entry.whole", { place: place.value?.name ?? "" })
          : row.areas.map(
              (code, index) => html`${index > 0 && " · "}<a
        href=${href("requests", { query: { area: code } })}
          title=${areaPath(code)}>${areas.value.name(code)}</a>`,
            )
      }</dd></div>
      ${
        row.expected_days &&
        html`<div><dt>${t("entry.expected_days")}</dt>
        <dd>${number(row.expected_days)}</dd></div>`
      }
      <div><dt>${t("page.teams")}</dt><dd>${t("entry.teams", {
        n: number(row.teams),
        m: number(teamsOn(row)),
      })}</dd></div></dl>
    <${Doing} row=${row} isOpen=${isOpen} reload=${reload} />
    <${Ledger} row=${row} /></${Panel}>`;
}

const teamsOn = (row) => [...teams.value.values()].filter((one) => one.incident === row.incident).length;
const rowsOf = (row, state) =>
  href("requests", {
    query: { incident: row.incident, ...(state && { state: UNFINISHED.includes(state) ? state : "ended" }) },
  });

/** The equation received = open + assigned + ... Each number links to its rows. */
const Equation = ({ row }) => html`<p class="equation"><a href=${rowsOf(row)}><b>${number(row.received)}</b>
  <span>${t("entry.received_n")}</span></a>${LEDGER.map(
    (state, index) => html`<span
  class="equation-sign" aria-hidden="true">${index ? "+" : "="}</span><a href=${rowsOf(row, state)}>
    <b>${number(row[state])}</b><span>${word("request_state", state)}</span></a>`,
  )}</p>`;

function Ledger({ row }) {
  const table = byDay(live.value.rows("ledger"), row.incident);
  const wrong = imbalance(table, row);
  if (!live.value.has("ledger")) return html`<${Part} title=${t("entry.ledger")}><${Loading} /></${Part}>`;
  if (table.days.length === 0)
    return html`<${Part} title=${t("entry.ledger")}><p
    class="muted">${t("entry.ledger_empty")}</p></${Part}>`;
  const cells = (one) => html`<td class="number"><b>${number(one.received)}</b>
    </td>${LEDGER.map(
      (state) => html`<td class=${classes("number", one[state] === 0 && "zero")}>${number(one[state])}</td>`,
    )}`;
  return html`<${Part} title=${t("entry.ledger")}
    tools=${html`<span class=${classes("ledger-law", wrong && "ledger-wrong")}><${Icon}
    name=${wrong ? "alert" : "done"} />${
      wrong ? t("entry.adds_not", { where: wrong }) : t("entry.adds")
    }</span>`}>
    <div class="scroll-x" tabindex="0" role="region" aria-label=${t("entry.ledger")}><table
      class="table ledger"><thead><tr><th scope="col">${t("entry.local_day")}</th><th scope="col"
      class="number">${t("entry.received_n")}</th>
      ${LEDGER.map((state) => html`<th scope="col" class="number">${word("request_state", state)}</th>`)}</tr>
        </thead>
      <tbody>${table.days.map(
        (one) => html`<tr key=${one.day}><th
        scope="row">${day(fromLocal(`${one.day}T12:00`))} <span
        class="muted">${t("entry.day", { n: dayNumber(row.starts_at, fromLocal(`${one.day}T12:00`)) })}</span>
        </th>${cells(one)}</tr>`,
      )}</tbody>
      <tfoot><tr><th scope="row">${t("entry.total")}</th>${cells(table.total)}</tr></tfoot></table></div>
        </${Part}>`;
}

function Doing({ row, isOpen, reload }) {
  const item = (key, Form, more) => ({
    key,
    label: t(`entry.${key}`),
    may: may(`incident.${key}`),
    ...more,
    form: (done) =>
      html`<${Form} row=${row} done=${() => {
        done();
        reload();
      }} />`,
  });
  const also =
    isOpen &&
    html`${
      may("request.open") &&
      html`<a class="button"
    href=${href("enter", { id: "request", query: { incident: row.incident } })}>${t("entry.open_request")}
      </a>`
    }
    ${
      may("team.form") &&
      html`<a class="button" href=${href("enter", {
        id: "team",
        query: { incident: row.incident },
      })}>${t("entry.form_team")}</a>`
    }`;
  return html`<${Acts} items=${[
    item("amend", Amend),
    isOpen ? item("close", Close) : item("reopen", Reopen, { main: true }),
  ]} also=${also} />`;
}

/** Return the changed fields only. */
export function changed(row, form) {
  const found = {};
  if (form.name.trim() !== row.name) found.name = form.name.trim();
  if (codeOf(form.kind) !== row.kind) found.kind = codeOf(form.kind);
  if (form.areas.join() !== row.areas.join()) found.areas = form.areas;
  if (form.starts !== toLocal(row.starts_at)) found.starts_at = fromLocal(form.starts);
  const expected = form.expected === "" ? null : Number(form.expected);
  if (expected !== (row.expected_days ?? null)) found.expected_days = expected;
  return found;
}

function Amend({ row, done }) {
  const base = useRef(row).current;
  const [form, setForm] = useState({
    name: row.name,
    kind: row.kind,
    areas: [...row.areas],
    typed: "",
    starts: toLocal(row.starts_at),
    expected: String(row.expected_days ?? ""),
  });
  const set = (part) => setForm((before) => ({ ...before, ...part }));
  const work = () => [
    "incident.amend",
    {
      incident: row.incident,
      ...changed(base, { ...form, areas: [...new Set([...form.areas, form.typed].filter(Boolean))] }),
      based_on: base.changed,
    },
  ];
  return html`<${CommandForm} label=${t("ui.save")} done=${done} row=${row} work=${work}>
    <div class="form-row">
    <${Field} label=${t("entry.incident_name")}>${(a11y) => html`<input ...${a11y} required maxlength="200"
      value=${form.name} onInput=${(event) => set({ name: event.currentTarget.value })} />`}</${Field}>
    <${Field} label=${t("entry.incident_kind")}>${(a11y) => html`<select ...${a11y} value=${form.kind}
      onChange=${(event) => set({ kind: event.currentTarget.value })}>${[
        ...new Set([...codes("incident_kind"), row.kind]),
      ].map((one) => html`<option value=${one}>${word("incident_kind", one)}</option>`)}</select>`}</${Field}>
    <${Field} label=${t("entry.starts")}>${(a11y) => html`<input ...${a11y} type="datetime-local" required
      value=${form.starts} onInput=${(event) => set({ starts: event.currentTarget.value })} />`}</${Field}>
    <${Field} label=${t("entry.expected_days")}
      hint=${t("entry.expected_days_hint")}>${(a11y) => html`<input ...${a11y} type="number" min="1"
      max=${MOST_DAYS} step="1" value=${form.expected}
      onInput=${(event) => set({ expected: event.currentTarget.value })} />`}</${Field}></div>
    <${AreaList} label=${t("entry.areas")} hint=${t("entry.areas_hint", { place: place.value?.name ?? "" })}
      value=${form.areas} typed=${form.typed} change=${(list) => set({ areas: list })}
      type=${(typed) => set({ typed })} /></${CommandForm}>`;
}

function Close({ row, done }) {
  const [ends, setEnds] = useState("");
  const left = unfinishedOf(row);
  const work = () => [
    "incident.close",
    { incident: row.incident, ...(ends && { ends_at: fromLocal(ends) }) },
  ];
  return html`${
    left > 0 &&
    html`<p class="note"
    role="status">${t("entry.close_left", { n: number(left) })} ${UNFINISHED.filter(
      (state) => row[state] > 0,
    ).map(
      (state) => html`<a
      href=${rowsOf(row, state)}>${word("request_state", state)} ${number(row[state])}</a> `,
    )}</p>`
  }
    <${CommandForm} label=${t("entry.close")} done=${done} work=${work} note=${t("entry.close_note")}>
    <${Field} label=${t("entry.ends")} hint=${t("entry.ends_hint")}>${(a11y) => html`<input ...${a11y}
      type="datetime-local" value=${ends} min=${toLocal(row.starts_at)}
      onInput=${(event) => setEnds(event.currentTarget.value)} />`}</${Field}></${CommandForm}>`;
}

function Reopen({ row, done }) {
  const [reason, setReason] = useState("ended_by_mistake");
  return html`<${CommandForm} label=${t("entry.reopen")} done=${done}
    work=${() => ["incident.reopen", { incident: row.incident, reason }]}>
    <${ReasonField} label=${t("people.reason")} value=${reason} change=${setReason} list="reopen_incident" />
      </${CommandForm}>`;
}
