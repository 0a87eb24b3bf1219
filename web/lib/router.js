// Where we are: #/2307/requests/R1?state=open -> {jurisdiction, page, id, query}.
import { signal } from "./preact.js";

/** The place shown now. */
export const route = signal(parse(location.hash));

/** An address that was cut or mistyped is taken as it stands. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parse(hash) {
  const [path, search = ""] = hash.replace(/^#\/?/, "").split("?");
  const [jurisdiction = "", page = "overview", ...rest] = path.split("/").map(decoded);
  const query = {};
  for (const [name, value] of new URLSearchParams(search)) (query[name] ??= []).push(value);
  return { jurisdiction, page: page || "overview", id: rest.length ? rest.join("/") : null, query };
}

/** The address of a page of this jurisdiction. */
export function href(page, { id, query = {}, jurisdiction = route.value.jurisdiction } = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one != null && one !== "") search.append(name, one);
  }
  const path = [jurisdiction, page, ...(id == null ? [] : [id])].map(encodeURIComponent).join("/");
  return `#/${path}${search.size ? `?${search}` : ""}`;
}

/** Go to a page; `replace` leaves no step in the history. */
export function go(page, options = {}) {
  const target = href(page, options);
  if (options.replace) {
    history.replaceState(null, "", target);
    route.value = parse(location.hash);
  } else {
    location.hash = target;
  }
}

/** The first value of a parameter of the place. */
export const param = (name) => route.value.query[name]?.[0] ?? null;

addEventListener("hashchange", () => {
  // A sign-in link pasted into an open tab changes the fragment alone: start over with it.
  if (location.hash.startsWith("#token=")) location.reload();
  else route.value = parse(location.hash);
});
