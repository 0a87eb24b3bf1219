// The map: geographic where there are coordinates, otherwise a labelled schematic.

import { alerts } from "../lib/alerts.js";
import { called } from "../lib/called.js";
import { lang, number, t, word } from "../lib/i18n.js";
import { COLOURINGS, figure, toneOf } from "../lib/map/colouring.js";
import { usePlaces } from "../lib/map/places.js";
import { areaPoints, bounds, requestPoints, workerPoints } from "../lib/map/points.js";
import { Schematic } from "../lib/map/schematic.js";
import { areaShapes, centres, useBoundaries } from "../lib/map/shapes.js";
import { mapWords } from "../lib/map/words.js";
import { calledBy } from "../lib/names.js";
import { html, useEffect, useMemo, useRef, useState } from "../lib/preact.js";
import { theme } from "../lib/prefs.js";
import { go, href, param, route } from "../lib/router.js";
import { ON_DUTY } from "../lib/rules.js";
import { areas, live, requests } from "../lib/store.js";
import { askedIn, peopleIn } from "../lib/sums.js";
import { now, span } from "../lib/time.js";
import { Age, Alert, classes, ErrorNote, Icon, Loading, Presence, Priority } from "../lib/ui.js";

const LISTED = 200;

const ask = (changes) => {
  const { id, query } = route.peek();
  go("map", { id, query: { ...query, ...changes }, replace: true });
};

export default function MapPage() {
  const found = usePlaces();
  const root = route.value.id ?? areas.value.root?.area;
  const colouring = COLOURINGS.includes(param("by")) ? param("by") : "on_duty";
  const boundaries = useBoundaries();
  const points = usePoints(found.places, boundaries.rows, colouring);
  const some = Object.values(points).some((one) => one.features.length);
  const mode = param("as") ?? (some ? "map" : "schematic");
  const open = (area) => go("map", { id: area, query: route.peek().query });
  return html`<div class="fills map-page">
    <header class="page-head"><h1>${t("page.map")}</h1><${Crumbs} root=${root} open=${open} />
      <div class="toolbar">
        <${Switch} label=${t("map.as")} options=${["map", "schematic"]} value=${mode}
            say=${(one) => t(`map.as_${one}`)} pick=${(as) => ask({ as })} />
        <${Switch} label=${t("map.by")} options=${COLOURINGS} value=${colouring}
            say=${(one) => t(`map.by_${one}`)} pick=${(by) => ask({ by })} />
        <${Age} views=${["headcount", "requests", "areas"]} /></div></header>
    <${ErrorNote} problem=${found.problem ?? boundaries.problem} />
    ${
      !live.value.has("areas")
        ? html`<${Loading} />`
        : mode === "map"
          ? html`<${Geographic} points=${points} found=${found} some=${some} ready=${boundaries.ready} />`
          : html`<${Schematic} root=${root} colouring=${colouring} open=${open} />`
    }
    <${Scale} colouring=${colouring} />
  </div>`;
}

function usePoints(places, rows, colouring) {
  const at = Math.floor(now.value / 10000) * 10000;
  const inner = [...areas.value.nodes.values()].filter((node) => node.level > 0);
  const tone = toneOf(colouring, Math.max(1, ...inner.map((node) => figure(node, colouring))));
  const middles = useMemo(() => centres(rows), [rows]);
  const shapes = useMemo(() => areaShapes(rows, areas.value, tone), [rows, areas.value, colouring, at]);
  const near = useMemo(() => areaPoints(areas.value, middles, tone), [middles, areas.value, colouring, at]);
  const asked = useMemo(() => requestPoints(requests.value), [requests.value, alerts.value]);
  const workers = useMemo(() => workerPoints(places), [places]);
  return { shapes, areas: near, requests: asked, workers };
}

const Switch = ({
  label,
  options,
  value,
  say,
  pick,
}) => html`<div class="switch" role="group" aria-label=${label}>
  ${options.map(
    (
      one,
    ) => html`<button type="button" key=${one} class="button" aria-pressed=${one === value ? "true" : "false"}
    onClick=${() => pick(one)}>${say(one)}</button>`,
  )}</div>`;

function Crumbs({ root, open }) {
  const path = areas.value.path(root);
  if (path.length < 2) return null;
  return html`<nav class="crumbs" aria-label=${t("map.path")}><ol>${path.map(
    (node, index) =>
      html`<li key=${node.area}>${
        index === path.length - 1
          ? html`<span aria-current="page">${node.name}</span>`
          : html`<button type="button" class="button button-plain" onClick=${() => open(node.area)}>
            ${node.name}</button>`
      }</li>`,
  )}</ol></nav>`;
}

function Scale({ colouring }) {
  if (colouring === "alerts" || colouring === "uncovered") {
    return html`<p class="legend">${t(`map.about_${colouring}`)} ${[1, 2, 3, 4].map(
      (level) => html`<${Alert}
        key=${level} level=${level}>${word("alert", level)}</${Alert}>`,
    )}</p>`;
  }
  return html`<p class="legend">${t(`map.about_${colouring}`)} <span>${t("map.little")}</span>
    <span class="legend-scale" aria-hidden="true">${[0, 1, 2, 3, 4, 5].map(
      (one) => html`<span key=${one}
        class=${`area-step-${one}`}></span>`,
    )}</span><span>${t("map.much")}</span></p>`;
}

