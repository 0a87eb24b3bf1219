// Posts: who answers for what, with holders, terms and vacancies; and the tree with its gaps.

import { uuid } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";
import {
  chargesText,
  chargeText,
  holderOf,
  isHeld,
  isVacant,
  postChoices,
  postName,
  readCharge,
  stateOf,
  TASKS,
  unitChoices,
  unitName,
  vacantSince,
  words,
  written,
} from "../lib/posts/posts.js";
import { html } from "../lib/preact.js";
import { codes, termName } from "../lib/terms.js";
import { stamp } from "../lib/time.js";

const Terms = ({ row }) =>
  html`<ol class="folk-lines">${[...row.terms].reverse().map(
    (one) => html`<li key=${one.since}><span><bdi>${one.holder_name ?? t("posts.no_name")}</bdi></span>
    <span class="muted">${stamp(one.since)} – ${one.until ? stamp(one.until) : ""}</span></li>`,
  )}</ol>`;

const Charges = ({ row }) =>
  html`<ul class="folk-lines">${row.charges.map(
    (one) => html`<li key=${written(one)}>${chargeText(one)}</li>`,
  )}</ul>`;

const stands = (row) => row.state !== "abolished";
/** @type {import("../lib/institution/types.js").FormField} */
const unit = {
  name: "unit",
  kind: "pick",
  options: unitChoices,
  required: true,
  codes: ["unit.dissolved", "unit.not_yet"],
};
/** @type {import("../lib/institution/types.js").FormField} */
const parent = {
  name: "parent",
  kind: "pick",
  options: postChoices,
  codes: ["post.circle", "post.abolished", "post.not_yet"],
};
/** @type {import("../lib/institution/types.js").FormField} */
const first = { name: "first", kind: "flag", codes: ["post.first_taken"] };

export default institution({
  name: "posts",
  view: "posts",
  also: ["units"],
  kind: "post",
  title: (row) => row.name,
  sort: "name",
  columns: [
    { key: "name", width: "minmax(8rem, 1.6fr)" },
    { key: "unit", of: (row, source) => unitName(row.unit, source), width: "minmax(8rem, 1.6fr)" },
    { key: "holder_name", of: holderOf, width: "minmax(6rem, 1fr)" },
    { key: "state", kind: "state", domain: "post_state", of: stateOf, width: "7rem" },
    { key: "vacant_since", kind: "instant", of: vacantSince, width: "12rem", wide: true },
    { key: "charges", of: chargesText, width: "minmax(9rem, 2fr)" },
    { key: "area", kind: "area", width: "minmax(7rem, 1fr)", wide: true },
  ],
  facts: [
    { key: "unit", of: (row, source) => unitName(row.unit, source) },
    { key: "parent", of: (row, source) => postName(row.parent, source) },
    { key: "first", kind: "flag" },
    { key: "area", kind: "area" },
    { key: "holder_name", of: holderOf },
    { key: "since", kind: "instant" },
    { key: "until", kind: "instant" },
    { key: "vacant_since", kind: "instant", of: vacantSince },
    { key: "acts_as" },
  ],
  filters: [
    { key: "area", kind: "area" },
    {
      key: "unit",
      say: unitName,
    },
    { key: "state", domain: "post_state", of: stateOf },
    {
      key: "trade",
      of: (row) => row.charges.map(({ trade }) => trade),
      say: (code) => termName("trade", code),
    },
    { key: "task", domain: "post_task", of: (row) => row.charges.map(({ task }) => task), codes: TASKS },
  ],
  dated: true,
  personal: true,
  parts: [
    { key: "charges", body: Charges, when: (row) => row.charges.length > 0 },
    { key: "terms", body: Terms, when: (row) => row.terms.length > 0 },
  ],
  pictures: [{ key: "tree", load: () => import("../lib/posts/tree.js") }],
  imports: true,
  make: [
    {
      command: "post.create",
      fact: true,
      fields: [
        { name: "name", required: true, most: 200 },
        unit,
        { name: "area", kind: "area", required: true },
        parent,
        first,
      ],
    },
  ],
  forms: [
    {
      command: "post.appoint",
      main: true,
      fact: true,
      fields: [
        { name: "holder_name", required: true, most: 200, codes: ["post.held", "post.held_later"] },
        { name: "until", kind: "instant", codes: ["post.term_ends_first"] },
        { name: "acts_as", most: 200 },
      ],
      data: (values) => ({ ...values, holder: uuid() }),
      when: isVacant,
    },
    {
      command: "post.vacate",
      main: true,
      note: "vacate_note",
      fact: true,
      fields: [],
      when: isHeld,
    },
    {
      command: "post.charge",
      fact: true,
      fields: [
        {
          name: "task",
          kind: "pick",
          options: words("post_task", TASKS),
          required: true,
          codes: ["post.charge_taken"],
        },
        { name: "area", kind: "area", required: true, from: (row) => row.area },
        {
          name: "trade",
          kind: "pick",
          options: () => codes("trade").map((code) => [code, termName("trade", code)]),
        },
      ],
      when: stands,
    },
    {
      command: "post.relieve",
      fact: true,
      fields: [
        {
          name: "charge",
          kind: "pick",
          required: true,
          options: (_source, row) => row.charges.map((one) => [written(one), chargeText(one)]),
        },
      ],
      data: ({ charge }) => readCharge(charge),
      when: (row) => stands(row) && row.charges.length > 0,
    },
    {
      command: "post.rename",
      fact: true,
      fields: [{ name: "name", required: true, most: 200, from: (row) => row.name }],
      when: stands,
    },
    {
      command: "post.move",
      fact: true,
      fields: [
        { ...unit, from: (row) => row.unit },
        { name: "area", kind: "area", required: true, from: (row) => row.area },
        { ...parent, from: (row) => row.parent },
        { ...first, from: (row) => row.first },
      ],
      data: (values) => ({ ...values, parent: values.parent || null, first: Boolean(values.first) }),
      when: stands,
    },
    { command: "post.abolish", note: "abolish_note", fact: true, fields: [], when: stands },
  ],
});
