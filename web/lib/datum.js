// Conversion between Chinese map datums; keep in step with services/locations/datum.py.
// The API takes WGS-84; tiles have their own datum. Points are [longitude, latitude] in degrees.

/** @typedef {[lon: number, lat: number]} Point */

const A = 6378245;
const EE = 0.006693421622965943;
const X = (Math.PI * 3000) / 180;
const ROUNDS = 12;
const { PI, abs, atan2, cos, hypot, sin, sqrt } = Math;

/** Datums that a user can enter a point in. */
export const DATUMS = ["WGS-84", "GCJ-02", "BD-09"];

/** @param {Point} point */
const outsideChina = ([lon, lat]) => !(lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271);

/** @param {Point} point @returns {Point} */
function shift([lon, lat]) {
  const [x, y] = [lon - 105, lat - 35];
  const waves = ((20 * sin(6 * x * PI) + 20 * sin(2 * x * PI)) * 2) / 3;
  let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves;
  north += ((20 * sin(y * PI) + 40 * sin((y / 3) * PI)) * 2) / 3;
  north += ((160 * sin((y / 12) * PI) + 320 * sin((y * PI) / 30)) * 2) / 3;
  let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves;
  east += ((20 * sin(x * PI) + 40 * sin((x / 3) * PI)) * 2) / 3;
  east += ((150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * 2) / 3;
  const angle = (lat / 180) * PI;
  const magic = 1 - EE * sin(angle) ** 2;
  const root = sqrt(magic);
  return [
    (east * 180) / ((A / root) * cos(angle) * PI),
    (north * 180) / (((A * (1 - EE)) / (magic * root)) * PI),
  ];
}

/** @param {Point} point @returns {Point} */
function wgs84ToGcj02([lon, lat]) {
  const [east, north] = shift([lon, lat]);
  return [lon + east, lat + north];
}

/** @param {Point} point @returns {Point} */
function gcj02ToBd09([lon, lat]) {
  const z = hypot(lon, lat) + 0.00002 * sin(lat * X);
  const theta = atan2(lat, lon) + 0.000003 * cos(lon * X);
  return [z * cos(theta) + 0.0065, z * sin(theta) + 0.006];
}

/** Invert a conversion, to less than a millimetre.
 *
 * @param {(point: Point) => Point} convert
 * @param {Point} target
 * @returns {Point}
 */
function inverse(convert, target) {
  let found = target;
  for (let round = 0; round < ROUNDS; round += 1) {
    const there = convert(found);
    found = [found[0] + target[0] - there[0], found[1] + target[1] - there[1]];
  }
  return found;
}

/** Convert a WGS-84 point to another datum.
 *
 * @param {Point} point
 * @param {string} datum
 * @returns {Point}
 */
export function fromWgs84(point, datum) {
  if (datum === "WGS-84" || outsideChina(point)) return point;
  const shifted = wgs84ToGcj02(point);
  return datum === "BD-09" ? gcj02ToBd09(shifted) : shifted;
}

/** Convert a point of any datum to WGS-84, rounded to six decimals (0.1 m).
 *
 * @param {Point} point
 * @param {string} datum
 * @returns {Point}
 */
export function toWgs84(point, datum) {
  /** @param {Point} point @returns {Point} */
  const round = ([lon, lat]) => [Math.round(lon * 1e6) / 1e6, Math.round(lat * 1e6) / 1e6];
  if (datum === "WGS-84" || outsideChina(point)) return round(point);
  const gcj02 = datum === "BD-09" ? inverse(gcj02ToBd09, point) : point;
  return round(inverse(wgs84ToGcj02, gcj02));
}
