// Workers: a live list of any length, with the selected worker beside it, and entry of paper lists.

import { AreaBox, areaPath } from "../lib/areabox.js";
import { called } from "../lib/called.js";
import { Export } from "../lib/export.js";
import { useWidth } from "../lib/hooks.js";
import { number, t, word } from "../lib/i18n.js";
import { calledBy } from "../lib/names.js";
import { ROLES } from "../lib/people/acts.js";
import { useBeside } from "../lib/people/beside.js";
import { SORTS, useColumns } from "../lib/people/columns.js";
import { FindField, Found } from "../lib/people/find.js";
import { Forgotten, forgotten } from "../lib/people/forgotten.js";
import { aids, chosen, entries, filter, load, NONE, rows, sorted, typed } from "../lib/people/listed.js";
import { Paper } from "../lib/people/paper.js";
import { ask, asked, Choice, collator, Filtering, layout, stale } from "../lib/people/parts.js";
import { PaperHead, print, printing } from "../lib/people/print.js";
import { arrange, counted } from "../lib/people/roster.js";
import { WorkerPanel } from "../lib/people/worker.js";
import { html, useEffect, useMemo, useState } from "../lib/preact.js";
import { href } from "../lib/router.js";
import { OFF_DUTY, PRESENCES } from "../lib/rules.js";
import { hasRight, live, may, mayReveal, needing, place, teams } from "../lib/store.js";
import { now, stamp } from "../lib/time.js";
import { Age, Alert, classes, Icon, Loading, Presence } from "../lib/ui.js";
import { VirtualTable } from "../lib/virtual.js";

const identity = ({ row }) => row.worker;

export default function Workers({ route: { id, query } }) {
  useEffect(() => needing("roster"), [live.value]);
  if (query.paper) return html`<${Paper} close=${() => ask({ paper: undefined })} />`;
  if (query.forgotten) return html`<${Forgotten} close=${() => ask({ forgotten: undefined })} />`;
  return html`<${List} id=${id} />`;
}

function List({ id }) {
  const [found, setFound] = useState(null);
  const beside = useBeside("workers", id, identity);
  useEffect(() => printing(() => html`<${PaperRoster} />`), []);
  return html`<div class=${classes("fills folk folk-workers", id && "folk-with-panel")}>
    <div class="people-list"><header class="page-head"><h1>${t("page.workers")}</h1><${Sums} />
      ${mayReveal.value && html`<${FindField} give=${setFound} />`}
      <div class="toolbar">${
        may("worker.check_in") &&
        html`<a class="button" href=${href("workers", { query: { paper: "1" } })}>${t("people.paper")}</a>`
      }${
        forgotten.value.length > 0 &&
        html`<a class="button" href=${href("workers", { query: { forgotten: "1" } })}><${Icon} name="clock" />
          ${t("people.forgotten_n", { n: number(forgotten.value.length) })}</a>`
      }
        <button type="button" class="button" onClick=${() => print(html`<${PaperRoster} />`)}>
          <${Icon} name="print" />${t("ui.print")}</button>
        <${Export} view="roster" keys=${() => rows.peek().map(identity)} personal />
        <a class="button" href=${href("hours")}>${t("page.hours")}</a></div></header>
      ${live.value.has("roster") && html`<${Filters} />`}
      ${found && html`<${Found} found=${found} close=${() => setFound(null)} />`}
      <${Table} beside=${beside} /></div>
    ${
      id &&
      beside.settled &&
      html`<${WorkerPanel} id=${beside.settled} close=${beside.close}
      focus=${beside.focused} />`
    }
  </div>`;
}

function Table({ beside }) {
  const [box, width] = useWidth();
  const plan = layout(width);
  const columns = useColumns(plan);
  const sort = (key) => ask({ sort: sorted.peek().key === key && !sorted.peek().down ? `-${key}` : key });
  return html`<div class=${classes("people-table", stale.value && "folk-stale")} ref=${box}
      onClick=${beside.onClick}>
    ${
      live.value.has("roster")
        ? html`<${VirtualTable} rows=${rows.value} id=${identity}
      columns=${columns} label=${t("people.workers_label")} height=${plan.height} selected=${beside.cursor}
        select=${beside.select} open=${beside.open}
      sorted=${sorted.value} sort=${sort} empty=${html`<${NoneFit} />`} key=${plan.lines} />`
        : html`<div class="people-loading"><p>${t("people.roster_coming", {
            n: number(counted(live.value.rows("headcount"), EVERYONE)),
          })}</p><${Loading} /></div>`
    }</div>`;
}

