// The public page of stations: no sign-in, works offline after the first visit. The position stays on the
// device: it is in no request.

import { LANGUAGES, REFERENCE } from "../i18n/languages.js";
import { ahead, drawn, links, listed } from "./core.js";

const SVG = "http://www.w3.org/2000/svg";
const MOST = 100;
const query = new URLSearchParams(location.search);
const root = /** @type {HTMLElement} */ (document.getElementById("near"));
const own = navigator.language.toLowerCase().split("-")[0];
const known = (code) => LANGUAGES.find((one) => one.code === code);
let language = known(query.get("lang")) ?? known(own) ?? known(REFERENCE);
/** @type {Record<string, string>} */
let texts = {};
/** @type {any} */
const shown = {
  data: null,
  ahead: 0,
  problem: "",
  offline: false,
  from: null,
  note: "",
  onlyOpen: false,
  service: "",
};

const t = (key, values = {}) => (texts[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/** Return the word for a kind or a service: the city's own, or that of every city. */
const named = (list, code) =>
  shown.data.words?.[`${list}_${code}`]?.[language.code] ?? texts[`${list}_${code}`] ?? code;

/** The time of the service. */
const now = () => Date.now() + shown.ahead;

const when = (instant) =>
  new Intl.DateTimeFormat(language.format, {
    weekday: "short",
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: shown.data?.timezone,
  }).format(instant);

const far = (metres) =>
  metres < 1000 ? `${Math.round(metres / 10) * 10} m` : `${(metres / 1000).toFixed(1)} km`;

/** Return an element. Texts are text, never markup.
 *
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {any[]} parts
 */
function el(tag, props = {}, ...parts) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props))
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined) made.setAttribute(name, value === true ? "" : value);
  made.append(...parts.filter((part) => part !== null && part !== ""));
  return made;
}

/** @param {{station: any, state: string, until?: number, metres: number | null}} one */
function item({ station, state, until, metres }) {
  const ends = until && until < Date.parse(shown.data.known_until) && state !== "unknown";
  const time = ends ? t(state === "closed" ? "opens" : "until", { at: when(until) }) : "";
  const said = station.status && state === station.status;
  const free = Object.values(station.free ?? {}).reduce((sum, n) => sum + n, 0);
  const to = links(station);
  return el(
    "li",
    {},
    el("h2", {}, station.name, metres === null ? "" : el("span", { class: "far" }, far(metres))),
    el(
      "p",
      {},
      el("strong", { class: `state ${state}` }, t(state)),
      said && state === "closed" ? "" : ` ${time}`,
      station.free ? ` · ${t("free", { n: free })}` : "",
    ),
    el("p", { class: "quiet" }, [named("kind", station.kind), station.address].filter(Boolean).join(" · ")),
    el("p", {}, (station.services ?? []).map((one) => named("service", one)).join(t("and"))),
    station.hours ? el("p", { class: "quiet" }, t("hours", { hours: station.hours })) : "",
    el(
      "p",
      { class: "links" },
      ...["amap", "baidu", "geo"].map((map) =>
        el("a", { href: to[map], rel: "noreferrer", target: map === "geo" ? undefined : "_blank" }, t(map)),
      ),
    ),
  );
}

function sketch(found) {
  const points = [...found.map((one) => one.station), ...(shown.from ? [shown.from] : [])];
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 100 100");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", t("map"));
  drawn(points).forEach(({ x, y }, index) => {
    const dot = document.createElementNS(SVG, "circle");
    const me = index >= found.length;
    dot.setAttribute("cx", String(x));
    dot.setAttribute("cy", String(y));
    dot.setAttribute("r", me ? "2" : "1.4");
    dot.setAttribute("class", me ? "me" : found[index].state);
    const title = document.createElementNS(SVG, "title");
    title.textContent = me ? t("me") : `${found[index].station.name} · ${t(found[index].state)}`;
    dot.append(title);
    picture.append(dot);
  });
  return el("figure", {}, picture, el("figcaption", { class: "quiet" }, t("map")));
}

