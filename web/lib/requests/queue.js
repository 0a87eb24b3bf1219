// The queue: filters, the table of requests and actions on checked ones. Live changes do not move the view.

import { alertOf, alerts } from "../alerts.js";
import { get } from "../api.js";
import { Export } from "../export.js";
import { remPx, useWidth } from "../hooks.js";
import { lang, language, number, t, word } from "../i18n.js";
import { html, useEffect, useMemo, useRef, useState } from "../preact.js";
import { param, route } from "../router.js";
import { ENDED, PRIORITIES, UNFINISHED } from "../rules.js";
import { areas, incidents, live, requests } from "../store.js";
import { stamp } from "../time.js";
import { Age, classes, Empty, ErrorNote, Icon, Loading, Priority, State, useAction } from "../ui.js";
import { isLife, requestName } from "../urgency.js";
import { VirtualTable } from "../virtual.js";
import { AreaPick } from "./area.js";
import {
  checked,
  element,
  endedRows,
  mayOpen,
  panel,
  show,
  slow,
  tasksOf,
  toggle,
  unitName,
} from "./desk.js";
import {
  ALERTS,
  ANY,
  clearFilters,
  comparison,
  filtered,
  filtersOf,
  passer,
  setFilter,
  sortBy,
  sortOf,
  tally,
  toggleFilter,
  underWay,
} from "./filter.js";
import { Due, OpenedAgo, Place, Slots, Standing, Units, What } from "./show.js";

/** Page size of ended requests. */
const PAGE = 200;
/** Below this width, rows are cards. */
const TABLE_REM = 50;
/** Below this width, the table does without the time of receipt: what a row needs has its own age. */
const WHOLE_REM = 64;
/** Delay before new requests are announced together. */
const ANNOUNCE_MS = 2500;

/** Return the ids of requests with an assignment or offer of a unit, or null without a unit. */
function useUnit(unit) {
  const tasks = tasksOf.value;
  return useMemo(() => {
    if (!unit) return null;
    return new Set([...tasks].filter(([, rows]) => rows.some((row) => row.unit === unit)).map(([id]) => id));
  }, [unit, tasks]);
}

/** Load ended requests page by page, newest first. */
function useEnded(filters) {
  const [found, setFound] = useState({ rows: [], next: undefined });
  const action = useAction();
  const round = useRef(0);
  const asked = JSON.stringify([
    filters.ended,
    filters.area,
    filters.state,
    filters.category,
    filters.priority,
    filters.incident,
  ]);
  const load = async (before) => {
    const mine = ++round.current;
    const { area, category, priority, incident } = filters;
    const states = filters.state.filter((state) => ENDED.includes(state));
    const page = await action.run(() =>
      get(`/${route.peek().jurisdiction}/requests`, {
        state: states.length ? states : ENDED,
        area: area ?? undefined,
        category,
        priority,
        incident,
        sort: "-ended_at",
        limit: PAGE,
        cursor: before.next,
      }),
    );
    if (page && mine === round.current)
      setFound({ rows: [...before.rows, ...page.items], next: page.next ?? null });
  };
  useEffect(() => {
    setFound({ rows: [], next: undefined });
    if (filters.ended) load({ rows: [], next: undefined });
  }, [asked]);
  return {
    ...found,
    busy: action.busy,
    problem: action.problem,
    more: () => load(found),
    again: () => load({ rows: [], next: undefined }),
  };
}

/** Return the content of the queue. A selected row that no longer matches stays visible, as `ghost`. */
export function useQueue() {
  const { query, id } = route.value;
  const key = JSON.stringify(query);
  const filters = useMemo(() => filtersOf(query), [key]);
  const ofUnit = useUnit(filters.unit);
  const ended = useEnded(filters);
  const source = filters.ended ? ended.rows : requests.value;
  const order = useMemo(() => sortOf(query, filters.ended), [key]);
  const at = slow.value;
  const told = alerts.value;
  const matching = useMemo(
    () => source.filter(passer(filters, at, ofUnit)).sort(comparison(order, at)),
    [source, filters, order, at, ofUnit, told],
  );
  const kept = useRef(null);
  const mine = matching.find((row) => row.request === id);
  if (mine) kept.current = mine;
  else if (kept.current?.request !== id) kept.current = null;
  const ghost = mine
    ? null
    : kept.current && (live.value.rows("requests").get(id) ?? endedRows.value.get(id) ?? kept.current);
  const rows = useMemo(
    () => (ghost ? placed(matching, kept.current, ghost, comparison(order, at)) : matching),
    [matching, ghost],
  );
  return {
    filters,
    order,
    rows,
    matching,
    ghost,
    total: filters.ended ? null : source.length,
    ended,
    at,
    ofUnit,
  };
}

