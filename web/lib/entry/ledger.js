// The ledger of one incident by day, with checks that it adds up. Pure functions.

import { noLedger, plusLedger } from "../counts.js";
import { LEDGER } from "../rules.js";

/** Whether a row adds up: received equals the sum over the states. */
export const adds = (row) => row.received === LEDGER.reduce((sum, state) => sum + row[state], 0);

/** Sum rows of the view `ledger` for an incident: {days, total}, newest day first. */
export function byDay(rows, incident) {
  const days = new Map();
  const total = noLedger();
  for (const row of rows.values()) {
    if (row.incident !== incident) continue;
    if (!days.has(row.day)) days.set(row.day, { day: row.day, ...noLedger() });
    plusLedger(days.get(row.day), row);
    plusLedger(total, row);
  }
  return { days: [...days.values()].sort((a, b) => (a.day < b.day ? 1 : -1)), total };
}

/** Return what does not add up: a day, "total" for the figures of the incident, or null. */
export function imbalance({ days, total }, figures) {
  const wrong = days.find((row) => !adds(row));
  if (wrong) return wrong.day;
  return ["received", ...LEDGER].every((name) => total[name] === figures[name]) ? null : "total";
}
