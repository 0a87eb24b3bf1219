// A combobox of areas. Searches names, codes and the names of parents.

import { t, word } from "./i18n.js";
import { html, useEffect, useId, useRef, useState } from "./preact.js";
import { areas } from "./store.js";
import { classes } from "./ui.js";

const MOST = 8;

const written = (code) => (code ? `${areas.peek().name(code)} ${code}` : "");

/** Return the names on the path to an area, without the root. */
export function areaPath(code) {
  const path = areas.value.path(code);
  const names = (path.length > 1 ? path.slice(1) : path).map((node) => node.name);
  return names.length ? names.join(" › ") : code;
}

/** Return the area code that a text means, or null: a code, a name and a code, or an unambiguous name. */
export function areaOf(text) {
  const said = text.trim();
  const { nodes } = areas.peek();
  const last = said.split(/\s+/).pop();
  if (nodes.has(last)) return last;
  const named = [...nodes.values()].filter((node) => node.name === said);
  return named.length === 1 ? named[0].area : null;
}

/** Return the names on the path to an area, in lower case. */
const wayDown = (tree, node) =>
  tree
    .path(node.area)
    .map((one) => one.name)
    .join(" ")
    .toLowerCase();

/** Rank how well an area matches a word: 0 is best, null is no match. */
function fit(tree, node, text) {
  if (node.name === text || node.area === text) return 0;
  if (node.name.toLowerCase().startsWith(text)) return 1;
  if (node.area.toLowerCase().startsWith(text)) return 2;
  if (node.name.toLowerCase().includes(text)) return 3;
  return wayDown(tree, node).includes(text) ? 4 : null;
}

/** Return at most `most` open areas that match all words of a text, best first. */
export function fitting(tree, text, most = MOST) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const found = [];
  for (const node of tree.nodes.values()) {
    if (node.closed) continue;
    const fits = words.map((one) => fit(tree, node, one));
    if (fits.every((one) => one !== null)) found.push({ node, rank: Math.max(...fits) });
  }
  found.sort(
    (a, b) => a.rank - b.rank || a.node.level - b.node.level || (a.node.area < b.node.area ? -1 : 1),
  );
  return found.slice(0, most).map(({ node }) => node);
}

/** Return the parents, level and code of an area. */
const where = (node) => {
  const parts = [node.level > 1 && areaPath(node.parent), word("level", node.level), node.area];
  return parts.filter(Boolean).join(" · ");
};

/** A combobox of areas. `change` gets the code, or "" while the text means no area. */
export function AreaBox({ value, change, name, required, ...rest }) {
  const [text, setText] = useState(written(value));
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const input = useRef();
  const list = useId();
  const shown = open ? fitting(areas.value, text) : [];
  useEffect(() => {
    if (value !== (areaOf(text) ?? "")) setText(written(value));
  }, [value, areas.value.root]);

  const pick = (code) => {
    setText(written(code));
    setOpen(false);
    change(code);
  };
  const typed = (event) => {
    const said = event.currentTarget.value;
    setText(said);
    setActive(0);
    setOpen(said.trim() !== "");
    change(areaOf(said) ?? "");
  };
  const left = () => {
    if (open && areaOf(text) === null && fitting(areas.peek(), text, 2).length === 1) pick(shown[0].area);
    setOpen(false);
  };
  const pressed = (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) setOpen(true);
      else
        setActive((at) => Math.max(0, Math.min(shown.length - 1, at + (event.key === "ArrowDown" ? 1 : -1))));
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      setOpen(false);
    } else if (
      event.key === "Enter" &&
      shown[active] &&
      (areaOf(text) === null || active > 0) &&
      !event.ctrlKey
    ) {
      event.preventDefault();
      event.stopPropagation();
      pick(shown[active].area);
    }
  };
  return html`<div class="area-box"><input ...${rest} ref=${input} name=${name} data-area role="combobox"
    autocomplete="off" spellcheck=${false} value=${text} required=${required}
      placeholder=${rest.placeholder ?? t("people.area_hint")} aria-autocomplete="list"
        aria-expanded=${shown.length ? "true" : "false"} aria-controls=${list}
      aria-activedescendant=${shown[active] ? `${list}-${active}` : undefined} onInput=${typed}
        onKeyDown=${pressed} onBlur=${left} />
    <ul id=${list} role="listbox" aria-label=${t("people.area")}
      hidden=${!shown.length}>${shown.map(
        (node, index) => html`<li key=${node.area} id=${`${list}-${index}`} role="option"
      aria-selected=${index === active ? "true" : "false"}
        class=${classes(index === active && "area-box-active")}
        onMouseDown=${(event) => {
          event.preventDefault();
          pick(node.area);
        }}>
      <span>${node.name}</span> <small>${where(node)}</small></li>`,
      )}</ul></div>`;
}
