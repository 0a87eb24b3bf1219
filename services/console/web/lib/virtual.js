// A table of any length: only the rows in sight are in the page. Rows have one height.
import { html, useEffect, useLayoutEffect, useRef, useState } from "./preact.js";
import { classes } from "./ui.js";
import { t } from "./i18n.js";

const SPARE = 8;

/** A grid of rows.
 *
 * rows: the rows, in order; key(row): its id; columns: [{key, label, cell(row), class?, sort?}];
 * height: of a row in px; selected: id of the selected row; select(row): the selection moved; open(row): Enter or
 * double click; sorted: {key, down}, sort(key): a heading was pressed; marked(row): further classes of a row.
 */
export function VirtualTable({
  rows, id, columns, label, height = 34, selected, select, open, sorted, sort, marked, checked, check, empty,
}) {
  const box = useRef();
  const [top, setTop] = useState(0);
  const [room, setRoom] = useState(600);
  useLayoutEffect(() => {
    const measure = () => setRoom(box.current.clientHeight || 600);
    const watcher = new ResizeObserver(measure);
    watcher.observe(box.current);
    measure();
    return () => watcher.disconnect();
  }, []);
  const index = rows.findIndex((row) => id(row) === selected);
  useEffect(() => { if (index >= 0) reveal(box.current, index, height); }, [selected]);
  useAnchor(box, rows, id, selected, height);
  const first = Math.max(0, Math.floor(top / height) - SPARE);
  const last = Math.min(rows.length, Math.ceil((top + room) / height) + SPARE);
  const keys = (event) => move(event, { rows, index, page: Math.max(1, Math.floor(room / height) - 1), select, open, check });
  const template = { gridTemplateColumns: columns.map((one) => one.width ?? "minmax(0, 1fr)").join(" ") };
  return html`<div class="grid" role="grid" aria-label=${label} aria-rowcount=${rows.length + 1} aria-colcount=${columns.length}
      aria-multiselectable=${check ? "true" : undefined}>
    <div class="grid-head" role="rowgroup"><div class="grid-row" role="row" aria-rowindex="1" style=${template}>
      ${columns.map((one) => html`<${Heading} column=${one} sorted=${sorted} sort=${sort} />`)}</div></div>
    <div class="grid-body" role="rowgroup" ref=${box} tabindex="0" aria-label=${label} onKeyDown=${keys}
        aria-activedescendant=${index >= 0 ? `row-${id(rows[index])}` : undefined}
        onScroll=${(event) => setTop(event.currentTarget.scrollTop)}>
      ${rows.length === 0 ? html`<div role="row"><div role="gridcell" class="grid-empty">${empty ?? t("ui.nothing")}</div></div>`
      : html`<div class="grid-space" role="presentation" style=${{ height: `${rows.length * height}px` }}>
        <div class="grid-window" role="presentation" style=${{ transform: `translateY(${first * height}px)` }}>
          ${rows.slice(first, last).map((row, offset) => html`<${Line} key=${id(row)} row=${row} id=${id(row)}
            index=${first + offset} columns=${columns} template=${template} height=${height} select=${select} open=${open}
            chosen=${id(row) === selected} checked=${checked?.has(id(row))} extra=${marked?.(row)} />`)}
        </div></div>`}
    </div>
  </div>`;
}

function Heading({ column, sorted, sort }) {
  const mine = sorted?.key === column.key;
  const direction = mine ? (sorted.down ? "descending" : "ascending") : "none";
  return html`<div role="columnheader" class=${classes("grid-cell", column.class)} aria-sort=${column.sort ? direction : undefined}>
    ${column.sort
      ? html`<button type="button" class="grid-sort" onClick=${() => sort(column.key)}>${column.label}<span
          class=${classes("sort-mark", mine && (sorted.down ? "sort-down" : "sort-up"))} aria-hidden="true"></span></button>`
      : column.label}</div>`;
}

function Line({ row, id, index, columns, template, height, select, open, chosen, checked, extra }) {
  return html`<div class=${classes("grid-row", chosen && "grid-chosen", checked && "grid-checked", extra)} role="row"
      id=${`row-${id}`} aria-rowindex=${index + 2} aria-selected=${chosen || Boolean(checked) ? "true" : "false"}
      style=${{ ...template, height: `${height}px` }} onClick=${() => select?.(row)} onDblClick=${() => open?.(row)}>
    ${columns.map((one) => html`<div role="gridcell" class=${classes("grid-cell", one.class)}>${one.cell(row)}</div>`)}
  </div>`;
}

/** Rows that come and go above do not move what is looked at: the selected row if in sight, else the first in sight. */
function useAnchor(box, rows, id, selected, height) {
  const before = useRef(null);
  useLayoutEffect(() => {
    const body = box.current;
    const held = before.current;
    if (held && held.rows !== rows && body.scrollTop + body.clientHeight > 0) {
      const inSight = (at) => at >= 0 && (at + 1) * height > held.top && at * height < held.top + body.clientHeight;
      const chosen = held.rows.findIndex((row) => id(row) === selected);
      const from = inSight(chosen) ? chosen : held.top > 0 ? Math.floor(held.top / height) : -1;
      const to = from < 0 ? -1 : rows.findIndex((row) => id(row) === id(held.rows[from] ?? {}));
      if (to >= 0 && to !== from) body.scrollTop = held.top + (to - from) * height;
    }
    before.current = { rows, top: body.scrollTop };
  });
}

function reveal(box, index, height) {
  const top = index * height;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + height > box.scrollTop + box.clientHeight) box.scrollTop = top + height - box.clientHeight;
}

function move(event, { rows, index, page, select, open, check }) {
  if (event.target.closest("input, select, textarea, button, a") && event.target !== event.currentTarget) return;
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -rows.length, End: rows.length, j: 1, k: -1 };
  if (event.key in steps && !event.ctrlKey && !event.metaKey && rows.length) {
    event.preventDefault();
    const next = index < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, index + steps[event.key]));
    select?.(rows[next]);
  } else if (event.key === "Enter" && index >= 0) {
    event.preventDefault();
    (open ?? select)?.(rows[index]);
  } else if (event.key === " " && check && index >= 0) {
    event.preventDefault();
    check(rows[index]);
  }
}
