// The roster as a list of any length: filtered, counted and sorted in one pass over prepared entries. Pure.
import { inside } from "../areas.js";
import { OFF_DUTY, PRESENCES } from "../rules.js";

const RANK = Object.fromEntries(PRESENCES.map((presence, rank) => [presence, rank]));

/** Whether a presence fits a filter; `on_duty` stands for all but off_duty. */
export function fitsPresence(presence, wanted) {
  if (wanted.length === 0 || wanted.includes(presence)) return true;
  return presence !== OFF_DUTY && wanted.includes("on_duty");
}

/** A test whether an area lies inside one of those asked for; each code is looked at once. */
export function within(outers) {
  if (outers.length === 0) return () => true;
  const known = new Map();
  return (code) => {
    if (!known.has(code))
      known.set(
        code,
        outers.some((outer) => inside(code, outer)),
      );
    return known.get(code);
  };
}

const fitsOne = (wanted) => {
  if (wanted.length === 0) return () => true;
  const found = new Set(wanted);
  return (value) => found.has(value ?? "");
};

/** Prepared entries of a roster, kept from one change to the next: only changed rows are prepared again. */
export class Prepared {
  constructor() {
    this.entries = new Map();
    this.list = [];
  }

  /** The entries for these rows (key -> row), each {row, text, since, place}, in the order of their ids. */
  take(rows) {
    let others = rows.size !== this.entries.size;
    for (const [key, row] of rows) {
      const known = this.entries.get(key);
      if (known?.row === row) continue;
      const entry = prepare(row, known?.place);
      this.entries.set(key, entry);
      if (known) this.list[known.place] = entry;
      else others = true;
    }
    if (others) this.order(rows);
    return this.list;
  }

  order(rows) {
    for (const key of this.entries.keys()) if (!rows.has(key)) this.entries.delete(key);
    this.list = [...this.entries.values()].sort((a, b) => (a.row.worker < b.row.worker ? -1 : 1));
    this.list.forEach((entry, place) => {
      entry.place = place;
    });
  }
}

const prepare = (row, place) => ({
  row,
  place,
  text: `${row.worker} ${row.organisation ?? ""}`.toLowerCase(),
  since: row.since ? Date.parse(row.since) : 0,
});

/** The workers that fit: {rows: entries, fitting, byPresence, comparable}.
 *
 * filter: {area, role, presence, team, organisation: lists, q}. byPresence counts what fits all but the presence;
 * comparable counts what fits area, role, presence and team: what a headcount can be asked for.
 */
export function choose(entries, filter) {
  const inArea = within(filter.area);
  const [ofRole, ofTeam, ofOrganisation] = [filter.role, filter.team, filter.organisation].map(fitsOne);
  const text = filter.q.trim().toLowerCase();
  const byPresence = Object.fromEntries(PRESENCES.map((presence) => [presence, 0]));
  const rows = [];
  let comparable = 0;
  for (const entry of entries) {
    const { row } = entry;
    if (!inArea(row.area) || !ofRole(row.role) || !ofTeam(row.team)) continue;
    const present = fitsPresence(row.presence, filter.presence);
    if (present) comparable += 1;
    if (!ofOrganisation(row.organisation) || (text && !entry.text.includes(text))) continue;
    byPresence[row.presence] += 1;
    if (present) rows.push(entry);
  }
  return { rows, byPresence, comparable };
}

/** How many workers a headcount counts for the same area, role, presence and team. */
export function counted(headcount, filter) {
  const inArea = within(filter.area);
  const [ofRole, ofTeam] = [filter.role, filter.team].map(fitsOne);
  let sum = 0;
  for (const row of headcount.values()) {
    if (
      inArea(row.area) &&
      ofRole(row.role) &&
      ofTeam(row.team) &&
      fitsPresence(row.presence, filter.presence)
    )
      sum += row.count;
  }
  return sum;
}

/** Ranks of the distinct values of a field, by `compare`: few values are collated, many rows compare by number. */
export function ranks(entries, field, compare) {
  const values = new Set();
  for (const { row } of entries) if (row[field] != null) values.add(row[field]);
  return new Map([...values].sort(compare).map((value, rank) => [value, rank + 1]));
}

const LAST = Number.MAX_SAFE_INTEGER;

const KEYS = {
  area:
    () =>
    ({ row }) =>
      row.area,
  since:
    () =>
    ({ since }) =>
      since || LAST,
  presence:
    () =>
    ({ row }) =>
      RANK[row.presence],
  load:
    ({ loads }) =>
    ({ row }) =>
      loads.get(row.worker) ?? 0,
  team:
    ({ team }) =>
    ({ row }) =>
      team.get(row.team) ?? LAST,
  role:
    ({ role }) =>
    ({ row }) =>
      role.get(row.role) ?? LAST,
  organisation:
    ({ organisation }) =>
    ({ row }) =>
      organisation.get(row.organisation) ?? LAST,
};

const byKey = (sign) => (a, b) => {
  if (a === LAST || b === LAST) return a === LAST ? 1 : -1;
  return a < b ? -sign : sign;
};

/** Entries that come in the order of their ids in that of a column; ties stay by id, absent values come last both ways.
 *
 * aids: {loads, team, role, organisation}, each a map of value -> number. Most columns have few values, so rows
 * are put into one heap a value, and only the values are sorted.
 */
export function arrange(rows, column, down, aids) {
  if (!(column in KEYS)) return down ? rows.toReversed() : rows;
  const keyOf = KEYS[column](aids);
  const heaps = new Map();
  for (const entry of rows) {
    const key = keyOf(entry);
    const heap = heaps.get(key);
    if (heap) heap.push(entry);
    else heaps.set(key, [entry]);
  }
  return [...heaps.keys()].sort(byKey(down ? -1 : 1)).flatMap((key) => heaps.get(key));
}

/** Live assignments by unit. */
export function loads(assignments) {
  const found = new Map();
  for (const { unit, live } of assignments.values()) if (live) found.set(unit, (found.get(unit) ?? 0) + 1);
  return found;
}
