// What the pages of chapters know of rows.

import { now } from "../time.js";

export const ROUTES = ["own", "joint", "community"];

/** Return what an enterprise is called, else its id. */
export const nameOf = (key, source) => source.rows("enterprises").get(key)?.name ?? key;

/** Whether a chapter's term has run out: it lives on, but a new term is due. `at`: null for now. */
export const overdue = (row, at) =>
  row.ends !== null && Date.parse(row.ends) <= (at === null ? now.value : Date.parse(at));

/** Return an instant of the last day of a term: a term that ends at midnight ends on the day before. */
export const lastDay = (ends) => ends && new Date(Date.parse(ends) - 1).toISOString();

/** Return the local days from one to another, both included, as YYYY-MM-DD.
 *
 * @param {string} first
 * @param {string} last
 */
export function daysBetween(first, last) {
  const found = [];
  for (let at = Date.parse(`${first}T00:00Z`); at <= Date.parse(`${last}T00:00Z`); at += 86_400_000) {
    found.push(new Date(at).toISOString().slice(0, 10));
  }
  return found;
}

/** Return the sums at the end of each day of a curve, also of the days on which nothing changed.
 *
 * @param {{ since: string, until: string, before: any, days: any[] }} curve
 * @returns {{ day: string, ledger: number, covered: number, share: number | null }[]}
 */
export function everyDay({ since, until, before, days }) {
  const known = new Map(days.map((one) => [one.day, one]));
  let last = before;
  return daysBetween(since, until).map((day) => {
    last = known.get(day) ?? last;
    return { ...last, day };
  });
}

/** Return the days on which something changed, with by how much, the newest first. */
export function stepsOf({ before, days }) {
  let last = before;
  const found = days.map((one) => {
    const step = { ...one, entered: one.ledger - last.ledger, gained: one.covered - last.covered };
    last = one;
    return step;
  });
  return found.filter(({ entered, gained }) => entered !== 0 || gained !== 0).reverse();
}