function tools() {
  const services = [...new Set(shown.data.stations.flatMap((one) => one.services ?? []))].sort();
  return el(
    "div",
    { class: "tools" },
    el("button", { type: "button", onclick: locate }, t("locate")),
    el(
      "label",
      {},
      el("input", {
        type: "checkbox",
        checked: shown.onlyOpen,
        onchange: (event) => change({ onlyOpen: event.target.checked }),
      }),
      t("only"),
    ),
    el(
      "select",
      { "aria-label": t("every"), onchange: (event) => change({ service: event.target.value }) },
      el("option", { value: "" }, t("every")),
      ...services.map((one) =>
        el("option", { value: one, selected: one === shown.service }, named("service", one)),
      ),
    ),
  );
}

function news() {
  const { at, known_until: knownUntil } = shown.data;
  if (now() >= Date.parse(knownUntil)) return t("over", { at: when(Date.parse(knownUntil)) });
  return t(shown.offline ? "offline" : "made", { at: when(Date.parse(at)) });
}

function body() {
  if (shown.problem) return [el("p", { role: "alert" }, t(shown.problem))];
  if (!shown.data) return [];
  const found = listed(shown.data.stations, {
    from: shown.from,
    now: now(),
    knownUntil: Date.parse(shown.data.known_until),
    onlyOpen: shown.onlyOpen,
    service: shown.service,
  });
  return [
    el(
      "p",
      { class: "quiet", role: "status" },
      [news(), shown.note && t(shown.note)].filter(Boolean).join(" "),
    ),
    tools(),
    found.length === 0
      ? el("p", {}, t("none"))
      : el(
          "div",
          { class: "both" },
          el("ol", { "aria-label": t("list") }, ...found.slice(0, MOST).map(item)),
          sketch(found),
        ),
  ];
}

function paint() {
  document.documentElement.lang = language.tag;
  document.title = t("title");
  const other = el("button", { type: "button", class: "language", onclick: turn }, t("other"));
  const name = shown.data?.name ? ` · ${shown.data.name}` : "";
  root.replaceChildren(el("header", {}, el("h1", {}, `${t("title")}${name}`), other), ...asked(), ...body());
}

/** Ask which city, if the address does not say. */
function asked() {
  if (query.get("j")) return [];
  return [
    el(
      "form",
      { action: "/near" },
      el("label", {}, t("city"), el("input", { name: "j", required: true, pattern: "[A-Za-z0-9\\-]{1,64}" })),
      el("button", { type: "submit" }, t("show")),
    ),
  ];
}

function change(what) {
  Object.assign(shown, what);
  paint();
}

/** Load the texts of the language and show the page. */
async function speak() {
  texts = (await import(`../i18n/${language.code}/near.js`)).default;
  paint();
}

function turn() {
  language = LANGUAGES[(LANGUAGES.indexOf(language) + 1) % LANGUAGES.length];
  speak();
}

function locate() {
  navigator.geolocation?.getCurrentPosition(
    ({ coords }) => change({ from: { lat: coords.latitude, lon: coords.longitude }, note: "located" }),
    () => change({ from: null, note: "refused" }),
    { maximumAge: 60000, timeout: 15000 },
  );
}

async function load() {
  const city = query.get("j");
  if (!city) return paint();
  try {
    const answer = await fetch(`/api/v1/${encodeURIComponent(city)}/public/stations`, {
      credentials: "omit",
    });
    const said = answer.headers;
    if (answer.ok) {
      const data = await answer.json();
      const from = ahead(data.at, said.get("x-sent") || said.get("date"));
      change({ data, ahead: from, problem: "", offline: said.get("x-kept") === "1" });
    } else change({ problem: answer.status === 404 ? "missing" : "failed" });
  } catch {
    change({ problem: "failed" });
  }
}

navigator.serviceWorker?.register("/near/worker.js", { scope: "/near" }).catch(() => undefined);
await speak();
load();
setInterval(paint, 60000);
