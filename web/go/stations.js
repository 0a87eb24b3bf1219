// Stations near me that are open and offer what I need, also without a network; and those that I keep.
// The position stays on the phone. Loaded when it is opened.

import { get } from "../lib/api.js";
import { lang, language, number, t, word } from "../lib/i18n.js";
import { html, signal, useEffect, useState } from "../lib/preact.js";
import { timezone, wall } from "../lib/time.js";
import { links } from "../near/core.js";
import { bringKept, Kept } from "./keeping.js";
import { nearest, offered } from "./nearest.js";
import { Button, Icon } from "./parts.js";
import { here } from "./place.js";
import { db, served, who } from "./state.js";

const OLD_MS = 300000;
const SHOWN = 8;

/** The public map as last told; null until it is looked for, undefined if it could not be brought, false if
 * the city has published no stations. */
const map = signal(/** @type {any} */ (null));
/** What is looked for. It stays while the page is open. */
const wanted = signal(/** @type {string | null} */ (null));

/** Bring the stations to this phone, or show what it has. */
export async function bring() {
  const { jurisdiction } = who.peek();
  const kept = await db.get("stations");
  const own = kept?.jurisdiction === jurisdiction ? kept : null;
  map.value = own?.said ?? map.peek();
  await bringKept();
  if (own && Math.abs(Date.now() - own.at) < OLD_MS) return;
  try {
    const said = await get(`/${jurisdiction}/public/stations`);
    await db.set("stations", { jurisdiction, said, at: Date.now() });
    map.value = said;
  } catch (error) {
    console.warn(error.message);
    if (!map.peek()) map.value = error.status === 404 ? false : undefined;
  }
}

/** When something is, on the clock of the city. */
export const moment = (instant) =>
  new Intl.DateTimeFormat(language.value.format, {
    weekday: "short",
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: timezone.value,
  }).format(instant);

/** The word for a service or a kind: the city's own, or that of every city. */
const named = (list, code) => {
  const own = word(list, code);
  return own === code.replaceAll("_", " ") ? t(`${list.replace("station_", "")}_${code}`, {}, own) : own;
};

const far = (metres) =>
  metres < 1000
    ? t("go.near.m", { n: number(Math.round(metres / 10) * 10) })
    : t("go.near.km", { n: number(metres / 1000, { maximumFractionDigits: 1 }) });

/** The part's content. */
export function Body() {
  useEffect(() => {
    bring();
  }, []);
  void lang.value;
  return html`<div class="stack"><${Kept} /><${Near} /></div>`;
}

function Near() {
  const [place, setPlace] = useState(/** @type {{from: any, note: string}} */ ({ from: null, note: "" }));
  const [all, setAll] = useState(false);
  const said = map.value;
  if (said === false) return html`<p class="muted">${t("go.stations.unpublished")}</p>`;
  if (said === undefined) return html`<p class="muted">${t("go.stations.missing")}</p>`;
  if (said === null) return html`<p role="status">${t("go.loading")}</p>`;
  const look = (service) => {
    wanted.value = service;
    here().then(
      (from) => setPlace({ from, note: "" }),
      () => setPlace({ from: null, note: "refused" }),
    );
  };
  const services = offered(said.stations);
  return html`<section class="stack" aria-label=${t("go.stations.need")}>
    <h3>${t("go.stations.need")}</h3>
    <div class="reasons">${["", ...(all ? services : services.slice(0, SHOWN))].map(
      (code) => html`<button key=${code} type="button" class="button"
        aria-pressed=${String(wanted.value === code)} onClick=${() => look(code)}><span>
        ${code ? named("station_service", code) : t("go.stations.any")}</span></button>`,
    )}</div>
    ${
      services.length > SHOWN &&
      !all &&
      html`<${Button} onClick=${() => setAll(true)}>${t("go.stations.more")}</${Button}>`
    }
    ${wanted.value !== null && html`<${Found} said=${said} place=${place} />`}</section>`;
}

function Found({ said, place }) {
  void wall.value;
  const now = served(Date.now());
  const { known, found } = nearest(said, { from: place.from, now, service: wanted.value });
  const until = Date.parse(said.known_until);
  return html`<div class="stack" role="status">
    <p class=${known ? "muted" : "late"}>${
      known
        ? t("go.stations.as_of", { at: moment(Date.parse(said.at)), until: moment(until) })
        : t("go.stations.over", { at: moment(until) })
    }</p>
    ${place.note && html`<p class="muted">${t(place.note)}</p>`}
    ${found.length === 0 && html`<p>${t("go.stations.none")}</p>`}
    <ul class="people">${found.map(
      (one) => html`<${Item} key=${one.station.id} one=${one}
      known=${until} />`,
    )}</ul></div>`;
}

function Item({ one: { station, state, until, metres }, known }) {
  const to = links(station);
  const ends = until && until < known && state !== "unknown" && t("until", { at: moment(until) });
  const text = [t(state), ends].filter(Boolean).join(" ");
  const offers = (station.services ?? []).map((code) => named("station_service", code));
  return html`<li class="stop"><p><b>${station.name}</b>${metres === null ? "" : ` · ${far(metres)}`}</p>
    <p>${text}</p><p><small>${[station.address, ...offers].filter(Boolean).join(" · ")}</small></p>
    <a href=${to.geo}><${Icon} name="navigate" />${t("go.way")}</a>
    <a href=${to.amap} target="_blank" rel="noreferrer">${t("go.way_amap")}</a></li>`;
}
