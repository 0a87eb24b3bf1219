// Whether a point lies in an area, and in which. Pure functions in WGS-84 degrees.

/** @typedef {[lon: number, lat: number]} Point */
/** @typedef {Point[][][]} Boundary Polygons of rings, as in a GeoJSON MultiPolygon. */

/** Whether a point lies inside a ring, by the number of its edges east of it.
 *
 * @param {Point[]} ring
 * @param {Point} point
 */
function within(ring, [lon, lat]) {
  let inside = false;
  for (let one = 0, other = ring.length - 1; one < ring.length; other = one, one += 1) {
    const [ax, ay] = ring[one];
    const [bx, by] = ring[other];
    if (ay > lat !== by > lat && lon < ((bx - ax) * (lat - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/** Whether a point lies in a boundary, and in none of its holes.
 *
 * @param {Boundary} boundary
 * @param {Point} point
 */
export const covers = (boundary, point) =>
  boundary.some(([outer, ...holes]) => within(outer, point) && !holes.some((hole) => within(hole, point)));

/** Return the code of the lowest open area that contains a point, or null.
 *
 * @param {{ area: string, boundary: Boundary }[]} rows Rows of the view `boundaries`.
 * @param {(code: string) => { level: number, closed?: boolean } | undefined} node
 * @param {Point} point
 */
export function areaAt(rows, node, point) {
  let found = null;
  for (const { area, boundary } of rows) {
    const at = node(area);
    if (!at || at.closed || (found && found.level >= at.level)) continue;
    if (covers(boundary, point)) found = { area, level: at.level };
  }
  return found?.area ?? null;
}

/** Return the centre of a boundary's largest polygon, weighted by its surface; null for none.
 *
 * @param {Boundary} boundary
 * @returns {Point | null}
 */
export function centre(boundary) {
  let best = null;
  for (const [ring] of boundary) {
    const found = weighed(ring);
    if (!best || found.surface > best.surface) best = found;
  }
  return best ? best.at : null;
}

/** @param {Point[]} ring @returns {{ surface: number, at: Point }} */
function weighed(ring) {
  const [[ox, oy]] = ring;
  let [twice, x, y] = [0, 0, 0];
  for (let i = 1; i < ring.length; i += 1) {
    const [ax, ay] = [ring[i - 1][0] - ox, ring[i - 1][1] - oy];
    const [bx, by] = [ring[i][0] - ox, ring[i][1] - oy];
    const part = ax * by - bx * ay;
    twice += part;
    x += (ax + bx) * part;
    y += (ay + by) * part;
  }
  const at = twice === 0 ? [ox, oy] : [ox + x / (3 * twice), oy + y / (3 * twice)];
  return { surface: Math.abs(twice), at: /** @type {Point} */ (at) };
}
