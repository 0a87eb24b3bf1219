// How figures of the report are said: names in the page's language, values with their unit, changes, shares.

import { lang, number, t } from "../i18n.js";
import { href } from "../router.js";

/** Views with a page of their own: view -> page. */
const PAGES = {
  activities: "activities",
  allies: "allies",
  awards: "awards",
  brands: "brands",
  chapters: "chapters",
  commitments: "commitments",
  comparison: "comparison",
  courses: "courses",
  difficulties: "difficulties",
  duty_items: "duties",
  enterprises: "enterprises",
  homes: "reporting",
  incidents: "incidents",
  inspections: "inspections",
  meetings: "meetings",
  nominations: "nominations",
  posts: "posts",
  publications: "publications",
  reliefs: "reliefs",
  reporting: "reporting",
  requests: "requests",
  sessions: "sessions",
  stations: "stations",
  teams: "teams",
  undertakings: "undertakings",
  units: "units",
  visits: "visits",
};

const WORKER = "worker/";

/** Return a name in the page's language. */
export const named = (names) => names[lang.value] ?? names.en ?? "";

/** What a row is called, a person by the name that the reader may see; its id without any. */
export const nameOf = (row) => row.person_name || (row.names && named(row.names)) || row.name || row.key;

/** The post that has a row to do, and who holds it. */
export const heldBy = (row) =>
  row.holder_name ? t("report.held", { post: row.owner_name, holder: row.holder_name }) : row.owner_name;

/** Return the address of a row's own page at a date; without one, that of the worker it is about, if any.
 *
 * @param {{ view: string, key: string, person?: string | null }} row
 * @param {string | undefined} at A day.
 */
export function pageOf({ view, key, person }, at) {
  const page = Object.hasOwn(PAGES, view) ? PAGES[view] : undefined;
  if (page) return href(page, { id: key, query: { at } });
  return person?.startsWith(WORKER) ? href("workers", { id: person.slice(WORKER.length) }) : undefined;
}

const digits = (one) =>
  one.unit === "hours"
    ? { minimumFractionDigits: 1, maximumFractionDigits: 1 }
    : { maximumFractionDigits: 0 };

/** Return a value of a figure with its unit. */
export const amountOf = (one, value) => t(`report.unit_${one.unit}`, { n: number(value, digits(one)) });

/** Return a figure's change with its sign; nothing if there is none. */
export const changeOf = (one) =>
  one.change ? number(one.change, { ...digits(one), signDisplay: "exceptZero" }) : "";

/** Return a share in per cent; nothing if the figure is none. */
export const percent = (share) =>
  share === null || share === undefined
    ? ""
    : number(share, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
