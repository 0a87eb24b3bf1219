// Form to define an area inside another. Its code starts with the code of the other.

import { areaPath } from "../areabox.js";
import { inside } from "../areas.js";
import { t, word } from "../i18n.js";
import { html, useEffect } from "../preact.js";
import { href, param } from "../router.js";
import { areas } from "../store.js";
import { AreaLine, Earlier, EntryForm, Group, Line, useEntry } from "./form.js";
import { noPlace, PlaceLine, placed } from "./place.js";

const MOST = 40;

const blank = () => ({
  parent: param("area") ?? areas.peek().root?.area ?? "",
  code: "",
  name: "",
  ...noPlace(),
});

/** Return the area that would contain a new code: the longest code that it starts with, or undefined. */
function parentOf(code) {
  const around = [...areas.value.nodes.values()].filter(
    (node) => node.area !== code && inside(code, node.area),
  );
  return around.sort((a, b) => b.area.length - a.area.length)[0];
}

function make(values) {
  const place = placed(values);
  const code = values.code.trim();
  const name = values.name.trim();
  return {
    errors: { ...place.errors, ...(parentOf(code) ? {} : { code: t("entry.code_outside") }) },
    steps: [{ name: "area.define", data: { area: code, name, ...place.data } }],
    said: {
      text: t("entry.said_area", { name, code }),
      to: href("enter", { id: "area", query: { area: code } }),
    },
  };
}

/** The form, and a card of the areas with the same parent. */
export function DefineArea() {
  const entry = useEntry({ name: "area", blank, make, keep: ["parent", "datum"], first: ["code"] });
  const { parent, code } = entry.values;
  const known = code.trim() !== parent && areas.value.node(code.trim());
  const found = parentOf(code.trim());
  useEffect(() => {
    if (parent && !inside(code, parent)) entry.set({ code: parent });
  }, [parent, entry.round]);
  const hint = known
    ? t("entry.code_known", { name: known.name })
    : found && code.trim() !== parent
      ? t("entry.code_in", { path: areaPath(found.area), level: word("level", found.level + 1) })
      : t("entry.code_hint");
  return html`<div class="entry-desk"><${EntryForm} entry=${entry} label=${t("entry.define_area")}>
      <${Group} title=${t("entry.the_area")}><${AreaLine} entry=${entry} name="parent"
        label=${t("entry.inside")} required />
        <div class="form-row"><${Line} entry=${entry} name="code" label=${t("entry.code")} hint=${hint}
          maxlength="64" pattern="[A-Za-z0-9][A-Za-z0-9\\-]*" required />
          <${Line} entry=${entry} name="name" label=${t("entry.area_name")} maxlength="200" required /></div>
            <${PlaceLine} entry=${entry} /></${Group}>
    </${EntryForm}><div class="entry-aside"><${Siblings} parent=${areas.value.node(parent)} /><${Earlier} />
      </div></div>`;
}

function Siblings({ parent }) {
  if (!parent) return null;
  const children = [...parent.children].sort((a, b) => (a.area < b.area ? 1 : -1));
  return html`<section class="entry-card"><h2>${t("entry.siblings", {
    name: parent.name,
    n: children.length,
  })}</h2>${
    children.length === 0
      ? html`<p class="muted">${t("entry.no_siblings")}</p><p><a
      href=${href("imports")}>${t("entry.many_areas")}</a></p>`
      : html`<ul class="entry-lines">${children.slice(0, MOST).map(
          (node) => html`<li key=${node.area}><span class="entry-id">${node.area}</span>
      <span>${node.name}</span></li>`,
        )}
      ${
        children.length > MOST &&
        html`<li class="muted">${t("entry.same_more", { n: children.length - MOST })}</li>`
      }</ul>`
  }</section>`;
}