/** Insert a row at the position that it had before it changed. */
function placed(rows, before, ghost, compare) {
  const at = rows.findIndex((row) => compare(before, row) < 0);
  return at < 0 ? [...rows, ghost] : rows.toSpliced(at, 0, ghost);
}

/** The queue with its filters. */
export function Queue({ queue, narrow, phone }) {
  const { filters, order, rows, matching, ghost } = queue;
  const [box, width] = useWidth();
  const cards = width > 0 && width < TABLE_REM * remPx();
  const whole = width === 0 || width >= WHOLE_REM * remPx();
  const { id } = route.value;
  const fresh = useFresh(queue);
  const marked = (row) =>
    classes(
      row === ghost && "row-gone",
      fresh.ids.has(row.request) && "row-new",
      row.ended_at === null && isLife(row) && "row-life",
      row.ended_at === null && alertOf(row)
        ? `row-alert-${alertOf(row).level}`
        : !row.touched && row.ended_at === null && "row-untouched",
    );
  const code = lang.value;
  const under = order.key === "needs" && !filters.ended && rows.find((row) => underWay(row, queue.at));
  const divide = (row) => (row === under && row !== rows[0] ? t("requests.under_way") : null);
  const layout = useMemo(
    () => (cards ? CARD() : columns(filters.ended, whole)),
    [cards, whole, filters.ended, code],
  );
  const open = (row) => {
    show(row.request, { step: narrow });
    requestAnimationFrame(() => element(".detail-title")?.focus());
  };
  return html`<section class=${classes("queue", cards && "queue-cards")} ref=${box}
      aria-label=${t("requests.queue")}>
    <${Head} queue=${queue} fresh=${fresh} />
    <${Filters} queue=${queue} phone=${phone} cards=${cards} />
    ${filters.ended && html`<${ErrorNote} problem=${queue.ended.problem} retry=${queue.ended.again} />`}
    ${
      !live.value.has("requests") || (filters.ended && queue.ended.busy && !rows.length)
        ? html`<${Loading} />`
        : html`<${VirtualTable}
      rows=${rows} id=${(row) => row.request} columns=${layout} label=${t("requests.queue")}
      height=${cards ? 84 : 34} selected=${id} select=${(row) => (narrow ? open(row) : show(row.request))}
          open=${open} sorted=${order} sort=${sortBy}
      divide=${divide} marked=${marked} checked=${checked.value} check=${(row) => toggle(row.request)}
      empty=${html`<${Nothing}
          queue=${queue} />`} />`
    }
    ${
      filters.ended &&
      queue.ended.next &&
      html`<div class="toolbar"><button type="button" class="button" onClick=${queue.ended.more}
      aria-disabled=${queue.ended.busy ? "true" : undefined}>${t("requests.older", { n: PAGE })}</button>
      <span class="muted">${t("requests.shown_n", { n: number(matching.length) })}</span></div>`
    }
    <${Checked} />
  </section>`;
}

function Head({ queue, fresh }) {
  const { matching, total, filters } = queue;
  const count =
    total === null
      ? number(matching.length)
      : t("requests.n_of_m", { n: number(matching.length), m: number(total) });
  return html`<header class="queue-head"><h1>${t("page.requests")}</h1>
    <span class="queue-count" title=${t("requests.count_of")}>${count}</span>
    ${
      fresh.count > 0 &&
      !filters.ended &&
      html`<button type="button" class="button queue-fresh"
        onClick=${fresh.look}>${t("requests.new_n", { n: fresh.count })}</button>`
    }
    <span class="visually-hidden" role="status" aria-live="polite">${fresh.said}</span>
    <${Age} views=${["requests"]} />
    <${Exported} filters=${filters} matching=${matching} />
    <button type="button" class="button button-plain" onClick=${() => print()} title=${t("ui.print")}
        aria-label=${t("ui.print")}><${Icon} name="print" /></button>
  </header>`;
}

