// A virtual table: only visible rows are in the page. All rows have the same height.

import { t } from "./i18n.js";
import { html, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "./preact.js";
import { classes } from "./ui.js";

const SPARE = 8;

/** A grid of rows.
 *
 * @param {object} props
 * @param {any[]} props.rows
 * @param {(row: any) => string} props.id
 * @param {{ key: string, label: string, cell: (row: any) => any, class?: string, sort?: boolean,
 *   width?: string, quiet?: boolean }[]} props.columns The label of a quiet one is for screen readers only.
 * @param {string} props.label
 * @param {number} [props.height] Height of a row in px.
 * @param {string} [props.selected] Id of the selected row.
 * @param {(row: any) => void} [props.select] Called when the selection moves.
 * @param {(row: any) => void} [props.open] Called on Enter and double click.
 * @param {{ key: string, down: boolean }} [props.sorted]
 * @param {(key: string) => void} [props.sort] Called when a heading is pressed.
 * @param {(row: any) => string} [props.marked] Returns more classes for a row.
 * @param {(row: any) => string | null} [props.divide] Returns words for a line above a row, or null.
 * @param {Set<string>} [props.checked] Ids of the checked rows.
 * @param {(row: any) => void} [props.check] Called on Space.
 * @param {any} [props.empty] Shown when there are no rows.
 */
export function VirtualTable({
  rows,
  id,
  columns,
  label,
  height = 34,
  selected,
  select,
  open,
  sorted,
  sort,
  marked,
  divide,
  checked,
  check,
  empty,
}) {
  const box = useRef();
  const [top, setTop] = useState(0);
  const [room, setRoom] = useState(600);
  useLayoutEffect(() => {
    const measure = () => setRoom(box.current?.clientHeight || 600);
    const watcher = new ResizeObserver(measure);
    watcher.observe(box.current);
    measure();
    return () => watcher.disconnect();
  }, []);
  const index = useMemo(() => rows.findIndex((row) => id(row) === selected), [rows, selected]);
  useEffect(() => {
    if (index >= 0) reveal(box.current, index, height);
  }, [selected]);
  useKept({ box, index, height, room });
  useAnchor({ box, rows, id, selected, height, top, room, moved: setTop });
  const first = Math.max(0, Math.floor(top / height) - SPARE);
  const last = Math.min(rows.length, Math.ceil((top + room) / height) + SPARE);
  const keys = (event) =>
    move(event, { rows, index, page: Math.max(1, Math.floor(room / height) - 1), select, open, check });
  const template = useMemo(
    () => ({ gridTemplateColumns: columns.map((one) => one.width ?? "minmax(0, 1fr)").join(" ") }),
    [columns],
  );
  const acts = useRef();
  acts.current = { select, open };
  const line = (row, place) => html`<${Kept} key=${id(row)} row=${row} id=${id(row)} index=${place}
    columns=${columns} template=${template} height=${height} acts=${acts} chosen=${id(row) === selected}
    checked=${checked?.has(id(row))} extra=${marked?.(row)} above=${divide?.(row) ?? null} />`;
  const head = useId();
  return html`<div class="grid">
    <div class="grid-head" role="rowgroup" id=${head}><div class="grid-row" role="row" aria-rowindex="1"
        style=${template}>
      ${columns.map((one) => html`<${Heading} column=${one} sorted=${sorted} sort=${sort} />`)}</div></div>
    <div class="grid-body" role="grid" ref=${box} tabindex="0" aria-label=${label} aria-owns=${head}
        onKeyDown=${keys}
        aria-rowcount=${rows.length + 1} aria-colcount=${columns.length}
            aria-multiselectable=${check ? "true" : undefined}
        aria-activedescendant=${index >= first && index < last ? `row-${id(rows[index])}` : undefined}
        onScroll=${(event) => setTop(event.currentTarget.scrollTop)}>
      ${
        rows.length === 0
          ? html`<div role="row"><div role="gridcell" class="grid-empty">${empty ?? t("ui.nothing")}</div>
            </div>`
          : html`<div class="grid-space" role="rowgroup" style=${{ height: `${rows.length * height}px` }}>
        <div class="grid-window" role="presentation"
            style=${{ transform: `translateY(${first * height}px)` }}>
          ${rows.slice(first, last).map((row, offset) => line(row, first + offset))}
        </div></div>`
      }
    </div>
  </div>`;
}

/** A line that is drawn again only if one of its properties has changed: scrolling draws new lines only.
 *
 * Elements are not kept from one drawing for the next: each refers to the tree that it was first in, and
 * so on to the one before, and the page would hold every tree since it was opened.
 *
 * @this {any} The component.
 * @param {any} properties
 */
function Kept(properties) {
  this.shouldComponentUpdate = (next) => Object.keys(next).some((name) => next[name] !== this.props[name]);
  return html`<${Line} ...${properties} />`;
}

function Heading({ column, sorted, sort }) {
  const mine = sorted?.key === column.key;
  const direction = mine ? (sorted.down ? "descending" : "ascending") : "none";
  return html`<div role="columnheader" class=${classes("grid-cell", column.class)}
      aria-sort=${column.sort ? direction : undefined}>
    ${
      column.sort
        ? html`<button type="button" class="grid-sort" onClick=${() => sort(column.key)}>${column.label}<span
          class=${classes("sort-mark", mine && (sorted.down ? "sort-down" : "sort-up"))} aria-hidden="true">
            </span></button>`
        : column.quiet
          ? html`<span class="visually-hidden">${column.label}</span>`
          : column.label
    }</div>`;
}

function Line({ row, id, index, columns, template, height, acts, chosen, checked, extra, above }) {
  const state = [above && "grid-divided", chosen && "grid-chosen", checked && "grid-checked"];
  return html`<div class=${classes("grid-row", ...state, extra)}
      role="row"
      id=${`row-${id}`} aria-rowindex=${index + 2}
          aria-selected=${chosen || checked ? "true" : "false"}
      style=${{ ...template, height: `${height}px` }} onClick=${() => acts.current.select?.(row)}
          onDblClick=${() => acts.current.open?.(row)}>
    ${above && html`<span class="grid-divider" aria-hidden="true">${above}</span>`}
    ${columns.map(
      (one) => html`<div role="gridcell" class=${classes("grid-cell", one.class)}>${one.cell(row)}
      </div>`,
    )}
  </div>`;
}

/** Keep the scroll position when rows above are added or removed.
 *
 * The anchor is the selected row if visible, else the first visible row. `top` and `room` are the scroll
 * position and height before; `moved` is called with the new scroll position.
 */
function useAnchor({ box, rows, id, selected, height, top, room, moved }) {
  const before = useRef(rows);
  useLayoutEffect(() => {
    const held = before.current;
    before.current = rows;
    if (held === rows) return;
    const inSight = (at) => at >= 0 && (at + 1) * height > top && at * height < top + room;
    const chosen = held.findIndex((row) => id(row) === selected);
    const from = inSight(chosen) ? chosen : top > 0 ? Math.floor(top / height) : -1;
    const to = held[from] ? rows.findIndex((row) => id(row) === id(held[from])) : -1;
    if (to < 0 || to === from) return;
    box.current.scrollTop = top + (to - from) * height;
    moved(box.current.scrollTop);
  }, [rows]);
}

/** Keep the selected row in sight when the room gets less, as when something opens above the list. */
function useKept({ box, index, height, room }) {
  const before = useRef(room);
  useLayoutEffect(() => {
    const { scrollTop } = box.current;
    const was =
      index >= 0 && index * height >= scrollTop && (index + 1) * height <= scrollTop + before.current;
    if (was && room < before.current) reveal(box.current, index, height);
    before.current = room;
  }, [room]);
}

function reveal(box, index, height) {
  const top = index * height;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + height > box.scrollTop + box.clientHeight) box.scrollTop = top + height - box.clientHeight;
}

function move(event, { rows, index, page, select, open, check }) {
  if (event.target.closest("input, select, textarea, button, a") && event.target !== event.currentTarget)
    return;
  const steps = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    Home: -rows.length,
    End: rows.length,
    j: 1,
    k: -1,
  };
  if (event.key in steps && !event.ctrlKey && !event.metaKey && rows.length) {
    event.preventDefault();
    const next =
      index < 0 && event.key !== "End" ? 0 : Math.min(rows.length - 1, Math.max(0, index + steps[event.key]));
    select?.(rows[next]);
  } else if (event.key === "Enter" && index >= 0) {
    event.preventDefault();
    (open ?? select)?.(rows[index]);
  } else if (event.key === " " && check && index >= 0) {
    event.preventDefault();
    check(rows[index]);
  }
}
