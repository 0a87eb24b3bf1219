// A virtual tree grid: only visible rows are in the page. All rows have the same height.

import { remPx } from "./hooks.js";
import { t } from "./i18n.js";
import { html, useEffect, useLayoutEffect, useRef, useState } from "./preact.js";
import { classes, Icon } from "./ui.js";

const ROW_REM = 1.875;
const SPARE = 6;

/** List the rows of an expanded tree: {node, level, parent, open, children, position, size}. */
export function flatten(root, isOpen, childrenOf) {
  const found = [];
  const visit = (node, level, parent, position, size) => {
    const children = childrenOf(node);
    const open = children.length > 0 && isOpen(node, level);
    found.push({ node, level, parent, open, children: children.length, position, size });
    if (!open) return;
    for (const [index, child] of children.entries())
      visit(child, level + 1, node.area, index + 1, children.length);
  };
  if (root) visit(root, 1, null, 1, 1);
  return found;
}

/** A tree of areas with columns of figures.
 *
 * rows: from `flatten`; columns: [{key, label, class?, cell(node, attributes)}], the first with the name.
 * Cells spread `attributes` on their links, so that Tab only reaches links of the chosen row.
 * toggle(node): called to expand or collapse. Keys: up, down, Home, End; right expands or moves down a
 * level, left collapses or moves up a level, Enter toggles.
 */
export function TreeGrid({ rows, columns, label, toggle }) {
  const box = useRef();
  const head = useRef();
  const [top, setTop] = useState(0);
  const [room, setRoom] = useState({ height: 600, row: 30 });
  const [chosen, choose] = useState(null);
  useLayoutEffect(() => {
    const measure = () =>
      setRoom({
        height: box.current.clientHeight,
        row: ROW_REM * remPx(),
      });
    const watcher = new ResizeObserver(measure);
    watcher.observe(box.current);
    measure();
    return () => watcher.disconnect();
  }, []);
  const index = Math.max(
    0,
    rows.findIndex((row) => row.node.area === chosen),
  );
  useEffect(() => {
    if (chosen !== null) reveal(box.current, head.current.offsetHeight, index, room.row);
  }, [chosen]);
  const first = Math.max(0, Math.floor(top / room.row) - SPARE);
  const last = Math.min(rows.length, Math.ceil((top + room.height) / room.row) + SPARE);
  const keys = (event) => press(event, { rows, index, choose, toggle });
  return html`<div class="tree" role="treegrid" aria-label=${label} aria-rowcount=${rows.length + 1}
    aria-colcount=${columns.length}
      ref=${box} tabindex="0" onKeyDown=${keys} onScroll=${(event) => setTop(event.currentTarget.scrollTop)}
      aria-activedescendant=${index >= first && index < last ? `tree-${rows[index].node.area}` : undefined}>
    <div class="tree-head" role="rowgroup" ref=${head}><div class="tree-row" role="row" aria-rowindex="1">
      ${columns.map(
        (one) => html`<div key=${one.key} role="columnheader"
        class=${classes("tree-cell", one.class)}>${one.label}</div>`,
      )}</div></div>
    <div class="tree-body" role="rowgroup" style=${{ height: `${rows.length * room.row}px` }}>
      <div class="tree-window" role="presentation"
          style=${{ transform: `translateY(${first * room.row}px)` }}>
        ${rows.slice(first, last).map(
          (row, offset) => html`<${Line} key=${row.node.area} row=${row}
          index=${first + offset}
          columns=${columns} chosen=${first + offset === index} choose=${choose} toggle=${toggle} />`,
        )}
      </div>
    </div></div>`;
}

function Line({ row, index, columns, chosen, choose, toggle }) {
  const { node, level, children, open } = row;
  const [name, ...others] = columns;
  const attributes = { tabindex: chosen ? 0 : -1 };
  return html`<div id=${`tree-${node.area}`} role="row"
    class=${classes("tree-row", `tree-level-${Math.min(level, 5)}`, chosen && "tree-chosen")}
      aria-rowindex=${index + 2} aria-level=${level} aria-posinset=${row.position} aria-setsize=${row.size}
      aria-expanded=${children ? (open ? "true" : "false") : undefined} onClick=${() => choose(node.area)}>
    <div role="rowheader" class=${classes("tree-cell tree-name", name.class)}
      style=${{ paddingLeft: `${(level - 1) * 0.75}rem` }}>
      ${
        children
          ? html`<button type="button" tabindex="-1" class=${classes("tree-mark", open && "tree-open")}
          aria-label=${t(open ? "tree.shut" : "tree.open")}
            onClick=${() => toggle(node)}><${Icon} name="chevron" /></button>`
          : html`<span class="tree-mark tree-leaf"></span>`
      }${name.cell(node, attributes)}</div>
    ${others.map(
      (one) => html`<div role="gridcell"
      class=${classes("tree-cell", one.class)}>${one.cell(node, attributes)}</div>`,
    )}
  </div>`;
}

/** Scroll a row into view, below the sticky heading. */
function reveal(box, head, index, height) {
  const top = index * height;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (head + top + height > box.scrollTop + box.clientHeight)
    box.scrollTop = head + top + height - box.clientHeight;
}

function press(event, { rows, index, choose, toggle }) {
  const row = rows[index];
  if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
  const onLink = event.target !== event.currentTarget;
  const to = (next) => choose(rows[Math.min(rows.length - 1, Math.max(0, next))].node.area);
  const acts = {
    ArrowDown: () => to(index + 1),
    ArrowUp: () => to(index - 1),
    Home: () => to(0),
    End: () => to(rows.length - 1),
    ArrowRight: () => {
      if (row.open) to(index + 1);
      else if (row.children) toggle(row.node);
    },
    ArrowLeft: () => {
      if (row.open) toggle(row.node);
      else if (row.parent !== null) choose(row.parent);
    },
    Enter: () => {
      if (row.children) toggle(row.node);
    },
  };
  if (!(event.key in acts) || (event.key === "Enter" && onLink)) return;
  event.preventDefault();
  if (onLink) event.currentTarget.focus({ preventScroll: true });
  choose(row.node.area);
  acts[event.key]();
}
