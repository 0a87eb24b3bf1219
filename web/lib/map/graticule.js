// Lines of longitude and latitude, for a map without a background. Pure functions.

const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30];
const HIGHEST = 85;

/** Return the distance of lines in degrees, so that at most `most` cross a span of degrees.
 *
 * @param {number} span
 * @param {number} most
 */
export const spacing = (span, most) => STEPS.find((step) => span / step <= most) ?? 30;

const decimals = (step) => Math.max(0, -Math.floor(Math.log10(step) + 1e-9));

/** Write a longitude or latitude, such as 128.5°E.
 *
 * @param {number} value
 * @param {string} positive
 * @param {string} negative
 * @param {number} step
 */
function written(value, positive, negative, step) {
  const text = Math.abs(value).toFixed(decimals(step));
  return `${text}°${Number(text) === 0 ? "" : value > 0 ? positive : negative}`;
}

function* multiples(from, to, step) {
  for (let n = Math.ceil(from / step); n * step <= to; n += 1) yield n * step;
}

const line = (points) => ({
  type: "Feature",
  properties: {},
  geometry: { type: "LineString", coordinates: points },
});
const name = (at, label, along) => ({
  type: "Feature",
  properties: { label, along },
  geometry: { type: "Point", coordinates: at },
});

/** Return the lines in a view with their labels at its left and upper edge, as GeoJSON.
 *
 * @param {[west: number, south: number, east: number, north: number]} view In degrees.
 * @param {[columns: number, rows: number]} most How many lines fit side by side, and one above the other.
 */
export function graticule([west, south, east, north], [columns, rows]) {
  const step = Math.max(spacing(east - west, columns), spacing(north - south, rows));
  const [low, high] = [Math.max(south, -HIGHEST), Math.min(north, HIGHEST)];
  const features = [];
  for (const lon of multiples(west, east, step)) {
    const [from, to] = [
      [lon, low],
      [lon, high],
    ];
    features.push(line([from, to]), name(to, written(lon, "E", "W", step), "lon"));
  }
  for (const lat of multiples(low, high, step)) {
    const [from, to] = [
      [west, lat],
      [east, lat],
    ];
    features.push(line([from, to]), name(from, written(lat, "N", "S", step), "lat"));
  }
  return { type: "FeatureCollection", features };
}
