// Teams: a live list, with the selected team beside it.

import { all } from "../lib/api.js";
import { AreaBox } from "../lib/areabox.js";
import { inside } from "../lib/areas.js";
import { called } from "../lib/called.js";
import { Export } from "../lib/export.js";
import { useWidth } from "../lib/hooks.js";
import { number, t, word } from "../lib/i18n.js";
import { useBeside } from "../lib/people/beside.js";
import {
  AreaName,
  ask,
  asked,
  Choice,
  collator,
  Filtering,
  Load,
  layout,
  stale,
  typedFilter,
  WorkerLink,
} from "../lib/people/parts.js";
import { TeamPanel } from "../lib/people/team.js";
import { computed, html, useEffect, useMemo } from "../lib/preact.js";
import { href } from "../lib/router.js";
import { OFF_DUTY, STOOD_DOWN, TEAM_STATES } from "../lib/rules.js";
import { live, may, needing, teams } from "../lib/store.js";
import { Age, classes, ErrorNote, Icon, Loading, State, useLoaded } from "../lib/ui.js";
import { VirtualTable } from "../lib/virtual.js";

const KINDS = ["vehicle", "courier", "medical", "patrol"];

const typed = typedFilter("teams", "q");
const identity = (row) => row.team;

/** Apply the filter busy=true of links: teams with live assignments. */
const busy = (row) => asked("busy")[0] !== "true" || row.live_count > 0;

const incidentName = (id) => called("incident", id);

const COLUMNS = [
  {
    key: "name",
    sort: true,
    width: "minmax(8rem, 1.6fr)",
    cell: (row) => html`<strong>${row.name}</strong> <span class="muted mono">${row.call_sign}</span>`,
    of: (row) => row.name,
  },
  {
    key: "kind",
    sort: true,
    width: "5.5rem",
    cell: (row) => word("kind", row.kind),
    of: (row) => word("kind", row.kind),
  },
  {
    key: "area",
    sort: true,
    width: "minmax(6rem, 1.2fr)",
    cell: (row) => html`<${AreaName} code=${row.area} />`,
    of: (row) => row.area,
  },
  {
    key: "state",
    sort: true,
    width: "6.5rem",
    cell: (row) => html`<${State} domain="team_state" value=${row.state} />`,
    of: (row) => TEAM_STATES.indexOf(row.state),
  },
  {
    key: "members_on",
    sort: true,
    width: "8rem",
    class: "number",
    cell: (row) => html`<${OnDuty} row=${row} />`,
    of: (row) => row.member_count,
  },
  {
    key: "leader",
    width: "minmax(7rem, 1.2fr)",
    cell: (row) =>
      row.leader
        ? html`<${WorkerLink} id=${row.leader} />`
        : html`<span class="muted">${t("word.none")}</span>`,
  },
  {
    key: "load",
    sort: true,
    width: "4.5rem",
    class: "number",
    cell: (row) => html`<${Load} count=${row.live_count} capacity=${row.capacity} />`,
    of: (row) => row.live_count,
  },
  {
    key: "organisation",
    sort: true,
    wide: true,
    width: "minmax(5rem, 1fr)",
    cell: (row) => row.organisation,
    of: (row) => row.organisation ?? "",
  },
  {
    key: "incident",
    wide: true,
    width: "minmax(6rem, 1.2fr)",
    cell: (row) =>
      row.incident &&
      html`<a href=${href("incidents", { id: row.incident })}>${incidentName(row.incident)}</a>`,
  },
];

/** Number of members on duty, and of all members. */
function OnDuty({ row }) {
  const roster = live.value.rows("roster");
  if (!live.value.has("roster")) return row.member_count;
  const on = row.members.filter((id) => (roster.get(id)?.presence ?? OFF_DUTY) !== OFF_DUTY).length;
  return html`<span title=${t("people.members", { n: row.member_count, on })}>${on}
    <span class="folk-load-of"> / ${row.member_count}</span></span>`;
}

