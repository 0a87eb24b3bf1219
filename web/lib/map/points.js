// Rows as GeoJSON points of the map, in the datum of its tiles.
import { alertOf } from "../alerts.js";
import { fromWgs84 } from "../datum.js";
import { session } from "../store.js";

const MINUTE = 60;
/** Seconds until the last place of a worker is old, and until it is lost and shown as a ring. */
export const AGES = { fresh: 5 * MINUTE, old: 30 * MINUTE };
const DATUM = { wgs84: "WGS-84", gcj02: "GCJ-02", bd09: "BD-09" };

const feature = (properties, lon, lat) => ({
  type: "Feature",
  properties,
  geometry: {
    type: "Point",
    coordinates: fromWgs84([lon, lat], DATUM[session.value?.map?.datum] ?? "WGS-84"),
  },
});
const collection = (features) => ({ type: "FeatureCollection", features });
const placed = (row) =>
  row.lon !== null && row.lon !== undefined && row.lat !== null && row.lat !== undefined;

/** Areas with coordinates, each with the step of its colour. */
export const areaPoints = (areas, step) =>
  collection(
    [...areas.nodes.values()]
      .filter(placed)
      .map((node) =>
        feature(
          { area: node.area, label: node.name, level: node.level, step: step(node) },
          node.lon,
          node.lat,
        ),
      ),
  );

/** Unfinished requests with coordinates of their own. */
export const requestPoints = (requests) =>
  collection(
    requests
      .filter(placed)
      .map((row) =>
        feature(
          { request: row.request, priority: row.priority, category: row.category, icon: iconOf(row) },
          row.lon,
          row.lat,
        ),
      ),
  );

function iconOf(row) {
  const alert = alertOf(row);
  return alert ? `alert-${alert.level}` : `priority-${row.priority}`;
}

/** Workers at their last known place. */
export const workerPoints = (places) =>
  collection(
    places.map((place) =>
      feature(
        { worker: place.worker, icon: `worker-${place.presence}-${ageOf(place.age)}` },
        place.lon,
        place.lat,
      ),
    ),
  );

/** Return the age of a place in words of the map: fresh, old or lost. */
export const ageOf = (seconds) => (seconds < AGES.fresh ? "fresh" : seconds < AGES.old ? "old" : "lost");

/** Return [[west, south], [east, north]] of all points in some collections, or null. */
export function bounds(...collections) {
  const points = collections.flatMap((one) => one.features.map(({ geometry }) => geometry.coordinates));
  if (points.length === 0) return null;
  const lons = points.map(([lon]) => lon);
  const lats = points.map(([, lat]) => lat);
  const least = (values) => values.reduce((one, other) => Math.min(one, other));
  const most = (values) => values.reduce((one, other) => Math.max(one, other));
  return [
    [least(lons), least(lats)],
    [most(lons), most(lats)],
  ];
}
