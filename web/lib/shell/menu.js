// The menu of pages in one row: what does not fit folds into a list behind a button.

import { lang, t } from "../i18n.js";
import { html, useEffect, useId, useLayoutEffect, useRef, useState } from "../preact.js";
import { href, route } from "../router.js";
import { classes, Icon } from "../ui.js";

/** Return how many items fit into a row, measured whenever its width or its words change.
 *
 * @param {any} row Ref of the list. Items that do not fit stay in it, invisible, to be measured.
 * @param {any[]} keys
 */
function useFitting(row, keys) {
  const [fitting, setFitting] = useState(Infinity);
  useLayoutEffect(() => {
    const measure = () => {
      const { left, width } = row.current.getBoundingClientRect();
      const items = [...row.current.children];
      const over = items.findIndex((one) => one.getBoundingClientRect().right > left + width + 0.5);
      setFitting(width === 0 ? 0 : over < 0 ? items.length : over);
    };
    const watcher = new ResizeObserver(measure);
    watcher.observe(row.current);
    measure();
    return () => watcher.disconnect();
  }, keys);
  return fitting;
}

/** Close an open list on Escape, on a press elsewhere, and when the page changes.
 *
 * @param {any} box
 * @param {boolean} open
 * @param {() => void} close
 */
function useClosing(box, open, close) {
  useEffect(() => {
    if (!open) return undefined;
    const outside = (event) => {
      if (!box.current?.contains(event.target)) close();
    };
    const onKey = (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      close();
      box.current?.querySelector("button")?.focus();
    };
    addEventListener("pointerdown", outside);
    addEventListener("keydown", onKey, true);
    return () => {
      removeEventListener("pointerdown", outside);
      removeEventListener("keydown", onKey, true);
    };
  }, [open]);
  const { page, id } = route.value;
  useEffect(close, [page, id]);
}

/** The menu.
 *
 * @param {object} props
 * @param {string[]} props.names Pages in order.
 * @param {Record<string, any>} props.marks Counts shown after the name of a page.
 * @param {any} [props.tools] More controls for the end of the folded list.
 */
export function Menu({ names, marks, tools }) {
  const row = useRef();
  const box = useRef();
  const [open, setOpen] = useState(false);
  const list = useId();
  const fitting = useFitting(row, [names.join(" "), lang.value]);
  useClosing(box, open, () => setOpen(false));
  const { page } = route.value;
  const folded = names.slice(fitting);
  const here = folded.includes(page);
  const item = (name, hidden) => html`<li key=${name} class=${classes(hidden && "top-folded")}><a
    href=${href(name)} aria-current=${name === page ? "page" : undefined}>${t(`page.${name}`)}${marks[name]}
    </a></li>`;
  return html`<nav class="top-nav" aria-label=${t("ui.pages")}>
    <ul class="top-row" ref=${row}>${names.map((name, at) => item(name, at >= fitting))}</ul>
    ${
      (folded.length > 0 || tools) &&
      html`<div class="top-more" ref=${box}>
      <button type="button" class=${classes("button button-plain top-fold", here && "top-fold-here")}
        aria-expanded=${open ? "true" : "false"} aria-controls=${list} onClick=${() => setOpen(!open)}>
        <${Icon} name="menu" /><span>${here ? t(`page.${page}`) : t("ui.menu")}</span>${
          !here && folded.map((name) => marks[name])
        }</button>
      <div class="top-list" id=${list} hidden=${!open}>
        <ul>${folded.map((name) => item(name, false))}</ul>${tools}</div></div>`
    }
  </nav>`;
}
