// Boundaries of areas: loaded when a map opens, and drawn as polygons in the datum of the background.

import { get } from "../api.js";
import { useEffect, useState } from "../preact.js";
import { live } from "../store.js";
import { centre } from "./inside.js";
import { shown } from "./points.js";

/** @type {{ area: string, boundary: any }[]} */
const NONE = [];

async function fetched(jurisdiction) {
  const items = [];
  let next;
  do {
    const page = await get(`/${jurisdiction}/boundaries`, { limit: 1000, cursor: next });
    items.push(...page.items);
    next = page.next;
  } while (next);
  return items;
}

/** Load the boundaries of the jurisdiction once.
 *
 * @returns {{ rows: { area: string, boundary: any }[], ready: boolean,
 *   problem?: import("../api.js").Problem }}
 */
export function useBoundaries() {
  /** @type {{ rows: { area: string, boundary: any }[], ready: boolean,
   *   problem?: import("../api.js").Problem }} */
  const none = { rows: NONE, ready: false };
  const [found, setFound] = useState(none);
  const jurisdiction = live.value?.jurisdiction;
  useEffect(() => {
    let over = false;
    fetched(jurisdiction).then(
      (rows) => {
        if (!over) setFound({ rows, ready: true });
      },
      (problem) => {
        if (problem.code === undefined) throw problem;
        if (!over) setFound({ rows: NONE, ready: true, problem });
      },
    );
    return () => {
      over = true;
    };
  }, [jurisdiction]);
  return found;
}

/** Whether an area has another with a boundary below it: then only its outline is drawn. */
function covered(node, bounded) {
  return node.children.some((child) => bounded.has(child.area) || covered(child, bounded));
}

/** Return the polygons of areas, lowest levels filled with a tone. `tone(node)` names it.
 *
 * @param {{ area: string, boundary: any }[]} rows
 * @param {any} areas The tree of areas.
 * @param {(node: any) => string} tone
 */
export function areaShapes(rows, areas, tone) {
  const bounded = new Set(rows.map((row) => row.area));
  const features = rows.flatMap(({ area, boundary }) => {
    const node = areas.node(area);
    if (!node) return [];
    const coordinates = boundary.map((rings) => rings.map((ring) => ring.map(shown)));
    const leaf = !covered(node, bounded);
    const properties = { area, level: node.level, leaf, tone: leaf ? tone(node) : "" };
    return [{ type: "Feature", properties, geometry: { type: "MultiPolygon", coordinates } }];
  });
  return { type: "FeatureCollection", features };
}

/** Return where to write the names of areas with a boundary, by code, in WGS-84. */
export const centres = (rows) => new Map(rows.map(({ area, boundary }) => [area, centre(boundary)]));
