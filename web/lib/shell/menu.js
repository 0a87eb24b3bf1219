// The menu in one row: the pages of the first group, then the other groups as buttons that open a list of
// their pages. What does not fit folds into one list behind a button.

import { lang, t } from "../i18n.js";
import { html, useEffect, useId, useLayoutEffect, useRef, useState } from "../preact.js";
import { href, route } from "../router.js";
import { classes, Icon } from "../ui.js";
import { grouped } from "./pages.js";

/** Return how many items fit into a row, measured whenever its width or its words change.
 *
 * The button beside it is as wide as the name in it, which follows from what fits. Without a change from
 * outside the number only falls: otherwise an item would come and go for ever.
 *
 * @param {any} row Ref of the list. Items that do not fit stay in it, invisible, to be measured.
 * @param {any[]} keys
 */
function useFitting(row, keys) {
  const [fitting, setFitting] = useState(Infinity);
  useLayoutEffect(() => {
    let [around, least] = [0, Infinity];
    const measure = () => {
      const { left, width } = row.current.getBoundingClientRect();
      const outside = row.current.parentElement.getBoundingClientRect().width;
      const items = [...row.current.children];
      const over = items.findIndex((one) => one.getBoundingClientRect().right > left + width + 0.5);
      const fits = width === 0 ? 0 : over < 0 ? items.length : over;
      least = outside === around ? Math.min(least, fits) : fits;
      around = outside;
      setFitting(least);
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

/** A link to a page.
 *
 * @param {object} props
 * @param {import("./pages.js").Entry} props.page
 * @param {Record<string, any>} props.marks
 * @param {boolean} [props.hidden]
 * @param {boolean} [props.keyed] Whether to show its key.
 */
function Item({ page: { name, key }, marks, hidden, keyed }) {
  return html`<li class=${classes(hidden && "top-folded")}><a href=${href(name)}
    aria-keyshortcuts=${key && `g ${key}`} aria-current=${name === route.value.page ? "page" : undefined}>
    ${t(`page.${name}`)}${marks[name]}${
      keyed && key && html`<kbd class="top-key" aria-hidden="true">g ${key}</kbd>`
    }</a></li>`;
}

/** A group: a button that opens the list of its pages. */
function Group({ group, pages, marks, hidden }) {
  const box = useRef();
  const [open, setOpen] = useState(false);
  const list = useId();
  const here = pages.find(({ name }) => name === route.value.page);
  useClosing(box, open, () => setOpen(false));
  const pressed = (event) => {
    if (event.key !== "ArrowDown" || open) return;
    event.preventDefault();
    setOpen(true);
  };
  return html`<li class=${classes("top-group", hidden && "top-folded")} ref=${box}>
    <button type="button" class=${classes("button button-plain", here && "top-fold-here")}
      aria-expanded=${open ? "true" : "false"} aria-controls=${list} onKeyDown=${pressed}
      onClick=${() => setOpen(!open)}>${here ? t(`page.${here.name}`) : t(`group.${group}`)}<${Icon}
      name="chevron" />${!here && pages.map(({ name }) => marks[name])}</button>
    <div class="top-list" id=${list} hidden=${!open}><ul aria-label=${t(`group.${group}`)}>${pages.map(
      (page) => html`<${Item} key=${page.name} page=${page} marks=${marks} keyed />`,
    )}</ul></div></li>`;
}

/** Return the items of the row: pages of the first group, and of others if they are alone; else groups.
 *
 * @param {import("./pages.js").Entry[]} pages
 */
function itemsOf(pages) {
  return grouped(pages).flatMap(([group, some], index) =>
    index === 0 || some.length === 1
      ? some.map((page) => ({ key: page.name, group, pages: [page] }))
      : [{ key: group, group, pages: some }],
  );
}

/** The menu.
 *
 * @param {object} props
 * @param {import("./pages.js").Entry[]} props.pages Those that the token may use.
 * @param {Record<string, any>} props.marks Counts shown after the name of a page.
 * @param {any} [props.tools] More controls for the end of the folded list.
 */
export function Menu({ pages, marks, tools }) {
  const row = useRef();
  const box = useRef();
  const [open, setOpen] = useState(false);
  const list = useId();
  const items = itemsOf(pages);
  const { page } = route.value;
  const fitting = useFitting(row, [items.map(({ key }) => key).join(" "), lang.value, page]);
  useClosing(box, open, () => setOpen(false));
  const folded = grouped(items.slice(fitting).flatMap((item) => item.pages));
  const all = folded.flatMap(([, some]) => some);
  const here = all.some(({ name }) => name === page);
  const item = ({ key, group, pages: some }, hidden) =>
    some.length === 1
      ? html`<${Item} key=${key} page=${some[0]} marks=${marks} hidden=${hidden} />`
      : html`<${Group} key=${key} group=${group} pages=${some} marks=${marks} hidden=${hidden} />`;
  return html`<nav class="top-nav" aria-label=${t("ui.pages")}>
    <ul class="top-row" ref=${row}>${items.map((one, at) => item(one, at >= fitting))}</ul>
    ${
      (folded.length > 0 || tools) &&
      html`<div class="top-more" ref=${box}>
      <button type="button" class=${classes("button button-plain top-fold", here && "top-fold-here")}
        aria-expanded=${open ? "true" : "false"} aria-controls=${list} onClick=${() => setOpen(!open)}>
        <${Icon} name="menu" /><span>${here ? t(`page.${page}`) : t("ui.menu")}</span>${
          !here && all.map(({ name }) => marks[name])
        }</button>
      <div class="top-list" id=${list} hidden=${!open}>${folded.map(
        ([group, some]) => html`<section key=${group}><h2 class="top-heading">${t(`group.${group}`)}</h2>
          <ul>${some.map(
            (one) => html`<${Item} key=${one.name} page=${one} marks=${marks} keyed />`,
          )}</ul></section>`,
      )}${tools}</div></div>`
    }
  </nav>`;
}
