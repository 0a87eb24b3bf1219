// The pages of the board in the order of the menu. To add a page: one line here, and its file in pages/.

import { entries, hasRight, may, mayRead } from "../store.js";

/** Groups of the menu in order. The pages of the first are in the header itself. */
export const GROUPS = ["operations", "people", "community", "institutions", "reports", "administration"];

/**
 * @typedef {object} Entry
 * @property {string} name Its file in pages/, its address, and its title `page.NAME` in the catalogues.
 * @property {string} [key] Opens it after `g`. There are fewer letters than pages; menu and search open all.
 * @property {string} group One of GROUPS.
 * @property {string} [view] A view that it shows: offered to those who may read it.
 * @property {string} [right] A right that it needs.
 * @property {string} [command] A command that it is for.
 * @property {() => boolean} [mayUse] Any other condition.
 */

/** @type {Entry[]} */
export const PAGES = [
  { name: "overview", key: "o", group: "operations", view: "headcount" },
  { name: "requests", key: "r", group: "operations", view: "requests" },
  { name: "enter", key: "e", group: "operations", mayUse: () => entries.value.length > 0 },
  { name: "map", key: "m", group: "operations", view: "areas" },
  { name: "incidents", key: "i", group: "operations", view: "incidents" },
  { name: "notes", key: "n", group: "operations", view: "handovers" },
  { name: "workers", key: "w", group: "people", view: "roster" },
  { name: "teams", key: "t", group: "people", view: "teams" },
  { name: "cards", key: "c", group: "people", right: "issue_codes" },
  { name: "areas", key: "a", group: "community", view: "areas" },
  { name: "reporting", key: "j", group: "community", view: "homes" },
  { name: "alerts", key: "l", group: "reports", view: "requests" },
  { name: "enterprises", key: "b", group: "institutions", view: "enterprises" },
  { name: "verdicts", group: "institutions", view: "enterprises" },
  { name: "posts", key: "p", group: "institutions", view: "posts" },
  { name: "units", key: "d", group: "institutions", view: "units" },
  { name: "chapters", key: "k", group: "institutions", view: "chapters" },
  { name: "difficulties", key: "f", group: "institutions", view: "difficulties" },
  { name: "visits", group: "institutions", view: "visits" },
  { name: "commitments", key: "y", group: "institutions", view: "commitments" },
  { name: "meetings", group: "institutions", view: "meetings" },
  { name: "allies", group: "institutions", view: "allies" },
  { name: "activities", group: "institutions", view: "activities" },
  { name: "reliefs", group: "institutions", view: "reliefs" },
  { name: "nominations", group: "institutions", view: "nominations" },
  { name: "awards", group: "institutions", view: "awards" },
  { name: "publications", group: "institutions", view: "publications" },
  { name: "consents", group: "institutions", view: "consents" },
  { name: "brands", group: "institutions", view: "brands" },
  { name: "undertakings", key: "v", group: "institutions", view: "undertakings" },
  { name: "monthly", group: "institutions", view: "monthly_reviews" },
  { name: "inspections", group: "institutions", view: "inspections" },
  { name: "stations", key: "z", group: "institutions", view: "stations" },
  { name: "leaders", group: "institutions", view: "leads" },
  { name: "duties", group: "institutions", view: "duty_items" },
  { name: "courses", group: "institutions", view: "courses" },
  { name: "sessions", group: "institutions", view: "sessions" },
  { name: "training", group: "institutions", view: "training" },
  { name: "comparison", key: "q", group: "institutions", view: "source_lists" },
  { name: "report", key: "x", group: "reports", view: "units" },
  { name: "hours", key: "h", group: "reports", view: "roster" },
  { name: "imports", key: "u", group: "administration", right: "import_files" },
  { name: "settings", key: "s", group: "administration", command: "term.define" },
];

/** Whether there is a page with this name. */
export const known = (page) => PAGES.some(({ name }) => name === page);

/** Whether the token may use a page, by the rights that the service gave it.
 *
 * @param {Entry} page
 */
export const usable = ({ view, right, command, mayUse }) =>
  (!view || mayRead(view)) &&
  (!right || hasRight(right)) &&
  (!command || may(command)) &&
  (mayUse?.() ?? true);

/** The pages that the token may use. */
export const offered = () => PAGES.filter(usable);

/** Return pages by group, in order, without empty groups: [group, pages].
 *
 * @param {Entry[]} pages
 * @returns {[string, Entry[]][]}
 */
export function grouped(pages) {
  const found = GROUPS.map(
    (group) => /** @type {[string, Entry[]]} */ ([group, pages.filter((one) => one.group === group)]),
  );
  return found.filter(([, some]) => some.length > 0);
}
