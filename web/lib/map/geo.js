// The map: MapLibre, served from our own origin and loaded only when a map opens.
import * as maplibre from "../../vendor/maplibre/maplibre-gl.mjs";
import { session } from "../store.js";
import { background } from "./basemap.js";
import { graticule } from "./graticule.js";
import { PIXEL_RATIO, picture } from "./pictures.js";
import { styleOf } from "./style.js";

/** Style sheet of MapLibre's controls. Only pages with a map load it. */
const sheet = document.createElement("link");
sheet.rel = "stylesheet";
sheet.href = new URL("../../vendor/maplibre/maplibre-gl.css", import.meta.url).href;
document.head.prepend(sheet);
maplibre.setWorkerUrl(new URL("../../vendor/maplibre/maplibre-gl-worker.mjs", import.meta.url).href);

/** Layers that can be pressed, topmost first, and what they show. */
const PRESSED = {
  "request-clusters": null,
  requests: "request",
  "worker-clusters": null,
  workers: "worker",
  areas: "area",
  shapes: "area",
};
/** Pixels between lines of longitude and latitude, at least: room for a label. */
const APART = 90;
/** A view of China, until there is something to show. */
const ANYWHERE = { center: [104, 36], zoom: 3.2 };

/** Open the background that is set, once for the page. A broken one is reported, and the map goes without.
 *
 * @type {Promise<import("./basemap.js").Background | null> | undefined}
 */
let opened;
function openedBackground() {
  const { basemap, attribution } = session.peek()?.map ?? {};
  if (!basemap) return Promise.resolve(null);
  opened ??= background(maplibre, basemap, attribution).catch((error) => {
    console.warn("the base map cannot be read", error);
    return null;
  });
  return opened;
}

/** Open a map in an element. Throws if the browser cannot draw it.
 *
 * @param {HTMLElement} container
 * @param {Record<string, string>} words Texts of MapLibre's controls.
 */
export async function open(container, words) {
  const found = await openedBackground();
  const map = new maplibre.Map({
    container,
    style: styleOf(found),
    ...ANYWHERE,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    locale: words,
    fadeDuration: 0,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }));
  map.addControl(new maplibre.ScaleControl());
  if (found || session.peek()?.map?.tiles)
    map.addControl(new maplibre.AttributionControl({ compact: false }));
  map.setMissingStyleImageResolver((id) => {
    const image = picture(id);
    if (image && !map.hasImage(id)) map.addImage(id, image, { pixelRatio: PIXEL_RATIO });
  });
  return handle(map, found);
}

/** What pages do with a map. */
function handle(map, found) {
  /** @type {Record<string, any>} */
  const shown = {};
  const ready = new Promise((resolve) => {
    map.once("load", resolve);
  });
  const set = (name, data) => {
    shown[name] = data;
    map.getSource(name)?.setData(data);
  };
  const lines = () => {
    if (!map.getLayer("graticule")) return;
    const view = map.getBounds();
    const { clientWidth, clientHeight } = map.getContainer();
    /** @type {[number, number, number, number]} */
    const edges = [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()];
    set("graticule", graticule(edges, [clientWidth / APART, clientHeight / APART]));
  };
  map.on("moveend", lines);
  map.on("resize", lines);
  ready.then(lines);
  return {
    show: (data) =>
      ready.then(() => {
        for (const [name, one] of Object.entries(data)) if (one !== shown[name]) set(name, one);
      }),
    fit: (box) => ready.then(() => map.fitBounds(box, { padding: 60, maxZoom: 14, animate: false })),
    restyle: () => {
      map.setStyle(styleOf(found));
      map.once("styledata", () => {
        for (const [name, one] of Object.entries(shown)) set(name, one);
      });
    },
    close: () => map.remove(),
    /** Call `pick` with what is pressed; pressing a cluster opens it. */
    picking: (pick) => pressing(map, pick),
    /** Call `place` with the point pressed, in the datum of the background. */
    placing: (place) => {
      map.getCanvas().style.cursor = "crosshair";
      map.on("click", ({ lngLat }) => place([lngLat.lng, lngLat.lat]));
    },
    centre: () => {
      const { lng, lat } = map.getCenter();
      return [lng, lat];
    },
    map,
  };
}

function pressing(map, pick) {
  const at = (point) => {
    const layers = Object.keys(PRESSED).filter((layer) => map.getLayer(layer));
    const [topmost] = map.queryRenderedFeatures(point, { layers });
    return topmost;
  };
  map.on("click", async ({ point }) => {
    const found = at(point);
    if (!found) return;
    const kind = PRESSED[found.layer.id];
    if (kind) {
      pick({ kind, id: found.properties[kind] });
      return;
    }
    const zoom = await map.getSource(found.source).getClusterExpansionZoom(found.properties.cluster_id);
    map.easeTo({ center: found.geometry.coordinates, zoom });
  });
  map.on("mousemove", ({ point }) => {
    map.getCanvas().style.cursor = at(point) ? "pointer" : "";
  });
}
