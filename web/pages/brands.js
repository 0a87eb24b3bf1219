// Brands of trades: each with a mark and a colour of its own, and the contrast between them.

import { Brand } from "../lib/honours/brand.js";
import { institution } from "../lib/institution/page.js";
import { coded } from "../lib/institution/show.js";
import { html } from "../lib/preact.js";

/** @typedef {import("../lib/institution/types.js").FormField} FormField */

const inUse = (row) => row.state === "in_use";
/** @type {FormField[]} */
const LOOKS = [
  { name: "name", required: true, most: 200 },
  { name: "slogan", most: 200 },
  { name: "mark", kind: "lines", required: true, most: 4000 },
  { name: "colour", required: true, most: 7, codes: ["brand.contrast"] },
  { name: "ink", most: 7 },
];

export default institution({
  name: "brands",
  view: "brands",
  kind: "brand",
  title: (row) => row.name,
  sort: "trade",
  dated: true,
  columns: [
    {
      key: "name",
      cell: (row) => html`<${Brand} brand=${row} />`,
      width: "minmax(12rem, 2fr)",
    },
    { key: "trade", of: (row) => coded("trade", row.trade), width: "minmax(8rem, 1fr)" },
    { key: "contrast", kind: "number", width: "6rem" },
    { key: "state", kind: "state", domain: "brand_state", width: "7rem" },
    { key: "since", kind: "instant", width: "11rem", wide: true },
  ],
  facts: [
    { key: "name", cell: (row) => html`<${Brand} brand=${row} />` },
    { key: "slogan" },
    { key: "colour" },
    { key: "ink" },
    { key: "contrast", kind: "number" },
    { key: "state", kind: "state", domain: "brand_state" },
    { key: "reason" },
    { key: "area", kind: "area" },
    { key: "since", kind: "instant" },
    { key: "retired_at", kind: "instant" },
  ],
  filters: [
    { key: "trade", domain: "trade" },
    { key: "state", domain: "brand_state", codes: ["in_use", "retired"] },
  ],
  make: [
    {
      command: "brand.register",
      fact: true,
      note: "look_note",
      fields: [{ name: "trade", kind: "code", list: "trade", required: true }, ...LOOKS],
    },
  ],
  forms: [
    { command: "brand.amend", amends: true, fact: true, when: inUse, fields: LOOKS },
    { command: "brand.retire", fact: true, when: inUse, fields: [{ name: "reason", most: 200 }] },
  ],
});
