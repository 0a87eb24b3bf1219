// Difficulties as a board: whose each is, how old, who is waiting in red, and what was said at each step.

import {
  ACTIVE,
  about,
  Days,
  days,
  late,
  OPEN,
  Owner,
  STATES,
  Steps,
  title,
} from "../lib/alliance/difficulty.js";
import { enterprise, enterpriseColumn } from "../lib/alliance/parts.js";
import { Shown } from "../lib/alliance/shown.js";
import { called } from "../lib/called.js";
import { number, t } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";
import { postChoices, postName } from "../lib/posts/posts.js";
import { html } from "../lib/preact.js";
import { href } from "../lib/router.js";

/** @typedef {import("../lib/institution/types.js").FormField} FormField */

const active = (row) => ACTIVE.includes(row.state);
/** @type {FormField} */
const reason = { name: "reason", kind: "code", list: "difficulty_end", required: true };
/** @type {FormField} */
const answer = { name: "answer", kind: "lines", most: 4000 };
/** @type {FormField} */
const text = { name: "text", kind: "lines", most: 4000 };

export default institution({
  name: "difficulties",
  view: "difficulties",
  also: ["posts", "enterprises"],
  kind: "difficulty",
  lean: true,
  title,
  sort: "raised_at",
  dated: true,
  personal: true,
  columns: [
    { key: "category", kind: "code", domain: "difficulty", width: "minmax(8rem, 1fr)" },
    { key: "text", width: "minmax(10rem, 2fr)", long: true },
    { key: "about", of: about, width: "minmax(7rem, 1fr)", wide: true },
    { key: "state", kind: "state", domain: "difficulty_state", width: "8rem" },
    {
      key: "owner",
      of: (row, source) => postName(row.owner, source),
      cell: (row, source) => html`<${Owner} row=${row} source=${source} />`,
      width: "minmax(8rem, 1.2fr)",
    },
    {
      key: "days",
      kind: "number",
      of: days,
      cell: (row, source) => html`<${Days} row=${row} source=${source} />`,
      width: "5rem",
    },
    { key: "area", kind: "area", width: "minmax(6rem, 1fr)", wide: true },
    { key: "raised_at", kind: "instant", width: "11rem", wide: true, bare: true },
  ],
  facts: [
    { key: "state", kind: "state", domain: "difficulty_state" },
    { key: "text" },
    { key: "category", kind: "code", domain: "difficulty" },
    {
      key: "owner",
      of: (row, source) => postName(row.owner, source),
      cell: (row, source) => html`<${Owner} row=${row} source=${source} />`,
    },
    { key: "offered_to", of: (row, source) => postName(row.offered_to, source) },
    { key: "days", of: days, cell: (row, source) => html`<${Days} row=${row} source=${source} />` },
    { key: "due", kind: "instant" },
    { key: "level", kind: "number" },
    { key: "reopened", kind: "number" },
    { key: "askers", kind: "number" },
    { key: "into" },
    { key: "reason", kind: "code", domain: "difficulty_end" },
    enterpriseColumn,
    { key: "group" },
    { key: "trade", kind: "code", domain: "trade" },
    {
      key: "visit",
      cell: (row) =>
        row.visit && html`<a href=${href("visits", { id: row.visit })}>${called("visit", row.visit)}</a>`,
    },
    { key: "channel", kind: "code", domain: "difficulty_channel" },
    { key: "contact" },
    { key: "area", kind: "area" },
    { key: "raised_at", kind: "instant" },
    { key: "ended_at", kind: "instant" },
  ],
  filters: [
    { key: "area", kind: "area" },
    { key: "state", domain: "difficulty_state", codes: STATES, otherwise: OPEN },
    { key: "category", domain: "difficulty" },
    { key: "owner", say: (code, source) => postName(code, source) },
    { key: "channel", domain: "difficulty_channel", codes: ["visit", "office", "below"] },
    { key: "overdue", kind: "flag", of: late },
  ],
  pictures: [
    { key: "board", load: () => import("../lib/alliance/waiting.js") },
    { key: "ages", load: () => import("../lib/alliance/ages.js") },
  ],
  parts: [
    { key: "shown", body: Shown, when: (row) => row.files.length > 0 },
    { key: "steps", body: Steps },
  ],
  imports: true,
  sums: (rows, source) =>
    html`<span>${t("difficulties.sum_open", {
      n: number(rows.filter((row) => OPEN.includes(row.state)).length),
    })}</span>
      <span class=${rows.some((row) => late(row, source)) ? "late" : ""}>${t("difficulties.sum_late", {
        n: number(rows.filter((row) => late(row, source)).length),
      })}</span>`,
  make: [
    {
      command: "difficulty.register",
      fact: true,
      fields: [
        { name: "category", kind: "code", list: "difficulty", required: true },
        { ...text, required: true },
        { name: "contact", most: 200 },
        enterprise(),
        { name: "group", most: 200 },
        { name: "area", kind: "area", codes: ["difficulty.nobody"] },
      ],
    },
  ],
  forms: [
    {
      command: "difficulty.answer",
      main: true,
      note: "answer_note",
      when: active,
      fields: [{ ...answer, required: true }],
    },
    { command: "difficulty.take", main: true, when: (row) => row.state === "offered", fields: [] },
    {
      command: "difficulty.give_back",
      when: (row) => row.state === "offered",
      fields: [reason, { name: "note", most: 200 }],
    },
    {
      command: "difficulty.offer",
      note: "offer_note",
      when: active,
      fields: [
        {
          name: "to",
          kind: "pick",
          options: (source) => postChoices(source, null),
          required: true,
          codes: ["difficulty.to_itself", "post.abolished", "post.not_yet"],
        },
        { name: "note", most: 200 },
      ],
    },
    {
      command: "difficulty.confirm",
      note: "word_note",
      fact: true,
      when: (row) => row.state === "answered",
      fields: [],
    },
    {
      command: "difficulty.reopen",
      note: "word_note",
      fact: true,
      when: (row) => ["answered", "solved", "declined", "closed"].includes(row.state),
      fields: [text],
    },
    { command: "difficulty.decline", note: "decline_note", when: active, fields: [reason, answer] },
    { command: "difficulty.close", note: "decline_note", when: active, fields: [reason, answer] },
    {
      command: "difficulty.withdraw",
      note: "word_note",
      fact: true,
      when: (row) => OPEN.includes(row.state),
      fields: [],
    },
    {
      command: "difficulty.merge",
      note: "merge_note",
      when: (row) => OPEN.includes(row.state),
      fields: [
        {
          name: "into",
          required: true,
          most: 64,
          codes: ["difficulty.into_itself", "difficulty.unknown", "difficulty.too_many"],
        },
      ],
    },
    { command: "difficulty.erase", note: "erase_note", fields: [] },
  ],
});
