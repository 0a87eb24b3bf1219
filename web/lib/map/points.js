// Rows as GeoJSON points of the map, in the datum of its background.
import { alertOf } from "../alerts.js";
import { fromWgs84, toWgs84 } from "../datum.js";
import { session } from "../store.js";

const MINUTE = 60;
/** Seconds until the last place of a worker is old, and until it is lost and shown as a ring. */
export const AGES = { fresh: 5 * MINUTE, old: 30 * MINUTE };
const DATUM = { wgs84: "WGS-84", gcj02: "GCJ-02", bd09: "BD-09" };
const LIFE_SAFETY = 1;

const datum = () => DATUM[session.value?.map?.datum] ?? "WGS-84";

/** Convert a WGS-84 point to the datum of the background. */
export const shown = (point) => fromWgs84(point, datum());
/** Convert a point of the background to WGS-84. */
export const meant = (point) => toWgs84(point, datum());

const feature = (properties, point) => ({
  type: "Feature",
  properties,
  geometry: { type: "Point", coordinates: shown(point) },
});
const collection = (features) => ({ type: "FeatureCollection", features });
const placed = (row) =>
  row.lon !== null && row.lon !== undefined && row.lat !== null && row.lat !== undefined;

/** Areas with coordinates or a boundary. `centres` has those with a boundary; `tone(node)` names a colour. */
export const areaPoints = (areas, centres, tone) =>
  collection(
    [...areas.nodes.values()].flatMap((node) => {
      const bounded = centres.get(node.area);
      const point = placed(node) ? [node.lon, node.lat] : bounded;
      if (!point) return [];
      const { area, name, level } = node;
      return [feature({ area, label: name, level, bounded: Boolean(bounded), tone: tone(node) }, point)];
    }),
  );

/** Unfinished requests with coordinates of their own. */
export const requestPoints = (requests) =>
  collection(
    requests.filter(placed).map((row) => {
      const level = alertOf(row)?.level ?? 0;
      const { request, priority, category } = row;
      const icon = iconOf(priority, level);
      return feature({ request, priority, category, level, icon }, [row.lon, row.lat]);
    }),
  );

/** Life safety has a shape of its own, whether or not there is an alert. */
function iconOf(priority, level) {
  if (priority === LIFE_SAFETY) return `life-${level}`;
  return level ? `alert-${level}` : `priority-${priority}`;
}

/** Workers at their last known place. */
export const workerPoints = (places) =>
  collection(
    places.map((place) =>
      feature({ worker: place.worker, icon: `worker-${place.presence}-${ageOf(place.age)}` }, [
        place.lon,
        place.lat,
      ]),
    ),
  );

/** Return the age of a place in words of the map: fresh, old or lost. */
const ageOf = (seconds) => (seconds < AGES.fresh ? "fresh" : seconds < AGES.old ? "old" : "lost");

/** Return [[west, south], [east, north]] of everything in some collections, or null.
 *
 * @returns {[[number, number], [number, number]] | null}
 */
export function bounds(...collections) {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  const add = (part) => {
    if (typeof part[0] !== "number") {
      for (const one of part) add(one);
      return;
    }
    [west, east] = [Math.min(west, part[0]), Math.max(east, part[0])];
    [south, north] = [Math.min(south, part[1]), Math.max(north, part[1])];
  };
  for (const one of collections) for (const { geometry } of one.features) add(geometry.coordinates);
  if (west > east) return null;
  return [
    [west, south],
    [east, north],
  ];
}