/** Open a map in `box`, and keep what it shows. Returns whether the browser cannot draw it. */
function useMap(box, points, ready, setPicked) {
  const shown = useRef(null);
  const fitted = useRef(false);
  const [failed, setFailed] = useState(false);
  const show = () => {
    if (!shown.current) return;
    shown.current.show(points);
    const all = bounds(...Object.values(points));
    if (fitted.current || !ready || !all) return;
    shown.current.fit(all);
    fitted.current = true;
  };
  useEffect(() => {
    let over = false;
    import("../lib/map/geo.js")
      .then((geo) => geo.open(box.current, mapWords()))
      .then((opened) => {
        if (over) {
          opened.close();
          return;
        }
        shown.current = opened;
        fitted.current = false;
        opened.picking(setPicked);
        show();
      })
      .catch((error) => {
        console.warn(error);
        if (!over) setFailed(true);
      });
    return () => {
      over = true;
      shown.current?.close();
      shown.current = null;
    };
  }, [lang.value]);
  useEffect(show);
  useEffect(() => {
    shown.current?.restyle();
  }, [theme.value]);
  return failed;
}

function Geographic({ points, found, some, ready }) {
  const box = useRef();
  const [picked, setPicked] = useState(null);
  const failed = useMap(box, points, ready, setPicked);
  return html`<div class=${classes("geo", failed && "geo-without")}>
    ${
      failed
        ? html`<div class="note note-error" role="alert"><${Icon} name="alert" /><div>
          <p>${t("map.no_webgl")}</p><p><a class="button"
          href=${href("map", { query: { as: "schematic" } })}>${t("map.as_schematic")}</a></p>
          </div></div>`
        : html`<div class="geo-map" ref=${box}>
          ${
            !some &&
            html`<p class="geo-empty note">${t("map.nothing_placed")} <a href=${href("imports")}>${t(
              "map.import_boundaries",
            )}</a></p>`
          }</div>`
    }
    <aside class="geo-side" aria-label=${t("map.list")}>
      <${Picked} picked=${picked} places=${found.places} close=${() => setPicked(null)} />
      <${Listed} points=${points} places=${found.places} pick=${setPicked} /></aside></div>`;
}

function Picked({ picked, places, close }) {
  if (!picked) return html`<p class="muted">${t("map.pick")}</p>`;
  const { kind, id } = picked;
  const place = kind === "worker" && places.find((one) => one.worker === id);
  const row = kind === "request" && requests.value.find((one) => one.request === id);
  return html`<section class="picked" aria-live="polite"><h2>${
    kind === "area" ? areas.value.name(id) : place ? calledBy(id, place) : called(kind, id)
  }</h2>
    ${
      place &&
      html`<p><${Presence} value=${place.presence} /> ${word("role", place.role)}</p><p>
        ${t("map.seen", { age: span(place.age * 1000) })}${
          place.accuracy ? ` ${t("map.accuracy", { metres: number(Math.round(place.accuracy)) })}` : ""
        }</p>`
    }
    ${
      kind === "area" &&
      html`<p>${t("map.tile", {
        people: number(peopleIn(id).on),
        asked: number(askedIn(id).unfinished),
      })}</p>`
    }
    ${
      row &&
      html`<p>
      ${word("priority", row.priority)} ${word("category", row.category)} ${word("request_state", row.state)}
        </p><p>${areas.value.name(row.area)}</p>`
    }
    <p class="form-actions"><a class="button button-main"
        href=${kind === "area" ? href("map", { id, query: { as: "schematic" } }) : href(`${kind}s`, { id })}>
          ${t("map.open")}</a>
      <button type="button" class="button" onClick=${close}>${t("ui.close")}</button></p></section>`;
}

/** What the marks mean. */
const Marks =
  () => html`<details class="map-marks"><summary>${t("map.marks")}</summary><ul class="legend-list">
  <li><span class="map-mark map-mark-life" aria-hidden="true"></span>${t("map.mark_life")}</li>
  <li><span class="map-mark map-mark-cluster" aria-hidden="true">7</span>${t("map.mark_cluster")}</li>
  ${ON_DUTY.map((one) => html`<li key=${one}><${Presence} value=${one} /></li>`)}<li
    class="muted">${t("map.ages")}</li></ul></details>`;

/** The contents of the map as lists, for screen readers and keyboards. */
function Listed({ points, places, pick }) {
  const asked = [...points.requests.features].sort(
    (one, other) => one.properties.priority - other.properties.priority,
  );
  return html`<h2>${t("map.on_map")}</h2>
    <p>${t("map.counts", {
      requests: number(asked.length),
      workers: number(places.length),
      areas: number(points.areas.features.length),
    })}</p>
    <${Marks} />
    <ul class="geo-list">${asked.slice(0, LISTED).map(
      ({ properties }) => html`<li key=${properties.request}><button type="button" class="button button-plain"
      onClick=${() => pick({ kind: "request", id: properties.request })}><${Priority}
          value=${properties.priority} short=${properties.priority > 1} />
        ${word("category", properties.category)} <span class="muted">${called(
          "request",
          properties.request,
        )}</span></button>
          </li>`,
    )}
      ${places.slice(0, LISTED).map(
        (place) => html`<li key=${place.worker}><button type="button" class="button button-plain"
        onClick=${() => pick({ kind: "worker", id: place.worker })}><${Presence} value=${place.presence}
            /> ${calledBy(place.worker, place)}</button></li>`,
      )}</ul>`;
}
