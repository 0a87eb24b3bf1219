// Sums of the overview and the wall. Pure functions of rows; instants are in ms since 1970.
import { sums } from "./areas.js";
import { LEDGER, OFF_DUTY, ON_DUTY, PRIORITIES, STANDING, UNFINISHED } from "./rules.js";

/** Length of a slot of the timeline, in ms. */
export const SLOT_MS = 900000;
const DAY_MS = 86400000;

const zeros = (names) => Object.fromEntries(names.map((name) => [name, 0]));

/** Empty sums of people. `all` includes people off duty, the rest counts people on duty.
 *
 * @returns {{ on: number, all: number, presence: Record<string, number>, role: Record<string, number> }}
 */
export const nobody = () => ({ on: 0, all: 0, presence: zeros(ON_DUTY), role: {} });

/** Add a row of the view `headcount` to sums of `nobody()`. */
export function plusPeople(sum, row) {
  sum.all += row.count;
  if (row.presence === OFF_DUTY) return;
  sum.on += row.count;
  sum.presence[row.presence] = (sum.presence[row.presence] ?? 0) + row.count;
  sum.role[row.role] = (sum.role[row.role] ?? 0) + row.count;
}

/** Sum people by area code. */
export const peopleByArea = (areas, rows) => sums(areas, rows.values(), nobody, plusPeople);

/** Empty sums of requests. `urgent` is the first priority among open requests.
 *
 * @returns {Record<string, any>}
 */
export const nothingAsked = () => ({
  unfinished: 0,
  open: 0,
  untouched: 0,
  urgent: null,
  oldest: null,
  oldestUntouched: null,
  cells: Object.fromEntries(
    PRIORITIES.map((priority) => [priority, { ...zeros(UNFINISHED), total: 0, oldest: null }]),
  ),
});

const least = (one, other) => (one === null || other < one ? other : one);

/** Add an unfinished request to sums of `nothingAsked()`. */
export function plusRequest(sum, row) {
  const opened = Date.parse(row.opened_at);
  const cell = sum.cells[row.priority];
  cell[row.state] += 1;
  cell.total += 1;
  cell.oldest = least(cell.oldest, opened);
  sum.unfinished += 1;
  sum.oldest = least(sum.oldest, opened);
  if (row.state === "open") {
    sum.open += 1;
    sum.urgent = least(sum.urgent, row.priority);
  }
  if (!row.touched) {
    sum.untouched += 1;
    sum.oldestUntouched = least(sum.oldestUntouched, opened);
  }
}

/** Sum requests by area code. */
export const askedByArea = (areas, requests) => sums(areas, requests, nothingAsked, plusRequest);

/** Return the level of the alert "open requests, nobody on duty", or null. It is the most urgent priority. */
export const uncovered = (people, asked) => (asked?.open && !people?.on ? asked.urgent : null);

/** Empty sums of a ledger.
 *
 * @returns {Record<string, number>}
 */
export const noLedger = () => ({ received: 0, ...zeros(LEDGER) });

/** Add a row of the view `ledger`. */
export function plusLedger(sum, row) {
  sum.received += row.received;
  for (const state of LEDGER) sum[state] += row[state];
}

/** Sum the ledger by area code. */
export const ledgerByArea = (areas, rows) => sums(areas, rows.values(), noLedger, plusLedger);

/** Return the figures that do not add up in a ledger, or null. `listed`: unfinished requests in the list. */
export function imbalance(ledger, listed) {
  const sum = LEDGER.reduce((total, state) => total + ledger[state], 0);
  const unfinished = UNFINISHED.reduce((total, state) => total + ledger[state], 0);
  return sum === ledger.received && unfinished === listed
    ? null
    : { received: ledger.received, sum, unfinished, listed };
}

/** Empty sums of teams.
 *
 * @returns {Record<string, any>}
 */
export const noTeams = () => ({ total: 0, ...zeros(STANDING), busy: 0, members: 0, kind: {} });

/** Add a row of the view `teams` that has not stood down. */
export function plusTeam(sum, row) {
  const busy = row.live_count > 0 ? 1 : 0;
  sum.kind[row.kind] ??= { total: 0, busy: 0, members: 0 };
  const kind = sum.kind[row.kind];
  for (const one of [sum, kind]) {
    one.total += 1;
    one.busy += busy;
    one.members += row.member_count;
  }
  sum[row.state] += 1;
}

/** Sum teams by area code. */
export const teamsByArea = (areas, rows) => sums(areas, rows.values(), noTeams, plusTeam);

/** Return the names of a tally, largest count first. */
export const mostFirst = (tally) =>
  Object.keys(tally).sort((a, b) => tally[b] - tally[a] || a.localeCompare(b));

/** Return the lines of the 24 h before `at`, from rows of the view `timeline`.
 *
 * `on` people are on duty now. Earlier values subtract the changes since. Received and served count from the
 * start of the 24 h. `times` are in seconds.
 */
export function lines(rows, on, at) {
  const last = Math.floor(at / SLOT_MS) * SLOT_MS;
  const first = last - DAY_MS;
  const slots = bySlot(rows, first);
  const times = [];
  for (let slot = first; slot <= last; slot += SLOT_MS) times.push(slot);
  const onDuty = backwards(times, slots, on);
  const received = forwards(times, slots, "received");
  const served = forwards(times, slots, "served");
  return { times: [...times.map((slot) => slot / 1000), at / 1000], onDuty, received, served };
}

function bySlot(rows, first) {
  const found = new Map();
  for (const row of rows.values()) {
    const slot = Date.parse(row.slot);
    if (slot < first) continue;
    const sum = found.get(slot) ?? { change: 0, received: 0, served: 0 };
    found.set(slot, sum);
    sum.change += row.came - row.went;
    sum.received += row.received;
    sum.served += row.served;
  }
  return found;
}

function backwards(times, slots, on) {
  const values = [on];
  let value = on;
  for (const slot of [...times].reverse()) {
    value -= slots.get(slot)?.change ?? 0;
    values.unshift(value);
  }
  return values;
}

function forwards(times, slots, name) {
  const values = [0];
  for (const slot of times) values.push(values.at(-1) + (slots.get(slot)?.[name] ?? 0));
  return values;
}
