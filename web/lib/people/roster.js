// Filters, counts and sorts rosters of any length, over prepared entries. Pure functions.
import { inside } from "../areas.js";
import { OFF_DUTY, PRESENCES } from "../rules.js";

const RANK = Object.fromEntries(PRESENCES.map((presence, rank) => [presence, rank]));

/** Whether a presence matches a filter. `on_duty` means all but off_duty. */
export function fitsPresence(presence, wanted) {
  if (wanted.length === 0 || wanted.includes(presence)) return true;
  return presence !== OFF_DUTY && wanted.includes("on_duty");
}

/** Return a predicate for areas inside one of `outers`. It tests each code once. */
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

/** Prepared entries of a roster. Only changed rows are prepared again. */
export class Prepared {
  constructor() {
    this.entries = new Map();
    this.list = [];
  }

  /** Return the entries of rows by key, each {row, text, since, place}, sorted by worker id. */
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
    for (const [place, entry] of this.list.entries()) entry.place = place;
  }
}

const prepare = (row, place) => ({
  row,
  place,
  text: `${row.worker} ${row.call_sign ?? ""} ${row.organisation ?? ""}`.toLowerCase(),
  since: row.since ? Date.parse(row.since) : 0,
});

/** Filter entries: {rows, byPresence, comparable}.
 *
 * filter: lists {area, role, presence, team, organisation}, and a text q. byPresence counts matches of all
 * filters but presence. comparable counts matches of area, role, presence and team, as a headcount can.
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

/** Return how many workers a headcount has for the same area, role, presence and team. */
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

/** Rank the distinct values of a field. Sorting rows then compares numbers instead of collating texts. */
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

/** Sort entries, given by id, by a column. Ties stay by id; absent values come last in both directions.
 *
 * aids: maps {loads, team, role, organisation} from value to number. Most columns have few values, so
 * rows are grouped by value and only the values are sorted.
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

/** Count live assignments by unit. */
export function loads(assignments) {
  const found = new Map();
  for (const { unit, live } of assignments.values()) if (live) found.set(unit, (found.get(unit) ?? 0) + 1);
  return found;
}
