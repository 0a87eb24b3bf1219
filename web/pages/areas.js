// Areas: the tree of county, street, community and grid as a list, with what is within each.

import { number, t } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";
import { AreaName } from "../lib/people/parts.js";
import { html } from "../lib/preact.js";
import { href } from "../lib/router.js";
import { areas } from "../lib/store.js";

const within = (row) => areas.value.node(row.area)?.children ?? [];

const Within = ({ row }) =>
  html`<ul class="folk-lines">${within(row).map(
    (node) => html`<li key=${node.area}><a href=${href("areas", { id: node.area })}>${node.name}</a>
    <span class="folk-person-id">${node.area}</span></li>`,
  )}</ul>`;

export default institution({
  name: "areas",
  view: "areas",
  kind: "area",
  title: (row) => row.name,
  sort: "area",
  columns: [
    { key: "name", width: "minmax(8rem, 1.6fr)" },
    { key: "area", width: "minmax(7rem, 1fr)" },
    { key: "level", kind: "code", domain: "level", of: (row) => String(row.level), width: "7rem" },
    { key: "parent", kind: "area", width: "minmax(7rem, 1.2fr)" },
    { key: "inside", kind: "number", of: (row) => within(row).length, width: "8rem" },
    { key: "closed", kind: "flag", width: "5rem" },
  ],
  facts: [
    { key: "area" },
    { key: "level", kind: "code", domain: "level", of: (row) => String(row.level) },
    { key: "parent", kind: "area", cell: ({ parent }) => parent && html`<${AreaName} code=${parent} />` },
    { key: "closed", kind: "flag" },
    { key: "lon", kind: "number" },
    { key: "lat", kind: "number" },
  ],
  filters: [
    { key: "below", kind: "area", of: (row) => row.area },
    { key: "level", kind: "code", domain: "level", of: (row) => String(row.level) },
    { key: "closed", kind: "flag" },
  ],
  parts: [{ key: "within", body: Within, when: (row) => within(row).length > 0 }],
  imports: true,
  make: [
    {
      command: "area.define",
      fields: [
        { name: "name", required: true, most: 200, codes: ["area.same_name"] },
        { name: "area", required: true, most: 64, codes: ["area.exists", "area.no_parent", "area.outside"] },
        { name: "lon", kind: "number", least: -180, most: 180 },
        { name: "lat", kind: "number", least: -90, most: 90, codes: ["place.half"] },
      ],
    },
  ],
  forms: [
    { command: "area.rename", amends: true, fields: [{ name: "name", required: true, most: 200 }] },
    {
      command: "area.close",
      note: "close_note",
      fields: [],
      when: (row) => !row.closed && row.level > 0,
    },
  ],
  links: (row) =>
    html`<a class="button" href=${href("requests", { query: { area: row.area } })}>${t(
      "areas.requests",
    )}</a><a class="button" href=${href("workers", { query: { area: row.area } })}>${t("areas.people")}</a>`,
  sums: (rows) => html`<span>${t("areas.closed")} ${number(rows.filter((row) => row.closed).length)}</span>`,
});
