// The map: MapLibre, served from our own origin and loaded only when a map opens.
import * as maplibre from "../../vendor/maplibre/maplibre-gl.mjs";
import { session } from "../store.js";
import { colour, PIXEL_RATIO, picture } from "./pictures.js";

/** Style sheet of MapLibre's controls. Only pages with a map load it. */
const sheet = document.createElement("link");
sheet.rel = "stylesheet";
sheet.href = new URL("../../vendor/maplibre/maplibre-gl.css", import.meta.url).href;
document.head.prepend(sheet);
maplibre.setWorkerUrl(new URL("../../vendor/maplibre/maplibre-gl-worker.mjs", import.meta.url).href);

const SOURCES = {
  areas: {},
  requests: { cluster: true, clusterRadius: 36 },
  workers: { cluster: true, clusterRadius: 36 },
};

const symbols = (id, source, filter, layout) => ({
  id,
  source,
  type: "symbol",
  ...(filter && { filter }),
  layout: { "icon-allow-overlap": true, "icon-ignore-placement": true, ...layout },
});
const single = ["!", ["has", "point_count"]];
const several = ["has", "point_count"];
const counted = (kind) => ({
  "icon-image": ["concat", `cluster-${kind}-`, ["get", "point_count_abbreviated"]],
});

function layers() {
  return [
    { id: "ground", type: "background", paint: { "background-color": colour("--ground") } },
    ...(session.peek()?.map?.tiles ? [{ id: "tiles", type: "raster", source: "tiles" }] : []),
    {
      id: "areas",
      source: "areas",
      type: "circle",
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 6, 4, 12, 10],
        "circle-color": [
          "match",
          ["get", "step"],
          0,
          colour("--scale-0"),
          1,
          colour("--scale-1"),
          2,
          colour("--scale-2"),
          3,
          colour("--scale-3"),
          4,
          colour("--scale-4"),
          colour("--scale-5"),
        ],
        "circle-stroke-color": colour("--border-strong"),
        "circle-stroke-width": 1,
      },
    },
    symbols("labels", "areas", null, {
      "icon-image": ["concat", "label-", ["get", "label"]],
      "icon-offset": [0, 16],
      "icon-allow-overlap": false,
      "symbol-sort-key": ["get", "level"],
    }),
    symbols("workers", "workers", single, { "icon-image": ["get", "icon"] }),
    symbols("worker-clusters", "workers", several, counted("worker")),
    symbols("requests", "requests", single, {
      "icon-image": ["get", "icon"],
      "symbol-sort-key": ["-", 0, ["get", "priority"]],
    }),
    symbols("request-clusters", "requests", several, counted("request")),
  ];
}

function style() {
  const empty = { type: "FeatureCollection", features: [] };
  /** @type {Record<string, any>} */
  const sources = Object.fromEntries(
    Object.entries(SOURCES).map(([name, more]) => [name, { type: "geojson", data: empty, ...more }]),
  );
  const { tiles, attribution } = session.peek()?.map ?? {};
  if (tiles)
    sources.tiles = {
      type: "raster",
      tiles: [new URL(tiles, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}")],
      tileSize: 256,
      attribution,
    };
  return { version: 8, sources, layers: layers() };
}

/** Open a map in an element.
 *
 * @param {HTMLElement} container
 * @param {Record<string, string>} words Texts of MapLibre's controls.
 * @param {(picked: { kind: string, id: string }) => void} pick Called when something on the map is pressed.
 */
export function open(container, words, pick) {
  const map = new maplibre.Map({
    container,
    style: style(),
    center: [128.9, 47.7],
    zoom: 6,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    locale: words,
    fadeDuration: 0,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }));
  map.addControl(new maplibre.ScaleControl());
  if (session.peek()?.map?.attribution) map.addControl(new maplibre.AttributionControl({ compact: false }));
  map.setMissingStyleImageResolver((id) => {
    const image = picture(id);
    if (image && !map.hasImage(id)) map.addImage(id, image, { pixelRatio: PIXEL_RATIO });
  });
  pressing(map, pick);
  const shown = {};
  const ready = new Promise((resolve) => {
    map.once("load", resolve);
  });
  const set = (name, data) => {
    shown[name] = data;
    map.getSource(name)?.setData(data);
  };
  return {
    show: (data) =>
      ready.then(() => {
        for (const [name, one] of Object.entries(data)) if (one !== shown[name]) set(name, one);
      }),
    fit: (box) => ready.then(() => map.fitBounds(box, { padding: 60, maxZoom: 14, animate: false })),
    restyle: () => {
      map.setStyle(style());
      map.once("styledata", () => {
        for (const [name, one] of Object.entries(shown)) set(name, one);
      });
    },
    close: () => map.remove(),
    map,
  };
}

function pressing(map, pick) {
  for (const [layer, kind] of [
    ["requests", "request"],
    ["workers", "worker"],
    ["areas", "area"],
  ]) {
    map.on("click", layer, ({ features }) => pick({ kind, id: features[0].properties[kind] }));
  }
  for (const layer of ["request-clusters", "worker-clusters"]) {
    map.on("click", layer, async ({ features }) => {
      const [{ geometry, properties, source }] = features;
      const zoom = await map.getSource(source).getClusterExpansionZoom(properties.cluster_id);
      map.easeTo({ center: geometry.coordinates, zoom });
    });
  }
  for (const layer of ["requests", "workers", "areas", "request-clusters", "worker-clusters"]) {
    map.on("mouseenter", layer, () => {
      map.getCanvas().style.cursor = "pointer";
    });
    map.on("mouseleave", layer, () => {
      map.getCanvas().style.cursor = "";
    });
  }
}
