// Units: departments, trade organisations, streets and stations in a tree, each with its duty.

import { t } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";
import { DUTIES, stateOf, unitChoices, unitName, words } from "../lib/posts/posts.js";
import { html } from "../lib/preact.js";
import { href, route } from "../lib/router.js";
import { State } from "../lib/ui.js";

const postsOf = (row, source) =>
  [...source.rows("posts").values()].filter((one) => one.unit === row.key && one.state !== "abolished");
const unitsOf = (row, source) =>
  [...source.rows("units").values()].filter((one) => one.parent === row.key && one.state !== "dissolved");
const atDate = () => ({ at: route.value.query.at });

const Posts = ({ row, source }) =>
  html`<ul class="folk-lines">${postsOf(row, source).map(
    (
      one,
    ) => html`<li key=${one.key}><a href=${href("posts", { id: one.key, query: atDate() })}>${one.name}</a>
    <span><bdi>${one.holder_name ?? ""}</bdi></span>
    <${State} domain="post_state" value=${stateOf(one, source)} /></li>`,
  )}</ul>`;

const Units = ({ row, source }) =>
  html`<ul class="folk-lines">${unitsOf(row, source).map(
    (one) => html`<li key=${one.key}><a href=${href("units", { id: one.key, query: atDate() })}>${one.name}
    </a></li>`,
  )}</ul>`;

const standing = (row) => row.state === "standing";
/** @type {import("../lib/institution/types.js").FormField} */
const duty = { name: "duty", kind: "pick", options: words("unit_duty", DUTIES), codes: ["unit.leads"] };
/** @type {import("../lib/institution/types.js").FormField} */
const parent = {
  name: "parent",
  kind: "pick",
  options: unitChoices,
  codes: ["unit.circle", "unit.dissolved", "unit.not_yet"],
};

export default institution({
  name: "units",
  view: "units",
  also: ["posts"],
  kind: "unit",
  title: (row) => row.name,
  sort: "name",
  columns: [
    { key: "name", width: "minmax(9rem, 2fr)" },
    { key: "duty", kind: "code", domain: "unit_duty", width: "8rem" },
    { key: "parent", of: (row, source) => unitName(row.parent, source), width: "minmax(8rem, 1.4fr)" },
    { key: "area", kind: "area", width: "minmax(7rem, 1fr)" },
    { key: "posts", kind: "number", of: (row, source) => postsOf(row, source).length, width: "5rem" },
    { key: "established_at", kind: "instant", width: "12rem", wide: true },
    { key: "state", kind: "state", domain: "unit_state", width: "7rem" },
  ],
  facts: [
    { key: "duty", kind: "code", domain: "unit_duty" },
    { key: "parent", of: (row, source) => unitName(row.parent, source) },
    { key: "area", kind: "area" },
    { key: "established_at", kind: "instant" },
    { key: "dissolved_at", kind: "instant" },
  ],
  filters: [
    { key: "area", kind: "area" },
    { key: "duty", domain: "unit_duty", codes: DUTIES },
    { key: "state", domain: "unit_state", otherwise: ["standing"] },
  ],
  dated: true,
  parts: [
    { key: "posts", body: Posts, when: (row, source) => postsOf(row, source).length > 0 },
    { key: "units", body: Units, when: (row, source) => unitsOf(row, source).length > 0 },
  ],
  imports: true,
  make: [
    {
      command: "unit.establish",
      fact: true,
      fields: [
        { name: "name", required: true, most: 200 },
        { name: "area", kind: "area", required: true },
        duty,
        parent,
      ],
    },
  ],
  forms: [
    {
      command: "unit.charge",
      main: true,
      fact: true,
      fields: [{ ...duty, required: true, from: (row) => row.duty }],
      when: standing,
    },
    {
      command: "unit.rename",
      fact: true,
      fields: [{ name: "name", required: true, most: 200, from: (row) => row.name }],
      when: standing,
    },
    {
      command: "unit.move",
      fact: true,
      fields: [
        { ...parent, from: (row) => row.parent },
        { name: "area", kind: "area", required: true, from: (row) => row.area },
      ],
      data: ({ parent: under, area }) => ({ parent: under || null, area }),
      when: standing,
    },
    {
      command: "unit.dissolve",
      note: "dissolve_note",
      fact: true,
      fields: [],
      when: standing,
    },
  ],
  links: (row) =>
    html`<a class="button" href=${href("posts", { query: { unit: row.key, ...atDate() } })}>${t(
      "units.its_posts",
    )}</a>`,
});
