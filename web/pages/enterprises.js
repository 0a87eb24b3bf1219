// The ledger of enterprises: each with its path through three reviews and its history, and the funnel of all.

import { number, t } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";
import { DETAILS, Path, PLACES, STAGES, sentence } from "../lib/ledger/path.js";
import { words } from "../lib/posts/posts.js";
import { html } from "../lib/preact.js";

/** @typedef {import("../lib/institution/types.js").FormField} FormField */

const open = (row) => row.state === "open";
const onPath = (row) => open(row) && !["sent_back", "unreviewed"].includes(row.place);
/** @type {FormField[]} */
const DETAIL_FIELDS = [
  { name: "name", required: true, most: 200 },
  { name: "code", most: 64 },
  { name: "trade", kind: "code", list: "trade" },
  { name: "size", kind: "code", list: "size_class" },
  { name: "employees", kind: "number", least: 0, most: 10000000 },
  { name: "members", kind: "number", least: 0, most: 10000000 },
  { name: "platform", most: 200 },
  { name: "brand", most: 200 },
];
const TURN = ["review.before_its_turn", "review.not_yours", "review.nobody", "review.own_entry"];
/** @type {FormField} */
const stage = {
  name: "stage",
  kind: "pick",
  options: words("review_stage", STAGES),
  required: true,
  codes: [...TURN, "review.same_person", "review.not_open"],
  from: (row) => (row.place === "screen" || row.place === "verify" ? row.place : ""),
};
/** @type {FormField} */
const reason = { name: "reason", kind: "code", list: "send_back", required: true };
/** @type {FormField} */
const note = { name: "note", most: 200 };
/** The details of an enterprise as flags, asked for if only some are meant.
 *
 * @param {(values: any) => boolean} when
 * @returns {FormField[]}
 */
const flags = (when) => DETAILS.map((name) => ({ name: `only_${name}`, kind: "flag", when }));

/** Return the data of a form with the flagged details as `fields`.
 *
 * @param {Record<string, any>} values
 */
function named(values) {
  const fields = DETAILS.filter((name) => values[`only_${name}`]);
  const rest = Object.entries(values).filter(([name]) => name !== "some" && !name.startsWith("only_"));
  return { ...Object.fromEntries(rest), ...(fields.length > 0 && { fields }) };
}

export default institution({
  name: "enterprises",
  view: "enterprises",
  also: ["posts"],
  lean: true,
  kind: "enterprise",
  title: (row) => row.name,
  sort: "name",
  dated: true,
  columns: [
    { key: "name", width: "minmax(10rem, 2fr)" },
    { key: "code", width: "minmax(11rem, 1.2fr)", wide: true, long: true },
    { key: "trade", kind: "code", domain: "trade", width: "minmax(6rem, 1fr)" },
    { key: "area", kind: "area", width: "minmax(6rem, 1fr)" },
    { key: "employees", kind: "number", width: "6rem", wide: true },
    { key: "members", kind: "number", width: "6rem", wide: true },
    { key: "place", kind: "state", domain: "review_place", width: "minmax(7rem, 1fr)" },
    { key: "place_since", kind: "instant", width: "12rem", wide: true },
  ],
  facts: [
    { key: "code" },
    { key: "code_state", kind: "code", domain: "code_state" },
    { key: "trade", kind: "code", domain: "trade" },
    { key: "size", kind: "code", domain: "size_class" },
    { key: "employees", kind: "number" },
    { key: "members", kind: "number" },
    { key: "area", kind: "area" },
    { key: "platform" },
    { key: "brand" },
    { key: "state", kind: "state", domain: "enterprise_state" },
    { key: "in_ledger", kind: "flag" },
    { key: "place", kind: "state", domain: "review_place" },
    { key: "place_since", kind: "instant" },
    { key: "since", kind: "instant" },
  ],
  filters: [
    { key: "area", kind: "area" },
    { key: "place", domain: "review_place", codes: PLACES },
    { key: "trade", domain: "trade" },
    { key: "size", domain: "size_class" },
    { key: "in_ledger", kind: "flag" },
    { key: "code_state", domain: "code_state", codes: ["good", "missing", "old", "failing"] },
    {
      key: "state",
      domain: "enterprise_state",
      codes: ["open", "closed", "merged", "away"],
      otherwise: ["open"],
    },
    { key: "contradiction", kind: "flag", of: (row) => row.contradicted.length > 0 },
  ],
  pictures: [{ key: "funnel", load: () => import("../lib/ledger/funnel.js") }],
  parts: [{ key: "path", body: Path, when: (row) => Boolean(row.review) }],
  sentence,
  imports: true,
  sums: (rows) =>
    html`<span>${t("enterprises.in_ledger")} ${number(rows.filter((row) => row.in_ledger).length)}</span>
    <span>${t("enterprises.bad_codes")} ${number(
      rows.filter((row) => row.code_state !== "good").length,
    )}</span>`,
  make: [
    {
      command: "enterprise.register",
      fact: true,
      fields: [...DETAIL_FIELDS.slice(0, 6), { name: "area", kind: "area" }, ...DETAIL_FIELDS.slice(6)],
    },
  ],
  forms: [
    {
      command: "review.open",
      many: true,
      main: true,
      fact: true,
      fields: [],
      when: (row) => open(row) && ["unreviewed", "sent_back", "rejected"].includes(row.place),
    },
    {
      command: "review.judge",
      many: true,
      main: true,
      fact: true,
      fields: [
        stage,
        { name: "verdict", kind: "pick", options: words("opinion", ["approve", "reject"]), required: true },
        { ...reason, codes: ["review.no_reason"], when: ({ verdict }) => verdict === "reject" },
        { name: "some", kind: "flag", when: ({ verdict }) => verdict === "approve" },
        ...flags(({ verdict, some }) => verdict === "approve" && some),
        note,
      ],
      data: named,
      when: onPath,
    },
    {
      command: "review.send_back",
      many: true,
      fact: true,
      fields: [
        { ...stage, options: words("review_stage", [...STAGES, "answer"]) },
        reason,
        { name: "some", kind: "flag" },
        ...flags(({ some }) => some),
        note,
      ],
      data: named,
      when: onPath,
    },
    {
      command: "review.delegate",
      fact: true,
      fields: [
        stage,
        {
          name: "to",
          kind: "pick",
          required: true,
          options: (source) =>
            [...source.rows("posts").values()]
              .filter((post) => post.state !== "abolished")
              .map((post) => /** @type {[string, string]} */ ([post.post, post.name])),
          codes: ["post.abolished", "post.not_yet"],
        },
        note,
      ],
      when: onPath,
    },
    { command: "enterprise.amend", amends: true, fact: true, fields: DETAIL_FIELDS, when: open },
    {
      command: "enterprise.move",
      fact: true,
      note: "move_note",
      fields: [
        { name: "area", kind: "area", codes: ["enterprise.where"] },
        { name: "to", most: 200 },
      ],
      when: open,
    },
    {
      command: "enterprise.merge",
      fact: true,
      fields: [
        {
          name: "into",
          kind: "enterprise",
          required: true,
          but: (row) => row.key,
          codes: ["enterprise.into_itself", "enterprise.unknown", "enterprise.ended"],
        },
      ],
      when: open,
    },
    {
      command: "enterprise.close",
      fact: true,
      fields: [{ name: "reason", most: 200 }],
      when: open,
    },
    {
      command: "enterprise.reopen",
      fact: true,
      fields: [{ name: "reason", most: 200 }],
      when: (row) => !open(row),
    },
  ],
});