const EVERYONE = { area: [], role: [], presence: [], team: [] };
const CLEARED = {
  area: undefined,
  role: undefined,
  presence: undefined,
  team: undefined,
  organisation: undefined,
  q: undefined,
};

function NoneFit() {
  if (entries.value.all.length === 0) {
    return html`<div class="empty"><p>${t("people.no_workers")}</p>
      <p>${
        may("worker.register") &&
        html`<a class="button" href=${href("enter", { id: "worker" })}>
      ${t("page.enter")}</a>`
      } ${
        hasRight("import_files") &&
        html`<a class="button" href=${href("imports")}>
      ${t("page.imports")}</a>`
      }</p></div>`;
  }
  return html`<div class="empty"><p>${t("people.none_fit")}</p>
    <button type="button" class="button" onClick=${() => ask(CLEARED)}>${t("people.clear")}</button></div>`;
}

/** Shown and total workers, compared with the headcount for the same filter. Both agree at every log
 * position.
 */
function Sums() {
  if (!live.value.has("roster")) return null;
  const { comparable } = chosen.value;
  const headcount = counted(live.value.rows("headcount"), filter.value);
  const { degraded = {} } = live.value.state.value;
  const moving = degraded.roster !== undefined || degraded.headcount !== undefined;
  const { organisation, q } = filter.value;
  return html`<p class="folk-sums"><span><strong>${number(rows.value.length)}
    </strong> ${t("people.of", { n: number(entries.value.all.length) })}</span>
    ${
      comparable === headcount || moving
        ? html`<span class="folk-sums-law" title=${t("people.agree_title")}><${Icon} name="done" />
        ${t(organisation.length || q ? "people.agree_part" : "people.agree", { n: number(headcount) })}
          </span>`
        : html`<span role="alert"><${Alert} level=${1}>
        ${t("people.disagree", { roster: number(comparable), headcount: number(headcount) })}</${Alert}>
        </span>`
    }
    <${Age} views=${["roster", "headcount"]} /></p>`;
}

const single = (name) => asked(name)[0] ?? "";

function Filters() {
  const organisations = useMemo(() => [...aids.value.organisation.keys()], [aids.value.organisation]);
  const teamIds = [...teams.value.keys()].sort((a, b) =>
    collator.value.compare(teams.value.get(a).name, teams.value.get(b).name),
  );
  const roles = [...new Set([...ROLES, ...aids.value.role.keys()])];
  const none = (say) => (code) => (code === NONE ? t("people.without") : say(code));
  const pick = (name) => (value) => ask({ [name]: value });
  return html`<div class="people-filters">
    <${Filtering} names=${["q", "area", "role", "team", "organisation"]}>
      <input type="search" class="folk-filter-q" value=${typed.text.value}
        onInput=${(event) => typed.type(event.currentTarget.value)} aria-label=${t("people.q")}
        placeholder=${t("people.q")} aria-keyshortcuts="/" data-filter />
      <${AreaBox} aria-label=${t("people.filter_area")} placeholder=${t("people.filter_area")}
        value=${single("area")} change=${pick("area")} />
      <${Choice} label=${t("people.role")} none=${t("people.all_roles")} value=${single("role")}
        change=${pick("role")} codes=${roles} say=${(code) => word("role", code)} />
      <${Choice} label=${t("people.team")} none=${t("people.all_teams")} value=${single("team")}
        change=${pick("team")} codes=${[NONE, ...teamIds]}
        say=${none((code) => teams.value.get(code)?.name ?? code)} />
      <${Choice} label=${t("people.organisation")} none=${t("people.all_organisations")}
        value=${single("organisation")} change=${pick("organisation")} codes=${[NONE, ...organisations]}
        say=${none((code) => code)} />
      <${SortChoice} />
    </${Filtering}><${Presences} /></div>`;
}

