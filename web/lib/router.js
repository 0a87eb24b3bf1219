// Routes in the fragment: #/2307/requests/R1?state=open -> {jurisdiction, page, id, query}.
import { signal } from "./preact.js";

/**
 * @typedef {{ jurisdiction: string, page: string, id: string | null, query: Record<string, string[]> }} Route
 * @typedef {{ id?: string, query?: Record<string, any>, jurisdiction?: string }} Target
 */

/** The current route. */
export const route = signal(parse(location.hash));

/** Decode one part of an address. A malformed part, of a cut or mistyped address, stays as it is. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * @param {string} hash
 * @returns {Route}
 */
function parse(hash) {
  const [path, search = ""] = hash.replace(/^#\/?/, "").split("?");
  const [jurisdiction = "", page = "overview", ...rest] = path.split("/").map(decoded);
  /** @type {Record<string, string[]>} */
  const query = {};
  for (const [name, value] of new URLSearchParams(search)) {
    if (!Object.hasOwn(query, name)) query[name] = []; // it may be named `constructor`
    query[name].push(value);
  }
  return { jurisdiction, page: page || "overview", id: rest.length ? rest.join("/") : null, query };
}

/** Return the address of a page, by default in the current jurisdiction.
 *
 * @param {string} page
 * @param {Target} [target]
 */
export function href(page, { id, query = {}, jurisdiction = route.value.jurisdiction } = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one != null && one !== "") search.append(name, one);
  }
  const path = [jurisdiction, page, ...(id == null ? [] : [id])].map(encodeURIComponent).join("/");
  return `#/${path}${search.size ? `?${search}` : ""}`;
}

/** Go to a page. `replace` adds no entry to the history.
 *
 * @param {string} page
 * @param {Target & { replace?: boolean }} [options]
 */
export function go(page, options = {}) {
  const target = href(page, options);
  if (options.replace) {
    history.replaceState(null, "", target);
    route.value = parse(location.hash);
  } else {
    location.hash = target;
  }
}

/** Return the first value of a query parameter of the current route, or null. */
export const param = (name) => route.value.query[name]?.[0] ?? null;

addEventListener("hashchange", () => {
  // A sign-in link pasted into an open tab changes only the fragment. Reload to sign in with it.
  if (location.hash.startsWith("#token=")) location.reload();
  else route.value = parse(location.hash);
});
