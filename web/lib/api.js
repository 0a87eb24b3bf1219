// The public HTTP, and nothing else. Commands keep their id through every retry.
import { signal } from "./preact.js";

const ROOT = "/api/v1";
const TRIES = 6;

/** Whether the service said that nobody is signed in. */
export const signedOut = signal(false);

/** What the service answers by RFC 9457; status 0 = it could not be reached. */
export class Problem extends Error {
  constructor(status, code, detail, body = {}) {
    super(detail);
    Object.assign(this, { status, code, detail, values: body.values, body });
  }
}

/** A new UUID; also where the page has no secure context. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Parameters as a query string; lists are repeated, undefined ones left out. */
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

/** The answer to a request, its body not yet read. Throws Problem. */
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

/** The JSON of a GET. Throws Problem. */
export async function get(path, params, options = {}) {
  return (await request("GET", path, { params, ...options })).json();
}

/** The JSON that a JSON body is answered with. Throws Problem. */
export async function send(method, path, body, options = {}) {
  const headers = { "Content-Type": "application/json", ...options.headers };
  const answer = await request(method, path, { ...options, body: JSON.stringify(body), headers });
  return answer.status === 204 ? null : answer.json();
}

/** All rows of a view, page after page; `most` bounds them. Throws Problem. */
export async function all(jurisdiction, view, params = {}, most = 100000) {
  const items = [];
  let page = { next: undefined };
  do {
    page = await get(`/${jurisdiction}/${view}`, { limit: 1000, ...params, cursor: page.next });
    items.push(...page.items);
  } while (page.next && items.length < most);
  return { ...page, items };
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const uncertain = (problem) => problem.status === 0 || problem.status === 503 || problem.status === 504;

/** Send one command and wait until it is durable: {id, outcome, position}. Throws Problem.
 *
 * While the outcome is unknown the same id is sent again, for about twelve seconds; then it throws `pending`
 * with the id in `body.id`, and the caller may go on with it. `at` is typed by people and so by the service's
 * clock: no `sent_at` goes with it, since this machine's clock has no part in it.
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

/** Send several commands in order: the outcomes, each {id, outcome, code?, values?, detail?}. Throws Problem. */
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
