// The tree of areas: names, parents, sums.

const CUTS = [4, 6, 9, 12];

/** Whether a code lies inside another: the same, `X-...`, or a longer division code that is X when cut. */
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

/** A tree from rows of the view `areas`: {root, node(code), path(code), children(code)}. */
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

/** Add up rows over the tree: area code -> sums, each area with all that lies inside it.
 *  `plus(sums, row)` adds one row to the sums of one area.
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