const Loaded = ({ row }) => html`<span class="folk-stacked-end">
  ${t("people.on_duty")} <${OnDuty} row=${row} /> · ${t("people.load")} <${Load} count=${row.live_count}
  capacity=${row.capacity} /></span>`;
const Leader = ({ row }) =>
  row.leader &&
  html`<span>${t("people.leader")} <${WorkerLink} id=${row.leader} />
  </span>`;

const Three = (row) => html`<div class="folk-stacked"><div class="folk-stacked-line"><strong>${row.name}
  </strong><span class="muted">${word("kind", row.kind)}</span>
    <span class="folk-stacked-end"><${State} domain="team_state" value=${row.state} /></span></div>
  <div class="folk-stacked-line muted"><span><${AreaName} code=${row.area} /></span>
    ${row.organisation && html`<span>${row.organisation}</span>`}${
      row.incident && html`<span class="folk-stacked-end">${incidentName(row.incident)}</span>`
    }</div>
  <div class="folk-stacked-line muted"><${Leader} row=${row} /><${Loaded} row=${row} /></div></div>`;

const Four = (
  row,
) => html`<div class="folk-stacked"><div class="folk-stacked-line"><strong>${row.name}</strong>
  <span class="folk-stacked-end"><${State} domain="team_state" value=${row.state} /></span></div>
  <div class="folk-stacked-line muted"><span>${word("kind", row.kind)}</span><span>
    <${AreaName} code=${row.area} /></span></div>
  <div class="folk-stacked-line muted">${
    row.organisation && html`<span>${row.organisation}</span>`
  }${row.incident && html`<span>${incidentName(row.incident)}</span>`}</div>
  <div class="folk-stacked-line muted"><${Leader} row=${row} /><${Loaded} row=${row} /></div></div>`;

const fits = (row) => {
  const [areas, kinds, states] = ["area", "kind", "state"].map(asked);
  const text = typed.text.value.trim().toLowerCase();
  return (
    (areas.length === 0 || areas.some((outer) => inside(row.area, outer))) &&
    (kinds.length === 0 || kinds.includes(row.kind)) &&
    (states.length === 0 || states.includes(row.state)) &&
    (!text ||
      `${row.name} ${row.team} ${row.call_sign ?? ""} ${row.organisation ?? ""}`.toLowerCase().includes(text))
  );
};

function arranged(rows, said) {
  const down = said.startsWith("-");
  const column = COLUMNS.find((one) => one.key === said.replace(/^-/, "")) ?? COLUMNS[0];
  const { compare } = collator.value;
  const by = (a, b) => (typeof a === "number" ? a - b : compare(a, b));
  return rows.sort((a, b) => (down ? -1 : 1) * by(column.of(a), column.of(b)) || compare(a.team, b.team));
}

const kinds = computed(() => [...new Set([...KINDS, ...[...teams.value.values()].map((row) => row.kind)])]);

export default function Teams({ route: { id } }) {
  useEffect(() => needing("roster"), [live.value]);
  const beside = useBeside("teams", id, identity);
  const ended = useEnded();
  const rows = arranged(
    [...teams.value.values(), ...(ended.data ?? [])].filter((row) => fits(row) && busy(row)),
    asked("sort")[0] ?? "name",
  );
  return html`<div class=${classes("fills folk folk-teams", id && "folk-with-panel")}>
    <div class="people-list"><header class="page-head"><h1>${t("page.teams")}</h1>
      <p class="folk-sums"><span><strong>${number(rows.length)}
        </strong> ${t("people.teams_of", { n: number(teams.value.size) })}</span><${Age} views=${["teams"]} />
        </p>
      <div class="toolbar">${
        may("team.form") &&
        html`<a class="button" href=${href("enter", { id: "team" })}><${Icon} name="plus" />
        ${t("people.form_team")}</a>`
      }<${Export} view="teams" keys=${() => rows.map(identity)} /></div></header>
      <${Filters} /><${ErrorNote} problem=${ended.problem} retry=${ended.reload} />
      <${Table} rows=${rows} beside=${beside} />
        </div>
    ${
      id &&
      beside.settled &&
      html`<${TeamPanel} id=${beside.settled} close=${beside.close}
      focus=${beside.focused} />`
    }</div>`;
}