/** Export of what the list shows. Ended requests are loaded page by page: the service has the others too. */
function Exported({ filters, matching }) {
  if (!filters.ended || filters.text || filters.alert.length || filters.unit) {
    const keys = () => matching.map((row) => row.request);
    return html`<${Export} view="requests" keys=${keys} personal />`;
  }
  const { area, category, priority, incident, touched, state } = filters;
  const ended = state.filter((one) => ENDED.includes(one));
  const states = ended.length ? ended : ENDED;
  const params = { area, category, priority, incident, touched, state: states, sort: "-ended_at" };
  return html`<${Export} view="requests" params=${params} personal />`;
}

/** Track requests that arrived since the page was opened: announce them together, mark them until viewed. */
function useFresh({ matching, rows, filters }) {
  const seen = useRef(null);
  const [ids, setIds] = useState(new Set());
  const [said, setSaid] = useState("");
  const all = requests.value;
  const ready = live.value.has("requests");
  useEffect(() => {
    if (!ready) return;
    const known = seen.current;
    seen.current = new Set(known ?? []);
    for (const row of all) seen.current.add(row.request);
    if (!known) return;
    const came = all.filter(
      (row) => !known.has(row.request) && Date.parse(row.opened_at) > slow.peek() - 3600000,
    );
    if (came.length) setIds((before) => new Set([...before, ...came.map((row) => row.request)]));
  }, [all, ready]);
  const shown = filters.ended ? [] : matching.filter((row) => ids.has(row.request));
  const count = shown.length;
  useEffect(() => {
    if (!count) return undefined;
    const timer = setTimeout(
      () => setSaid(t("requests.new_said", { n: count, m: number(rows.length) })),
      ANNOUNCE_MS,
    );
    return () => clearTimeout(timer);
  }, [count]);
  const { id } = route.value;
  useEffect(() => {
    if (ids.has(id)) setIds((before) => new Set([...before].filter((one) => one !== id)));
  }, [id]);
  const look = () => {
    show(shown[0].request);
    setIds(new Set());
    element(".queue .grid-body")?.focus();
  };
  return { ids, count, said, look };
}

function Filters({ queue, phone, cards }) {
  const { filters } = queue;
  const set = filtered(filters);
  const inner = html`<${Groups} queue=${queue} />`;
  return html`<div class="filters" role="search">
    <div class="filters-row">
      <label class="filters-text"><span class="visually-hidden">${t("requests.filter_text")}</span><${Icon}
          name="search" />
        <input type="search" class="filters-input" value=${param("q") ?? ""}
            placeholder=${t("requests.filter_text")} aria-keyshortcuts="/"
          onInput=${(event) => setFilter("q", event.currentTarget.value)}
          onKeyDown=${leaveOn} /></label>
      <${AreaPick} value=${filters.area} pick=${(area) => setFilter("area", area)}
          counts=${useAreaCounts(queue)} />
      ${
        incidents.value.length > 1 &&
        html`<select aria-label=${t("view.incidents")} value=${filters.incident[0] ?? ""}
          onChange=${(event) => setFilter("incident", event.currentTarget.value)}>
        <option value="">${t("requests.incident_all")}</option>
        ${incidents.value.map((one) => html`<option value=${one.incident}>${one.name}</option>`)}</select>`
      }
      ${
        filters.unit &&
        html`<span class="filters-unit">${t("requests.of_unit", { unit: unitName(unitRow(filters.unit)) })}
        <button type="button" class="button button-plain" onClick=${() => setFilter("unit", null)}
            aria-label=${t("requests.unit_all")}><${Icon} name="close" /></button>
        <button type="button" class="button" onClick=${() => giveAll(filters.unit)}>
          ${t("requests.reassign_all")}</button></span>`
      }
      ${cards && html`<${Sorting} queue=${queue} />`}
      ${
        set &&
        html`<button type="button" class="button button-plain" onClick=${clearFilters}>
        ${t("requests.filters_clear")}</button>`
      }
    </div>
    ${
      phone
        ? html`<details class="filters-more"><summary>${t("ui.filter")}</summary>${inner}
      </details>`
        : inner
    }
  </div>`;
}

