// Selects for an area: county, street and community side by side.

import { number, t, word } from "../i18n.js";
import { html } from "../preact.js";
import { areas } from "../store.js";

/** Selects for an area, one per level. `value` null means everywhere; `counts` adds counts to names. */
export function AreaPick({ value, pick, counts, id }) {
  const tree = areas.value;
  if (!tree.root) return null;
  const path = value && tree.node(value) ? tree.path(value) : [tree.root];
  const steps = path.filter((node) => node.children.length);
  return html`<span class="area-pick" role="group" aria-label=${t("requests.area")}>
    ${steps.map(
      (node, depth) => html`<select key=${node.area} id=${depth === 0 ? id : undefined}
        aria-label=${word("level", node.children[0].level)} value=${path[depth + 1]?.area ?? ""}
        onChange=${(event) => pick(event.currentTarget.value || (depth === 0 ? null : node.area))}>
      <option value="">${depth === 0 ? t("requests.area_all") : t("requests.area_rest", { name: node.name })}
        </option>
      ${node.children.map((child) => html`<option value=${child.area}>${named(child, counts)}</option>`)}
    </select>`,
    )}</span>`;
}

function named(node, counts) {
  const count = counts?.get(node.area);
  return count ? `${node.name} (${number(count)})` : node.name;
}