/** Load teams that have stood down, if the filter includes them. The stream does not contain them. */
function useEnded() {
  const wanted = asked("state").includes(STOOD_DOWN) || asked("ended").length > 0;
  return useLoaded(
    async () => (wanted ? (await all(live.peek().jurisdiction, "teams", { state: STOOD_DOWN })).items : []),
    [wanted, live.value, teams.value.size],
  );
}

function Filters() {
  const pick = (name) => (value) => ask({ [name]: value });
  const value = (name) => asked(name)[0] ?? "";
  return html`<div class="people-filters">
    <${Filtering} names=${["q", "area", "kind", "state", "ended", "busy"]}>
    <input type="search" class="folk-filter-q" value=${typed.text.value}
      onInput=${(event) => typed.type(event.currentTarget.value)} aria-label=${t("people.team_q")}
      placeholder=${t("people.team_q")} aria-keyshortcuts="/" data-filter />
    <${AreaBox} aria-label=${t("people.filter_area")} placeholder=${t("people.filter_area")}
      value=${value("area")} change=${pick("area")} />
    <${Choice} label=${t("people.kind")} none=${t("people.all_kinds")} value=${value("kind")}
      change=${pick("kind")} codes=${kinds.value} say=${(code) => word("kind", code)} />
    <${Choice} label=${t("people.state")} none=${t("people.unended")} value=${value("state")}
      change=${pick("state")} codes=${TEAM_STATES} say=${(code) => word("team_state", code)} />
    <label class="folk-check"><input type="checkbox" checked=${asked("ended").length > 0}
      onChange=${(event) => ask({ ended: event.currentTarget.checked ? "1" : undefined })}
      /> ${t("people.with_ended")}</label>
  </${Filtering}></div>`;
}

function Table({ rows, beside }) {
  const [box, width] = useWidth();
  const plan = layout(width);
  const { lines, wide } = plan;
  const language = collator.value;
  const columns = useMemo(
    () =>
      lines > 1
        ? [{ key: "name", label: t("page.teams"), cell: lines === 3 ? Three : Four }]
        : COLUMNS.filter((one) => wide || !one.wide).map((one) => ({
            ...one,
            label: t(`people.${one.key === "name" ? "team_name" : one.key}`),
          })),
    [lines, wide, language],
  );
  const said = asked("sort")[0] ?? "name";
  const sorted = { key: said.replace(/^-/, ""), down: said.startsWith("-") };
  return html`<div class=${classes("people-table", stale.value && "folk-stale")} ref=${box}
      onClick=${beside.onClick}>
    ${
      live.value.has("teams")
        ? html`<${VirtualTable} key=${lines} rows=${rows} id=${identity}
    columns=${columns}
      label=${t("people.teams_label")} height=${plan.height} selected=${beside.cursor}
        select=${beside.select} open=${beside.open}
        sorted=${sorted}
      sort=${(key) => ask({ sort: sorted.key === key && !sorted.down ? `-${key}` : key })}
        empty=${html`<${NoneFit} />`} />`
        : html`<${Loading} />`
    }</div>`;
}

function NoneFit() {
  if (teams.value.size > 0) return html`<div class="empty"><p>${t("people.no_team_fits")}</p></div>`;
  return html`<div class="empty"><p>${t("people.no_teams")}</p>
    ${
      may("team.form") &&
      html`<a class="button" href=${href("enter", { id: "team" })}>${t("people.form_team")}
    </a>`
    }</div>`;
}
