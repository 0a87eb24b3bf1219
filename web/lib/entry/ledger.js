// The ledger of one incident, day by day, as a table whose rows and columns add up. Pure.

import { noLedger, plusLedger } from "../counts.js";
import { LEDGER } from "../rules.js";

/** Whether a row adds up: received = the sum over the states. */
export const adds = (row) => row.received === LEDGER.reduce((sum, state) => sum + row[state], 0);

/** Rows of the view ledger of an incident: {days: [{day, ...}], newest first, total}. */
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

/** What does not add up: null, or which: a day, or the incident's own figures. */
export function imbalance({ days, total }, figures) {
  const wrong = days.find((row) => !adds(row));
  if (wrong) return wrong.day;
  return ["received", ...LEDGER].every((name) => total[name] === figures[name]) ? null : "total";
}
