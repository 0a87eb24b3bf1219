// A schematic of areas without coordinates: labelled tiles, coloured like the map.

import { number, t, word } from "../i18n.js";
import { html, useMemo } from "../preact.js";
import { href } from "../router.js";
import { areas } from "../store.js";
import { askedIn, peopleIn } from "../sums.js";
import { Alert, classes, Empty } from "../ui.js";
import { figure, levelOf, rowsBehind, step } from "./colouring.js";

/** A schematic of the areas inside `root`. `open(code)` moves into one. */
export function Schematic({ root, colouring, open }) {
  const node = areas.value.node(root) ?? areas.value.root;
  const shown = useMemo(() => blocks(node), [areas.value, node?.area]);
  if (!node || node.children.length === 0) return html`<${Leaf} node=${node} colouring=${colouring} />`;
  const tiles = shown.flatMap((block) => block.tiles);
  const most = Math.max(1, ...tiles.map((tile) => figure(tile, colouring)));
  return html`<div class="schematic" role="list" aria-label=${t("map.schematic_of", { name: node.name })}>
    ${shown.map(
      (block) => html`<div key=${block.node.area} class="block" role="listitem" aria-label=${block.node.name}>
      <header class="block-head"><button type="button" class="block-name"
          disabled=${block.node.area === node.area}
        onClick=${() => open(block.node.area)}>${block.node.name}</button><${Sum} node=${block.node}
            colouring=${colouring} /></header>
      <ul class="block-tiles">${block.tiles.map(
        (tile) => html`<${TileOf} key=${tile.area} node=${tile} colouring=${colouring}
        most=${most} open=${open} />`,
      )}</ul></div>`,
    )}</div>`;
}

/** Group children into blocks of tiles. Children without children share the block of their parent. */
function blocks(node) {
  if (!node) return [];
  const deep = node.children.filter((child) => child.children.length);
  const flat = node.children.filter((child) => child.children.length === 0);
  const found = deep.map((child) => ({ node: child, tiles: child.children }));
  return flat.length ? [...found, { node, tiles: flat }] : found;
}

function Sum({ node, colouring }) {
  const [page, query] = rowsBehind(node, colouring);
  return html`<a class="block-sum" href=${href(page, { query })}>${number(figure(node, colouring))}<span
      class="visually-hidden"> ${t(`map.by_${colouring}`)}</span></a>`;
}

function TileOf({ node, colouring, most, open }) {
  const value = figure(node, colouring);
  const level = levelOf(node, colouring);
  const people = peopleIn(node.area).on;
  const asked = askedIn(node.area).unfinished;
  const title = `${node.name}: ${t("map.tile", { people: number(people), asked: number(asked) })}`;
  return html`<li><button type="button" title=${title} onClick=${() => open(node.area)}
      class=${classes("area-tile", level ? `area-level-${level}` : `area-step-${step(value, most)}`)}>
    <span class="area-name">${node.name}</span><span class="area-value">${
      level
        ? html`<${Alert} level=${level}>${number(value)}<span
      class="visually-hidden"> ${word("alert", level)}</span></${Alert}>`
        : number(value)
    }</span></button></li>`;
}

function Leaf({ node, colouring }) {
  if (!node) return html`<${Empty} text=${t("map.no_areas")} />`;
  const [page, query] = rowsBehind(node, colouring);
  const people = number(peopleIn(node.area).on);
  const asked = number(askedIn(node.area).unfinished);
  return html`<${Empty} text=${t("map.tile", { people, asked })}>
    <a class="button" href=${href(page, { query })}>${t("map.rows")}</a></${Empty}>`;
}
