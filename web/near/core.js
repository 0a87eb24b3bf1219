// The public page of stations: distances, whether one is open, and links to maps. Pure.

const EARTH_METRES = 6371008.8;
const rad = (degrees) => (degrees * Math.PI) / 180;

/** @typedef {{lat: number, lon: number}} Point */
/** @typedef {"open" | "full" | "closed" | "unconfirmed" | "unknown"} State */

/** How far clocks may differ, and how old an answer may be that the service made before. */
const LAG_MS = 900000;

/** Return how far the clock of the service is from that of its machine: a demo plays in another time.
 *
 * @param {string} at When the answer was made, by the service.
 * @param {string | null} sent When it was sent, by the machine.
 */
export function ahead(at, sent) {
  const far = Date.parse(at) - Date.parse(sent ?? at);
  return Math.abs(far) > LAG_MS ? far : 0;
}

/** Return the great-circle distance of two points in metres.
 *
 * @param {Point} a
 * @param {Point} b
 */
export function metres(a, b) {
  const half =
    Math.sin(rad(b.lat - a.lat) / 2) ** 2 +
    Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(rad(b.lon - a.lon) / 2) ** 2;
  return 2 * EARTH_METRES * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** Return how a station is at an instant, and until when that is so, if known. What somebody said counts
 * before the hours until it expires. After the last known instant nobody knows.
 *
 * @param {any} station
 * @param {number} now Milliseconds.
 * @param {number} knownUntil Milliseconds.
 * @returns {{state: State, until?: number}}
 */
export function stateOf(station, now, knownUntil) {
  if (station.status && now < Date.parse(station.status_until))
    return { state: station.status, until: Date.parse(station.status_until) };
  if (!station.open || now >= knownUntil) return { state: "unknown" };
  const seconds = now / 1000;
  const inside = station.open.find(([begin, end]) => begin <= seconds && seconds < end);
  if (inside) {
    const state = inside[2] ? "open" : "unconfirmed";
    const until = inside[1] * 1000; // whole seconds: what ends with what is known is not known to end
    return until + 1000 > knownUntil ? { state } : { state, until };
  }
  const next = station.open.find(([begin]) => begin > seconds);
  return next ? { state: "closed", until: next[0] * 1000 } : { state: "closed" };
}

/** Return the stations that fit, the nearest first, or by name without a point.
 *
 * @param {any[]} stations
 * @param {{from: Point | null, now: number, knownUntil: number, onlyOpen: boolean, service: string}} wanted
 */
export function listed(stations, { from, now, knownUntil, onlyOpen, service }) {
  const found = stations
    .filter((one) => !service || (one.services ?? []).includes(service))
    .map((station) => ({
      station,
      ...stateOf(station, now, knownUntil),
      metres: from ? metres(from, station) : null,
    }))
    .filter((one) => !onlyOpen || one.state === "open");
  const name = (a, b) => (a.station.name < b.station.name ? -1 : 1);
  return found.sort((a, b) => (a.metres ?? 0) - (b.metres ?? 0) || name(a, b));
}

/** Return the links that open a station in a map, each with the point in that map's datum.
 *
 * @param {any} station
 */
export function links(station) {
  const name = encodeURIComponent(station.name);
  const [gcjLat, gcjLon] = station.gcj;
  const [bdLat, bdLon] = station.bd;
  const point = `${station.lat},${station.lon}`;
  return {
    amap: `https://uri.amap.com/marker?position=${gcjLon},${gcjLat}&name=${name}&coordinate=gaode`,
    baidu:
      `https://api.map.baidu.com/marker?location=${bdLat},${bdLon}&title=${name}&content=${name}` +
      "&output=html&coord_type=bd09ll",
    geo: `geo:${point}?q=${point}(${name})`,
  };
}

/** Return where points are in a square of 100, north at the top. A single one is in the middle.
 *
 * @param {Point[]} points
 * @returns {{x: number, y: number}[]}
 */
export function drawn(points) {
  const mid = points.reduce((sum, one) => sum + one.lat, 0) / Math.max(1, points.length);
  const flat = points.map((one) => ({ x: one.lon * Math.cos(rad(mid)), y: -one.lat }));
  const [left, top] = [Math.min(...flat.map((p) => p.x)), Math.min(...flat.map((p) => p.y))];
  const span = Math.max(
    Math.max(...flat.map((p) => p.x)) - left,
    Math.max(...flat.map((p) => p.y)) - top,
    1e-9,
  );
  const alone = span <= 1e-9;
  return flat.map((p) =>
    alone ? { x: 50, y: 50 } : { x: 5 + (90 * (p.x - left)) / span, y: 5 + (90 * (p.y - top)) / span },
  );
}