/** A select of the order, for cards, which have no headings. */
function Sorting({ queue: { order, filters } }) {
  const keys = [
    filters.ended ? "ended" : "needs",
    "priority",
    "due",
    "age",
    "category",
    "area",
    "state",
    "slots",
    "id",
  ];
  const label = (key) => {
    const name = key.replace("-", "");
    return `${t(`requests.${LABELS[name] ?? name}`)} ${key.startsWith("-") ? "↓" : "↑"}`;
  };
  return html`<select aria-label=${t("requests.sort")} value=${`${order.down ? "-" : ""}${order.key}`}
      onChange=${(event) => setFilter("sort", event.currentTarget.value)}>
    ${keys
      .flatMap((key) => [key, `-${key}`])
      .map((key) => html`<option value=${key}>${label(key)}</option>`)}</select>`;
}

const unitRow = (unit) => [...tasksOf.value.values()].flat().find((row) => row.unit === unit) ?? { unit };

/** Open the panel that reassigns all live assignments of a unit. */
function giveAll(unit) {
  const rows = [...tasksOf.value.values()].flat().filter((row) => row.unit === unit && row.live);
  panel.value = { kind: "reassign", rows };
}

function leaveOn(event) {
  if (event.key === "Escape" || event.key === "Enter" || event.key === "ArrowDown") {
    event.preventDefault();
    element(".queue .grid-body")?.focus();
  }
}

/** Count the requests that each area would show, including areas inside it. */
function useAreaCounts({ filters, at, ofUnit }) {
  const source = requests.value;
  const tree = areas.value;
  return useMemo(() => {
    const counts = new Map();
    if (filters.ended) return counts;
    const passes = passer(filters, at, ofUnit, "area");
    for (const row of source) {
      if (!passes(row)) continue;
      for (const node of tree.path(row.area)) counts.set(node.area, (counts.get(node.area) ?? 0) + 1);
    }
    return counts;
  }, [source, tree, filters, at, ofUnit]);
}

function Groups({ queue }) {
  const { filters, at, ofUnit } = queue;
  const source = requests.value;
  const told = alerts.value;
  const counted = useMemo(
    () =>
      Object.fromEntries(
        ["alert", "state", "priority", "category"].map((name) => [
          name,
          tally(source, name, filters, at, ofUnit),
        ]),
      ),
    [source, filters, at, ofUnit, told],
  );
  const categories = [...new Set([...source.map((row) => row.category), ...filters.category])].sort();
  const kinds = ALERTS.filter((one) => one === ANY || counted.alert.get(one) || filters.alert.includes(one));
  return html`<div class="filters-groups">
    <${Group} name="alert" filters=${filters} counts=${counted.alert}
        values=${kinds}
        text=${(kind) => t(kind === ANY ? "requests.alert_any" : `alerts.${kind}`)} />
    <${Group} name="state" values=${[...UNFINISHED, "ended"]} filters=${filters} counts=${counted.state}
      text=${(state) => (state === "ended" ? t("requests.ended") : word("request_state", state))} />
    <${Group} name="priority" values=${PRIORITIES.map(String)} filters=${filters} counts=${counted.priority}
      text=${(value) => html`<b>${value}</b> ${word("priority", value)}`} />
    <${Group} name="category" values=${categories} filters=${filters} counts=${counted.category}
        text=${(value) => word("category", value)} />
  </div>`;
}

function Group({ name, values, filters, counts, text }) {
  const on = (value) => filters[name].includes(value) || (value === "ended" && filters.ended);
  return html`<div class="toggles" role="group" aria-label=${t(`requests.by_${name}`)}>${values.map(
    (value) => html`<button type="button" key=${value}
    class="toggle" aria-pressed=${on(value) ? "true" : "false"} onClick=${() => toggleFilter(name, value)}>
      ${text(value)}${
        value !== "ended" &&
        !filters.ended &&
        html`<span class="toggle-count">${number(counts.get(value) ?? 0)}</span>`
      }</button>`,
  )}</div>`;
}

function Nothing({ queue }) {
  if (queue.filters.ended) return html`<${Empty} text=${t("requests.none_ended")} />`;
  if (!filtered(queue.filters)) return html`<${Empty} text=${t("requests.none")} />`;
  return html`<${Empty} text=${t("requests.none_here", { m: number(queue.total) })}>
    <button type="button" class="button" onClick=${clearFilters}>${t("requests.filters_clear")}</button>
      </${Empty}>`;
}

