// Which requests are shown, and in which order. The filters live in the address, so that any page can link into them.
import { alertOf, worse } from "../alerts.js";
import { inside } from "../areas.js";
import { go, route } from "../router.js";
import { ENDED, LEDGER } from "../rules.js";

export const ALERTS = ["overdue", "untouched"];
const LISTS = ["state", "priority", "category", "alert", "incident", "touched"];

/** The filters of an address's query: lists of wanted values, empty = all. */
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

/** Put one filter into the address; null or an empty list takes it out. */
export function setFilter(name, value) {
  const { id, query } = route.peek();
  go("requests", { id, query: { ...query, [name]: value ?? [] }, replace: true });
}

/** Take all filters out of the address. */
export const clearFilters = () => go("requests", { id: route.peek().id, replace: true });

/** Switch one value of a list filter on or off. */
export function toggleFilter(name, value) {
  const before = route.peek().query[name] ?? [];
  const next = before.includes(value) ? before.filter((one) => one !== value) : [...before, value];
  setFilter(name, name === "state" ? oneSide(next, value) : next);
}

/** Ended requests are asked for page by page, unfinished ones are here: never both at once. */
function oneSide(states, newest) {
  const ended = (state) => state === "ended" || ENDED.includes(state);
  return states.filter((state) => ended(state) === ended(newest));
}

const known = new WeakMap();
/** What a request says for each list filter, and what it is sorted by; a row is never changed, only replaced. */
function facts(row, at) {
  const before = known.get(row);
  if (before?.at === at) return before;
  const alert = alertOf(row, at);
  const found = {
    at,
    state: row.state,
    touched: String(row.touched),
    priority: String(row.priority),
    category: row.category,
    incident: row.incident ?? "",
    alert: alert?.kind ?? "",
    worst: alert,
    opened: before?.opened ?? Date.parse(row.opened_at),
  };
  known.set(row, found);
  return found;
}

const textOf = (row) => row.request.toLowerCase();

/** A function that tells whether a request passes; `but` names a filter that is left out, for counting its values. */
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
    return lists.every((name) => filters[name].includes(said[name]));
  };
}

/** How many requests there would be with each value of a filter, the other filters as they are: value -> count. */
export function tally(rows, name, filters, at, ofUnit) {
  const counts = new Map();
  const passes = passer(filters, at, ofUnit, name);
  for (const row of rows) {
    if (!passes(row)) continue;
    const value = facts(row, at)[name];
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

const text = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const wanted = (row) => (row.slots === null ? 1 : row.slots - row.taken);
/** As byUrgency, without rereading the times. */
const urgency = (at) => (a, b) => a.priority - b.priority || facts(a, at).opened - facts(b, at).opened;
const ORDERS = {
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

/** The order asked for in the address: {key, down}. */
export function sortOf(query, ended) {
  const asked = query.sort?.[0] ?? (ended ? "-ended" : "priority");
  const down = asked.startsWith("-");
  const key = down ? asked.slice(1) : asked;
  return key in ORDERS ? { key, down } : { key: "priority", down: false };
}

/** A heading was pressed: first up, then down, then as it was at first. */
export function sortBy(key) {
  const now = route.peek().query.sort?.[0];
  setFilter("sort", now === `-${key}` ? null : now === key || (key === "priority" && !now) ? `-${key}` : key);
}

/** The comparison for an order; ties go by urgency, then id, so that equal rows never change places. */
export function comparison({ key, down }, at) {
  const first = ORDERS[key](at);
  const then = urgency(at);
  return (a, b) => (down ? -first(a, b) : first(a, b)) || then(a, b) || text(a.request, b.request);
}
