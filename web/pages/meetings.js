// Joint meetings: who was there, and the decisions that became tasks.

import { ids, Lines, post } from "../lib/alliance/parts.js";
import { word } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";
import { postName } from "../lib/posts/posts.js";
import { html } from "../lib/preact.js";
import { href } from "../lib/router.js";
import { stamp } from "../lib/time.js";

const decided = (row, source) =>
  [...source.rows("commitments").values()].filter((one) => one.meeting === row.meeting);

const Present = ({ row, source }) =>
  html`<${Lines} items=${row.allies.map((one) => source.rows("allies").get(one)?.name ?? one)} />`;

const Decisions = ({ row, source }) =>
  html`<ul class="folk-lines">${decided(row, source).map(
    (one) => html`<li key=${one.key}><a href=${href("commitments", { id: one.key })}>${one.title}</a>
      <span class="muted">${[
        postName(one.owner, source),
        one.due && stamp(one.due),
        word("commitment_state", one.state),
      ]
        .filter(Boolean)
        .join(" · ")}</span></li>`,
  )}</ul>`;

export default institution({
  name: "meetings",
  view: "meetings",
  also: ["allies", "commitments", "posts"],
  kind: "meeting",
  title: (row) => row.title,
  sort: "-held_at",
  dated: true,
  columns: [
    { key: "held_at", kind: "instant", width: "11rem" },
    { key: "title", width: "minmax(10rem, 2fr)" },
    { key: "area", kind: "area", width: "minmax(6rem, 1fr)" },
    { key: "attendance", kind: "number", width: "7rem" },
  ],
  filters: [{ key: "area", kind: "area" }],
  parts: [
    { key: "decisions", body: Decisions, when: (row, source) => decided(row, source).length > 0 },
    { key: "allies", body: Present, when: (row) => row.allies.length > 0 },
  ],
  make: [
    {
      command: "meeting.hold",
      fact: true,
      fields: [
        { name: "title", required: true, most: 200 },
        { name: "allies", most: 4000, codes: ["ally.unknown", "meeting.no_member"] },
        { name: "area", kind: "area" },
      ],
      data: ({ allies, ...values }) => ({ ...values, allies: ids(allies) }),
    },
  ],
  forms: [
    {
      command: "commitment.make",
      main: true,
      fields: [
        { name: "title", required: true, most: 200 },
        post("owner", true),
        { name: "due", kind: "instant", planned: true, codes: ["commitment.due_before"] },
      ],
      data: (values, row) => ({ ...values, kind: "decision", meeting: row.meeting }),
    },
  ],
});
