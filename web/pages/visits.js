// Visits: who went to whom, what was heard, and the difficulties that came of it.

import { about, title } from "../lib/alliance/difficulty.js";
import { enterprise, enterpriseColumn } from "../lib/alliance/parts.js";
import { word } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";
import { postChoices, postName } from "../lib/posts/posts.js";
import { html } from "../lib/preact.js";
import { href } from "../lib/router.js";

const raised = (row, source) =>
  [...source.rows("difficulties").values()].filter((one) => one.visit === row.visit);

const Raised = ({ row, source }) =>
  html`<ul class="folk-lines">${raised(row, source).map(
    (
      one,
    ) => html`<li key=${one.key}><a href=${href("difficulties", { id: one.key })}>${title(one, source)}</a>
      <span class="muted">${word("difficulty_state", one.state)}</span></li>`,
  )}</ul>`;

export default institution({
  name: "visits",
  view: "visits",
  also: ["posts", "difficulties", "enterprises"],
  kind: "visit",
  lean: true,
  title: about,
  sort: "-visited_at",
  dated: true,
  personal: true,
  columns: [
    { key: "visited_at", kind: "instant", width: "11rem" },
    { key: "whom", of: about, width: "minmax(9rem, 1.5fr)", long: true },
    { key: "post", of: (row, source) => postName(row.post, source), width: "minmax(8rem, 1fr)" },
    { key: "area", kind: "area", width: "minmax(6rem, 1fr)" },
    { key: "difficulties", kind: "number", of: (row, source) => raised(row, source).length, width: "6rem" },
  ],
  facts: [
    { key: "visited_at", kind: "instant" },
    enterpriseColumn,
    { key: "group" },
    { key: "post", of: (row, source) => postName(row.post, source) },
    { key: "area", kind: "area" },
    { key: "heard" },
  ],
  filters: [
    { key: "area", kind: "area" },
    { key: "post", say: (code, source) => postName(code, source) },
  ],
  parts: [{ key: "difficulties", body: Raised, when: (row, source) => raised(row, source).length > 0 }],
  imports: true,
  make: [
    {
      command: "visit.record",
      fact: true,
      fields: [
        { ...enterprise(), codes: ["visit.nobody", "enterprise.unknown", "enterprise.later"] },
        { name: "group", most: 200 },
        { name: "post", kind: "pick", options: (source) => postChoices(source, null) },
        { name: "area", kind: "area" },
        { name: "heard", kind: "lines", most: 4000 },
      ],
    },
  ],
  forms: [
    {
      command: "difficulty.register",
      main: true,
      fields: [
        { name: "category", kind: "code", list: "difficulty", required: true, codes: ["difficulty.nobody"] },
        { name: "text", kind: "lines", required: true, most: 4000 },
        { name: "contact", most: 200 },
      ],
      data: (values, row) => ({ ...values, visit: row.visit }),
    },
    { command: "visit.erase", note: "erase_note", fields: [] },
  ],
});
