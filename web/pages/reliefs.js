// Measures of relief, and which enterprises received them.

import { enterpriseName } from "../lib/alliance/difficulty.js";
import { enterprise, Lines, post, postColumn } from "../lib/alliance/parts.js";
import { institution } from "../lib/institution/page.js";
import { html } from "../lib/preact.js";

const inForce = (row) => row.state === "in_force";
const Received = ({ row, source }) =>
  html`<${Lines} items=${row.enterprises.map((one) => enterpriseName(one, source))} />`;

export default institution({
  name: "reliefs",
  view: "reliefs",
  also: ["posts", "enterprises"],
  kind: "relief",
  lean: true,
  title: (row) => row.title,
  sort: "title",
  dated: true,
  columns: [
    { key: "title", width: "minmax(10rem, 2fr)" },
    { ...postColumn("owner"), width: "minmax(8rem, 1fr)" },
    { key: "state", kind: "state", domain: "relief_state", width: "8rem" },
    { key: "received", kind: "number", width: "7rem" },
    { key: "adopted_at", kind: "date", width: "10rem" },
  ],
  filters: [
    { key: "area", kind: "area" },
    { key: "state", domain: "relief_state", codes: ["in_force", "ended"] },
  ],
  parts: [{ key: "enterprises", body: Received, when: (row) => row.enterprises.length > 0 }],
  make: [
    {
      command: "relief.adopt",
      fact: true,
      fields: [{ name: "title", required: true, most: 200 }, post("owner"), { name: "area", kind: "area" }],
    },
  ],
  forms: [
    {
      command: "relief.grant",
      main: true,
      fact: true,
      fields: [enterprise(true), { name: "note", most: 200 }],
      when: inForce,
    },
    { command: "relief.end", fact: true, fields: [], when: inForce },
  ],
});
