// Sources and layers of the map, in the colours of the current theme.

import { lang } from "../i18n.js";
import { session } from "../store.js";
import { backgroundLayers, SOURCE } from "./basemap.js";
import { colour } from "./pictures.js";

const LEVELS = [1, 2, 3, 4];
const STEPS = [0, 1, 2, 3, 4, 5];

/** Add up in clusters: alerts by level, and requests about life safety. */
const counted = (name, value) => ["+", ["case", ["==", ["get", name], value], 1, 0]];
const SUMS = {
  ...Object.fromEntries(LEVELS.map((level) => [`a${level}`, counted("level", level)])),
  life: counted("priority", 1),
};
const SOURCES = {
  graticule: {},
  shapes: {},
  areas: {},
  requests: { cluster: true, clusterRadius: 36, clusterProperties: SUMS },
  workers: { cluster: true, clusterRadius: 36 },
  picked: {},
};

const single = ["!", ["has", "point_count"]];
const several = ["has", "point_count"];

const symbols = (id, source, filter, layout) => ({
  id,
  source,
  type: "symbol",
  ...(filter && { filter }),
  layout: { "icon-allow-overlap": true, "icon-ignore-placement": true, ...layout },
});

/** Share of a cluster in tenths, so that few pictures suffice. */
const tenths = (level) => [
  "to-string",
  ["ceil", ["/", ["*", 10, ["get", `a${level}`]], ["get", "point_count"]]],
];
const clusterIcon = [
  "concat",
  "cluster-",
  ["get", "point_count_abbreviated"],
  ...LEVELS.flatMap((level) => ["-", tenths(level)]),
  "-",
  ["to-string", ["min", 99, ["get", "life"]]],
];

/** Colour of a tone: step-0 to step-5, or level-1 to level-4. */
const tones = () => [
  "match",
  ["get", "tone"],
  ...STEPS.flatMap((one) => [`step-${one}`, colour(`--scale-${one}`)]),
  ...LEVELS.flatMap((one) => [`level-${one}`, colour(`--level-${one}-fill`)]),
  colour("--scale-0"),
];

const areaLayers = () => [
  {
    id: "shapes",
    source: "shapes",
    type: "fill",
    filter: ["get", "leaf"],
    paint: { "fill-color": tones(), "fill-opacity": 0.6 },
  },
  {
    id: "outlines",
    source: "shapes",
    type: "line",
    layout: { "line-join": "round" },
    paint: {
      "line-color": colour("--border-strong"),
      "line-width": ["case", ["get", "leaf"], 1, 2],
    },
  },
  {
    id: "areas",
    source: "areas",
    type: "circle",
    filter: ["!", ["get", "bounded"]],
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 6, 4, 12, 10],
      "circle-color": tones(),
      "circle-stroke-color": colour("--border-strong"),
      "circle-stroke-width": 1,
    },
  },
  symbols("labels", "areas", null, {
    "icon-image": ["concat", "label-", ["get", "label"]],
    "icon-offset": ["case", ["get", "bounded"], ["literal", [0, 0]], ["literal", [0, 16]]],
    "icon-allow-overlap": false,
    "symbol-sort-key": ["get", "level"],
  }),
];

const graticuleLayers = () => [
  {
    id: "graticule",
    source: "graticule",
    type: "line",
    paint: { "line-color": colour("--border"), "line-width": 1 },
  },
  symbols("graticule-labels", "graticule", ["has", "label"], {
    "icon-image": ["concat", "grid-", ["get", "label"]],
    "icon-anchor": ["match", ["get", "along"], "lat", "left", "top"],
  }),
];

const markLayers = () => [
  symbols("workers", "workers", single, { "icon-image": ["get", "icon"] }),
  symbols("worker-clusters", "workers", several, {
    "icon-image": ["concat", "crowd-", ["get", "point_count_abbreviated"]],
  }),
  symbols("requests", "requests", single, {
    "icon-image": ["get", "icon"],
    "icon-anchor": ["case", ["==", ["get", "priority"], 1], "bottom", "center"],
    "symbol-sort-key": ["-", 0, ["get", "priority"]],
  }),
  symbols("request-clusters", "requests", several, { "icon-image": clusterIcon }),
  symbols("picked", "picked", null, { "icon-image": "picked", "icon-anchor": "bottom" }),
];

/** Return the style of the map.
 *
 * @param {import("./basemap.js").Background | null} found
 */
export function styleOf(found) {
  const empty = { type: "FeatureCollection", features: [] };
  /** @type {Record<string, any>} */
  const sources = Object.fromEntries(
    Object.entries(SOURCES).map(([name, more]) => [name, { type: "geojson", data: empty, ...more }]),
  );
  const { tiles, attribution } = session.peek()?.map ?? {};
  if (found) sources[SOURCE] = found.source;
  else if (tiles) {
    const filled = new URL(tiles, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}");
    sources.tiles = { type: "raster", tiles: [filled], tileSize: 256, attribution };
  }
  const ground = found?.land ? "--map-water" : "--ground";
  const below = found
    ? backgroundLayers(found, lang.peek())
    : tiles
      ? [{ id: "tiles", type: "raster", source: "tiles" }]
      : graticuleLayers();
  return {
    version: 8,
    sources,
    layers: [
      { id: "ground", type: "background", paint: { "background-color": colour(ground) } },
      ...below,
      ...areaLayers(),
      ...markLayers(),
    ],
  };
}