const Check = ({ row }) => html`<input type="checkbox" tabindex="-1" checked=${checked.value.has(row.request)}
  aria-label=${t("requests.check", { id: row.request })} onMouseDown=${(event) => event.preventDefault()}
  onClick=${(event) => {
    event.stopPropagation();
    toggle(row.request);
  }} onDblClick=${(event) => event.stopPropagation()} />`;

/** Widths of columns in rem, by script of the language: the length of words differs. */
const WIDTHS = {
  wide: {
    priority: 5.4,
    needs: 11.6,
    id: 4,
    category: 4.6,
    area: 5,
    slots: 5,
    due: 4.4,
    age: 5.4,
    state: 4.1,
  },
  narrow: { priority: 6.6, needs: 11.4, id: 4, category: 6, area: 4.5, slots: 4.3, due: 4, age: 5, state: 6 },
};

function columns(ended, whole) {
  const { script } = language.value;
  const column = (key, share, cell, more = {}) => ({
    key,
    label: t(`requests.${LABELS[key] ?? key}`),
    sort: true,
    width: `minmax(${WIDTHS[script][key]}rem, ${share}fr)`,
    cell,
    ...more,
  });
  return [
    {
      key: "check",
      label: t("keys.check"),
      quiet: true,
      width: "1.2rem",
      cell: (row) => html`<${Check} row=${row} />`,
    },
    column(
      "priority",
      0.1,
      (row) => html`<${Priority} value=${row.priority} short=${script === "narrow"} />`,
    ),
    ended
      ? column("ended", 0.3, (row) => stamp(row.ended_at), { width: "minmax(8.8rem, .3fr)" })
      : column("needs", 0.3, (row) => html`<${Standing} row=${row} />`),
    column("id", 0.1, (row) => html`<span title=${row.request}>${requestName(row)}</span>`, {
      class: "mono",
    }),
    column("category", 0.3, (row) => html`<${What} row=${row} />`),
    column("area", 2, (row) => html`<${Place} code=${row.area} short />`),
    column("slots", 2, (row) => html`<${Units} row=${row} />`),
    column("due", 0.1, (row) => html`<${Due} row=${row} />`, { class: "number" }),
    whole && column("age", 0.1, (row) => html`<${OpenedAgo} row=${row} />`, { class: "number" }),
    column("state", 0.1, (row) => html`<${State} domain="request_state" value=${row.state} />`),
  ].filter(Boolean);
}
/** Columns whose label has another key. */
const LABELS = { age: "opened", slots: "unit", needs: "needs_act" };

/** The single column of cards, for narrow screens. */
const CARD = () => [
  {
    key: "priority",
    label: t("requests.queue"),
    width: "minmax(0, 1fr)",
    cell: (row) => html`<div class="queue-card">
    <div class="queue-card-line"><${Priority} value=${row.priority} short /><strong><${What} row=${row} />
      </strong><span class="queue-card-end"><${OpenedAgo} row=${row} /></span></div>
    <div class="queue-card-line"><span class="queue-card-place"><${Place} code=${row.area} short /></span>
      <span class="queue-card-end mono">${requestName(row)}</span></div>
    <div class="queue-card-line"><${Standing} row=${row} />
      <span class="queue-card-end"><${State} domain="request_state" value=${row.state} />
        <${Slots} row=${row} />
      </span></div>
  </div>`,
  },
];

/** Actions on all checked requests. */
function Checked() {
  const ids = checked.value;
  if (!ids.size) return null;
  return html`<div class="checked" role="region" aria-label=${t("requests.checked_n", { n: ids.size })}>
    <strong>${t("requests.checked_n", { n: ids.size })}</strong>
    ${
      mayOpen("merge") &&
      html`<button type="button" class="button" onClick=${() => {
        panel.value = { kind: "merge", ids: [...ids] };
      }} aria-keyshortcuts="m">${t("requests.merge_checked")} <kbd>m</kbd></button>`
    }
    ${
      mayOpen("many") &&
      html`<button type="button" class="button" onClick=${() => {
        panel.value = { kind: "many", ids: [...ids] };
      }} aria-keyshortcuts="x">${t("requests.many_checked")} <kbd>x</kbd></button>`
    }
    <button type="button" class="button button-plain" onClick=${() => {
      checked.value = new Set();
    }}>${t("requests.uncheck")}</button>
  </div>`;
}
