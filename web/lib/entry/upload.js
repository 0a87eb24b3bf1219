// Import of files: mappings, preview and progress.
import { get, json, request } from "../api.js";
import { lang } from "../i18n.js";
import { live } from "../store.js";

/** Largest file in bytes that the service accepts. */
export const MOST_BYTES = 8 * 2 ** 20;
const ROWS = 10;
const OCTETS = { "Content-Type": "application/octet-stream" };

const path = (rest = "") => `/${live.peek().jurisdiction}/imports${rest}`;
const post = async (rest, params, file) =>
  json(await request("POST", path(rest), { params, body: file, headers: OCTETS }));
const short = (file) => file.name.slice(-200);

/** Return the shipped mappings. Throws Problem. */
export const mappings = async () => (await get(path("/mappings"))).items;
/** Return what an import of a file would do; without `mapping`, with the best fit. Throws Problem. */
export const preview = (file, mapping) =>
  post("/preview", { ...(mapping && { mapping }), file: short(file), rows: ROWS }, file);
/** Begin an import and return its id. `answers` and `apply` are as the service reads them. Throws Problem. */
export const begin = async (file, mapping, answers = [], apply = []) =>
  (await post("", { mapping, file: short(file), language: lang.peek(), answer: answers, apply }, file))
    .import;
/** Return the address of an empty table to fill in. */
export const templateAddress = (mapping, format) =>
  `/api/v1${path(`/mappings/${mapping}/template?format=${format}&language=${lang.value}`)}`;
/** Return the progress of an import. Throws Problem. */
export const progress = (id) => get(path(`/${encodeURIComponent(id)}`));
/** Return recent imports, newest first. The server forgets them at a restart. Throws Problem. */
export const recent = async () => (await get(path())).items;
/** Return the address of the rejected rows of an import. Counts only tables with rejected rows. */
export const rejectsAddress = (id, table = 1) =>
  `/api/v1${path(`/${encodeURIComponent(id)}/rejects?table=${table}`)}`;

/** Whether an import has ended. */
export const isOver = ({ state }) => state === "done" || state === "failed";
/** Whether the sums of an import add up; null before there are sums. */
export const addsUp = ({ rows, applied, known, skipped, rejected }) =>
  rows === null ? null : rows === applied + known + skipped + rejected;

/** Return the progress of an import, 0 to 1. Reading is the first tenth. `expected`: rows in the preview. */
export function share({ state, read, sent, total }, expected) {
  if (state === "done") return 1;
  if (state === "sending") return 0.1 + (total ? (0.9 * sent) / total : 0);
  return expected ? Math.min(0.1, (0.1 * read) / expected) : 0;
}
