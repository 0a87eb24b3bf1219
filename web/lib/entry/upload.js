// Importing a file: which mapping reads it, what it would do, and how far it is.
import { Problem, get, request } from "../api.js";
import { lang } from "../i18n.js";
import { live } from "../store.js";

/** The most bytes that a service takes as one body. */
export const MOST_BYTES = 8 * 2 ** 20;
const ROWS = 10;
const OCTETS = { "Content-Type": "application/octet-stream" };

const path = (rest = "") => `/${live.peek().jurisdiction}/imports${rest}`;
const post = async (rest, params, file) =>
  (await request("POST", path(rest), { params, body: file, headers: OCTETS })).json();
const short = (file) => file.name.slice(-200);

/** The mappings that are shipped. Throws Problem. */
export const mappings = async () => (await get(path("/mappings"))).items;
/** What a file would do by a mapping. Throws Problem. */
export const preview = (file, mapping) => post("/preview", { mapping, file: short(file), rows: ROWS }, file);
/** Begin: gives the id of the import. Throws Problem. */
export const begin = async (file, mapping) =>
  (await post("", { mapping, file: short(file), language: lang.peek() }, file)).import;
/** How far an import is. Throws Problem. */
export const progress = (id) => get(path(`/${encodeURIComponent(id)}`));
/** The imports that this process remembers, newest first. Throws Problem. */
export const recent = async () => (await get(path())).items;
/** Where the rejected rows of its n-th table with such are. */
export const rejectsAddress = (id, table = 1) =>
  `/api/v1${path(`/${encodeURIComponent(id)}/rejects?table=${table}`)}`;

/** Whether an import has come to its end. */
export const isOver = ({ state }) => state === "done" || state === "failed";
/** Whether the sums of an import add up; null before there are any. */
export const addsUp = ({ rows, applied, known, rejected }) =>
  rows === null ? null : rows === applied + known + rejected;

/** The first of these mappings that reads a file: {mapping, seen}; else {mapping, problem} of the first. */
export async function recognised(file, names) {
  let first = null;
  for (const mapping of names) {
    try {
      return { mapping, seen: await preview(file, mapping) };
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.code !== "import.column") throw problem;
      first ??= { mapping, problem };
    }
  }
  return first;
}

/** How far an import is, from 0 to 1: reading is the first tenth. `expected` = rows of the preview. */
export function share({ state, read, sent, total }, expected) {
  if (state === "done") return 1;
  if (state === "sending") return 0.1 + (total ? (0.9 * sent) / total : 0);
  return expected ? Math.min(0.1, (0.1 * read) / expected) : 0;
}
