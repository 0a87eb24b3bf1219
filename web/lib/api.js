// Client of the public HTTP API. A command keeps its id through every retry.
import { signal } from "./preact.js";

/** @typedef {Record<string, any>} Params Query parameters; a list repeats its parameter. */
/** @typedef {{ headers?: Record<string, string>, signal?: AbortSignal }} Options */

const ROOT = "/api/v1";
const TRIES = 6;

/** Whether the service answered 401, so that nobody is signed in. */
export const signedOut = signal(false);

/** An error as in RFC 9457. Status 0 means that the service could not be reached. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} detail
   * @param {Record<string, any>} [body] The JSON of the answer.
   */
  constructor(status, code, detail, body = {}) {
    super(detail);
    this.status = status;
    this.code = code;
    this.detail = detail;
    /** @type {Record<string, any> | undefined} Values of the placeholders in the text of `code`. */
    this.values = body.values;
    this.body = body;
  }
}

/** Return a new random UUID. Works without a secure context, where randomUUID is missing.
 *
 * @returns {string}
 */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Build a query string. Skips undefined and null.
 *
 * @param {Params} [params]
 */
export function query(params = {}) {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) found.append(name, one);
    }
  }
  const text = found.toString();
  return text ? `?${text}` : "";
}

/** Send a request and return the response, its body unread. Throws Problem.
 *
 * @param {string} method
 * @param {string} path
 * @param {Options & { body?: BodyInit, params?: Params }} [options]
 */
export async function request(method, path, { body, headers = {}, signal: aborted, params } = {}) {
  let answer;
  try {
    answer = await fetch(`${ROOT}${path}${query(params)}`, {
      method,
      body,
      headers,
      signal: aborted,
      credentials: "same-origin",
      cache: "no-store",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "network", String(error.message));
  }
  if (answer.ok) return answer;
  if (answer.status === 401 && path !== "/session") signedOut.value = true;
  const said = await answer.json().catch(() => ({}));
  throw new Problem(
    answer.status,
    said.code ?? `http.${answer.status}`,
    said.detail ?? answer.statusText,
    said,
  );
}

/** Read the JSON of an answer: its body may break off after its head arrived. Throws Problem.
 *
 * @param {Response} answer
 * @returns {Promise<any>}
 */
export async function json(answer) {
  try {
    return await answer.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "network", String(error.message));
  }
}

/** Return the source of this page as the service has it now, null if it cannot be reached.
 *
 * @returns {Promise<string | null>}
 */
export const page = () =>
  fetch(location.pathname, { cache: "no-store" })
    .then((answer) => (answer.ok ? answer.text() : null))
    .catch(() => null);

/** Return the JSON of a GET. Throws Problem.
 *
 * @param {string} path
 * @param {Params} [params]
 * @param {Options} [options]
 * @returns {Promise<any>}
 */
export async function get(path, params, options = {}) {
  return json(await request("GET", path, { params, ...options }));
}

/** Send a JSON body and return the JSON of the answer, null after 204. Throws Problem.
 *
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {Options} [options]
 * @returns {Promise<any>}
 */
export async function send(method, path, body, options = {}) {
  const headers = { "Content-Type": "application/json", ...options.headers };
  const answer = await request(method, path, { ...options, body: JSON.stringify(body), headers });
  return answer.status === 204 ? null : json(answer);
}

/** Fetch the rows of a view page by page, until there are at least `most`. Throws Problem.
 *
 * @param {string} jurisdiction
 * @param {string} view
 * @param {Params} [params]
 * @param {number} [most]
 * @returns {Promise<any>} The last page, with all rows as `items`.
 */
export async function all(jurisdiction, view, params = {}, most = 100000) {
  const items = [];
  /** @type {any} */
  let page = { next: undefined };
  do {
    page = await get(`/${jurisdiction}/${view}`, { limit: 1000, ...params, cursor: page.next });
    items.push(...page.items);
  } while (page.next && items.length < most);
  return { ...page, items };
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const uncertain = (problem) => problem.status === 0 || problem.status === 503 || problem.status === 504;

/** Send one command and wait until it is durable. Throws Problem.
 *
 * Retries with the same id while the outcome is unknown, for about twelve seconds. Then throws `pending` with
 * the id in `body.id`, so that the caller can retry later. People type `at` by the service's clock, so no
 * `sent_at` goes along: the clock of this machine does not matter.
 *
 * @param {string} jurisdiction
 * @param {string} name
 * @param {Record<string, any>} data
 * @param {{ id?: string, at?: string, observed?: any, tries?: number }} [options]
 * @returns {Promise<any>} {id, outcome, position}
 */
export async function command(jurisdiction, name, data, { id = uuid(), at, observed, tries = TRIES } = {}) {
  const body = { ...data, ...(at && { at }), ...(observed && { observed }) };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send("POST", `/${jurisdiction}/commands/${name}`, body, {
        headers: { "Idempotency-Key": id },
      });
    } catch (problem) {
      if (!(problem instanceof Problem) || !uncertain(problem)) throw problem;
      if (attempt >= tries)
        throw new Problem(problem.status, "pending", problem.detail, { id, cause: problem.code });
      await pause(Math.min(4000, 250 * 2 ** attempt));
    }
  }
}

/** Send several commands in order. Throws Problem.
 *
 * @param {string} jurisdiction
 * @param {Record<string, any>[]} items
 * @returns {Promise<any[]>} The outcomes, each {id, outcome, code?, values?, detail?}.
 */
export async function commands(jurisdiction, items) {
  const body = items.map((item) => ({ id: uuid(), ...item }));
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await send("POST", `/${jurisdiction}/commands`, body)).items;
    } catch (problem) {
      if (!(problem instanceof Problem) || !uncertain(problem) || attempt >= TRIES) throw problem;
      await pause(Math.min(4000, 250 * 2 ** attempt));
    }
  }
}
