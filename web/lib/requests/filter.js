// Filters and order of requests. They are part of the address, so that any page can link to them.
import { alertsOf, worse } from "../alerts.js";
import { inside } from "../areas.js";
import { go, route } from "../router.js";
import { ENDED, LEDGER } from "../rules.js";
import { need, REQUEST_KINDS, requestName } from "../urgency.js";

/** Values of the filter by alert: any, or a kind. */
export const ANY = "any";
export const ALERTS = [ANY, ...REQUEST_KINDS];
const LISTS = ["state", "priority", "category", "alert", "incident", "touched"];

/** Return the filters in a query: lists of wanted values, where empty means all.
 *
 * @param {Record<string, string[]>} query
 * @returns {any}
 */
export function filtersOf(query) {
  const found = Object.fromEntries(LISTS.map((name) => [name, query[name] ?? []]));
  return {
    ...found,
    area: query.area?.[0] ?? null,
    unit: query.unit?.[0] ?? null,
    text: (query.q?.[0] ?? "").trim().toLowerCase(),
    ended: found.state.includes("ended") || found.state.some((state) => ENDED.includes(state)),
  };
}

/** Whether any filter is set. */
export const filtered = (filters) =>
  LISTS.some((name) => filters[name].length) || Boolean(filters.area || filters.unit || filters.text);

/** Set a filter in the address. Null or an empty list removes it. */
export function setFilter(name, value) {
  const { id, query } = route.peek();
  go("requests", { id, query: { ...query, [name]: value ?? [] }, replace: true });
}

/** Remove all filters from the address. */
export const clearFilters = () => go("requests", { id: route.peek().id, replace: true });

/** Toggle one value of a list filter. */
export function toggleFilter(name, value) {
  const before = route.peek().query[name] ?? [];
  const next = before.includes(value) ? before.filter((one) => one !== value) : [...before, value];
  setFilter(name, name === "state" ? oneSide(next, value) : next);
}

/** Drop states that do not combine with the newest: ended requests are paged, unfinished ones live. */
function oneSide(states, newest) {
  const ended = (state) => state === "ended" || ENDED.includes(state);
  return states.filter((state) => ended(state) === ended(newest));
}

const known = new WeakMap();
/** Return the values of a request for list filters and sorting. Cached: rows are replaced, never changed. */
function facts(row, at) {
  const before = known.get(row);
  const alerts = alertsOf(row.request);
  if (before?.at === at && before.alerts === alerts) return before;
  const found = {
    at,
    state: row.state,
    touched: String(row.touched),
    priority: String(row.priority),
    category: row.category,
    incident: row.incident ?? "",
    alerts,
    alert: alerts.length ? [ANY, ...alerts.map(({ kind }) => kind)] : [],
    worst: alerts[0] ?? null,
    need: need(row, alerts),
    due: row.due_at ? Date.parse(row.due_at) : Infinity,
    opened: before?.opened ?? Date.parse(row.opened_at),
  };
  known.set(row, found);
  return found;
}

const textOf = (row) => `${row.request} ${requestName(row)}`.toLowerCase();

/** Return a predicate for requests. `but` names a filter to ignore, for counting its values. */
export function passer(filters, at, ofUnit, but) {
  const lists = LISTS.filter(
    (name) => name !== but && filters[name].length && !(name === "state" && filters.ended),
  );
  return (row) => {
    if (filters.area && but !== "area" && !inside(row.area, filters.area)) return false;
    if (filters.text && !textOf(row).includes(filters.text)) return false;
    if (ofUnit && !ofUnit.has(row.request)) return false;
    if (!lists.length) return true;
    const said = facts(row, at);
    return lists.every((name) =>
      name === "alert"
        ? said.alert.some((kind) => filters.alert.includes(kind))
        : filters[name].includes(said[name]),
    );
  };
}

/** Count requests by value of one filter, with the other filters applied. */
export function tally(rows, name, filters, at, ofUnit) {
  const counts = new Map();
  const passes = passer(filters, at, ofUnit, name);
  for (const row of rows) {
    if (!passes(row)) continue;
    for (const value of [facts(row, at)[name]].flat()) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

const text = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const wanted = (row) => (row.slots === null ? 1 : row.slots - row.taken);
/** Like byUrgency, with cached times. */
const urgency = (at) => (a, b) => a.priority - b.priority || facts(a, at).opened - facts(b, at).opened;
/** What needs action first, life safety before all; then by priority, untouched before the rest. */
const needs = (at) => (a, b) => {
  const [one, other] = [facts(a, at), facts(b, at)];
  return one.need - other.need || a.priority - b.priority || Number(a.touched) - Number(b.touched) || 0;
};
/** Whether a row is under way: nobody has to act on it now. */
export const underWay = (row, at) => row.ended_at === null && facts(row, at).need === 2;

const ORDERS = {
  needs,
  due: (at) => (a, b) => facts(a, at).due - facts(b, at).due || 0,
  priority: urgency,
  alert: (at) => (a, b) => worse(facts(a, at).worst, facts(b, at).worst),
  age: (at) => (a, b) => facts(a, at).opened - facts(b, at).opened,
  category: () => (a, b) => text(a.category, b.category),
  area: () => (a, b) => text(a.area, b.area),
  state: () => (a, b) => LEDGER.indexOf(a.state) - LEDGER.indexOf(b.state),
  slots: () => (a, b) => wanted(b) - wanted(a),
  ended: () => (a, b) => Date.parse(a.ended_at) - Date.parse(b.ended_at),
  id: () => (a, b) => text(a.request, b.request),
};

/** Return the order in a query: {key, down}. */
export function sortOf(query, ended) {
  const asked = query.sort?.[0] ?? (ended ? "-ended" : "needs");
  const down = asked.startsWith("-");
  const key = down ? asked.slice(1) : asked;
  return key in ORDERS ? { key, down } : { key: "needs", down: false };
}

/** Sort by a column: first ascending, then descending, then back to the default. */
export function sortBy(key) {
  const now = route.peek().query.sort?.[0];
  setFilter("sort", now === `-${key}` ? null : now === key ? `-${key}` : key);
}

/** Return the comparison for an order. Ties go by urgency, then id, so that equal rows keep their places. */
export function comparison({ key, down }, at) {
  const first = ORDERS[key](at);
  const then = urgency(at);
  return (a, b) => (down ? -first(a, b) : first(a, b)) || then(a, b) || text(a.request, b.request);
}