/** The sort order as a menu: for narrow screens without headings, and for "since", which has no column. */
const SortChoice = () => html`<label class="folk-sort-choice"><span class="muted">${t("people.sort")}</span>
  <${Choice} label=${t("people.sort")} none=${t("people.id")}
  value=${asked("sort")[0] ?? ""} change=${(sort) => ask({ sort })}
    codes=${SORTS.flatMap((key) => (key === "worker" ? ["-worker"] : [key, `-${key}`]))}
  say=${(code) =>
    `${t(`people.${code.replace(/^-/, "").replace("worker", "id")}`)} ${
      code.startsWith("-") ? "↓" : "↑"
    }`} /></label>`;

/** Number of workers by presence; each is a filter. */
function Presences() {
  const { byPresence } = chosen.value;
  const total = PRESENCES.reduce((sum, presence) => sum + byPresence[presence], 0);
  const figures = { "": total, on_duty: total - byPresence[OFF_DUTY], ...byPresence };
  const current = asked("presence");
  return html`<div class="folk-segments" role="group" aria-label=${t("people.presence")}>
    ${Object.entries(figures).map(([code, count]) => {
      const pressed = code === "" ? current.length === 0 : current.includes(code);
      return html`<button type="button" key=${code} class="folk-segment"
      aria-pressed=${pressed ? "true" : "false"}
          onClick=${() => ask({ presence: pressed ? undefined : code })}>
      <span class="folk-segment-count">${number(count)}</span>
        ${
          code === "" || code === "on_duty"
            ? html`<span>${t(`people.presence.${code || "all"}`)}</span>`
            : html`<${Presence} value=${code} />`
        }</button>`;
    })}</div>`;
}

/** Describe the filter in words. */
function filterInWords() {
  const { area, role, presence, team, organisation, q } = filter.peek();
  const say = [
    ...area.map((code) => areaPath(code)),
    ...role.map((code) => word("role", code)),
    ...presence.map((code) => (code === "on_duty" ? t("people.presence.on_duty") : word("presence", code))),
    ...team.map((code) => (code ? (teams.peek().get(code)?.name ?? code) : t("people.without_team"))),
    ...organisation,
    q && `“${q}”`,
  ].filter(Boolean);
  return say.length ? say.join(" · ") : t("people.everyone");
}

/** Group rows of the roster by area.
 * @param {Iterable<{row: any}>} some
 * @returns {Map<string, {row: any}[]>}
 */
function grouped(some) {
  const found = new Map();
  for (const one of some) {
    const { area } = one.row;
    if (found.has(area)) found.get(area).push(one);
    else found.set(area, [one]);
  }
  return found;
}

/** The printed roster: all rows of the filter, masked, by area. */
function PaperRoster() {
  const byArea = grouped(arrange(chosen.peek().rows, "area", false, aids.peek()));
  const { position } = live.peek().state.peek();
  return html`<${PaperHead} title=${`${place.peek()?.name ?? ""} · ${t("people.roster")}`} lines=${[
    t("people.paper_of", { position, when: stamp(now.peek()) }),
    t("people.paper_filter", {
      filter: filterInWords(),
      n: number(rows.peek().length),
      m: number(entries.peek().all.length),
    }),
  ]} />
    ${[...byArea].map(
      ([code, some]) => html`<section class="paper-group" key=${code}><h2>
      ${areaPath(code)} <span>${code} · ${t("people.persons", { n: some.length })}</span></h2>
      <table><thead><tr>${[
        "name",
        "id",
        "role",
        "presence",
        "since",
        "team",
        "organisation",
        "load",
        "phone",
      ].map((key) => html`<th scope="col">${t(`people.${key}`)}</th>`)}</tr></thead>
      <tbody>${some.map(
        ({ row }) => html`<tr><td>${row.name}</td><td>${calledBy(row.worker, row)}</td><td>
        ${word("role", row.role)}</td><td>${word("presence", row.presence)}</td>
        <td>${row.since && stamp(row.since)}</td><td>
          ${row.team && called("team", row.team)}</td><td>${row.organisation}</td>
        <td>${load.peek().get(row.worker) ?? 0} / ${row.capacity}</td><td>${row.phone}</td></tr>`,
      )}</tbody>
          </table></section>`,
    )}`;
}
