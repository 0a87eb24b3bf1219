// The background of the map from one PMTiles archive, which our own server serves by ranges. No third party.

import { PMTiles, Protocol } from "../../vendor/pmtiles/pmtiles.mjs";
import { colour } from "./pictures.js";

export const SOURCE = "basemap";
const VECTOR = 1;
const TAGS = /<[^>]*>/g;

/** @typedef {{ source: Record<string, any>, vector: string[] | null, land: boolean }} Background */

/** Open the archive. Throws if it cannot be read.
 *
 * @param {any} maplibre
 * @param {string} path Path on this origin.
 * @param {string} attribution
 * @returns {Promise<Background>}
 */
export async function background(maplibre, path, attribution) {
  const archive = new PMTiles(new URL(path, location.href).href);
  const [header, told] = await Promise.all([archive.getHeader(), archive.getMetadata()]);
  const protocol = new Protocol();
  protocol.add(archive);
  maplibre.addProtocol("pmtiles", protocol.tile);
  const vector = header.tileType === VECTOR;
  const names = vector ? (told.vector_layers ?? []).map((one) => one.id) : null;
  const source = {
    type: vector ? "vector" : "raster",
    url: `pmtiles://${archive.source.getKey()}`,
    ...(!vector && { tileSize: 256 }),
    attribution: attribution || String(told.attribution ?? "").replace(TAGS, ""),
  };
  return { source, vector: names, land: Boolean(names?.includes("earth")) };
}

/** Return the layers of a background, for the schemas of Protomaps and of OpenMapTiles.
 *
 * @param {Background} found
 * @param {string} language
 */
export function backgroundLayers({ vector, land }, language) {
  if (!vector) return [{ id: "basemap", type: "raster", source: SOURCE }];
  const layer = (names, more) =>
    names
      .filter((name) => vector.includes(name))
      .map((name) => ({ id: `base-${name}-${more.type}`, source: SOURCE, "source-layer": name, ...more }));
  const fill = (names, token, more = {}) =>
    layer(names, {
      type: "fill",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": colour(token) },
      ...more,
    });
  const line = (names, token, width, more = {}) =>
    layer(names, {
      type: "line",
      filter: ["==", ["geometry-type"], "LineString"],
      paint: { "line-color": colour(token), "line-width": width, ...more },
    });
  const wider = ["interpolate", ["exponential", 1.6], ["zoom"], 6, 0.4, 12, 1.4, 18, 12];
  return [
    ...(land ? fill(["earth"], "--map-land") : []),
    ...fill(["landcover", "landuse"], "--map-green", {
      filter: ["in", ["coalesce", ["get", "kind"], ["get", "class"]], ["literal", GREEN]],
    }),
    ...fill(["water"], "--map-water"),
    ...line(["water", "waterway"], "--map-water", 1.2),
    ...fill(["buildings", "building"], "--map-building", { minzoom: 13 }),
    ...line(["roads", "transportation"], "--map-road", wider),
    ...line(["boundaries", "boundary"], "--border-strong", 0.8, { "line-dasharray": [3, 2] }),
    ...layer(["places", "place"], {
      type: "symbol",
      layout: {
        "text-field": ["coalesce", ["get", `name:${language}`], ["get", "name"]],
        "text-font": ["sans-serif"],
        "text-size": 12,
        "text-padding": 8,
      },
      paint: {
        "text-color": colour("--muted"),
        "text-halo-color": colour("--map-land"),
        "text-halo-width": 1.2,
      },
    }),
  ];
}

const GREEN = ["park", "forest", "wood", "nature_reserve", "grass", "grassland", "cemetery", "meadow"];
