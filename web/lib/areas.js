// The tree of areas, and sums over it.

const CUTS = [4, 6, 9, 12];

/** Whether a code equals `outer` or lies inside: `X-...`, or a longer division code that starts with X. */
export function inside(code, outer) {
  if (code === outer || code.startsWith(`${outer}-`)) return true;
  const plain = code.split("-")[0];
  return (
    /^\d+$/.test(plain) &&
    plain.length > outer.length &&
    CUTS.includes(outer.length) &&
    plain.startsWith(outer)
  );
}

/** Build a tree from rows of the view `areas`.
 *
 * @param {Map<string, any>} rows
 */
export function tree(rows) {
  const nodes = new Map();
  for (const row of rows.values()) nodes.set(row.area, { ...row, children: [] });
  let root = null;
  for (const node of nodes.values()) {
    const parent = node.parent && nodes.get(node.parent);
    if (parent) parent.children.push(node);
    else root ??= node;
  }
  const path = (code) => {
    const found = [];
    for (let node = nodes.get(code); node; node = nodes.get(node.parent)) found.unshift(node);
    return found;
  };
  return {
    root,
    nodes,
    path,
    node: (code) => nodes.get(code),
    name: (code) => nodes.get(code)?.name ?? code,
  };
}

/** Add up rows by area. The sums of an area include all areas inside it.
 *
 * @template T
 * @param {ReturnType<typeof tree>} areas
 * @param {Iterable<any>} rows
 * @param {() => T} empty
 * @param {(sums: T, row: any) => void} plus Adds a row to the sums of an area.
 * @returns {Map<string, T>} Sums by area code.
 */
export function sums(areas, rows, empty, plus) {
  const found = new Map();
  for (const row of rows) {
    for (let node = areas.node(row.area) ?? areas.root; node; node = areas.node(node.parent)) {
      if (!found.has(node.area)) found.set(node.area, empty());
      plus(found.get(node.area), row);
    }
  }
  return found;
}
