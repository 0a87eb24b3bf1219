// Duty lists: what each post has to do, with evidence, and who took it over.

import { post, postColumn } from "../lib/alliance/parts.js";
import { t } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";
import { html } from "../lib/preact.js";
import { FILE_CODES, Files } from "../lib/sealed.js";
import { stamp } from "../lib/time.js";
import { personText } from "../lib/training/parts.js";

/** The files that show that a duty was done. */
const Evidence = ({ row }) =>
  row.files.length === 0
    ? html`<p class="muted">${t("duties.no_files")}</p>`
    : html`<${Files} files=${row.files.map(({ file, at, note }) => ({
        file,
        name: [t("duties.file_of", { at: stamp(at) }), note].filter(Boolean).join(" · "),
      }))} />`;

const listed = (row) => row.state === "listed";
const holder = {
  key: "holder",
  of: (row, source) => (row.holder ? personText(`holder/${row.holder}`, source) : null),
};

export default institution({
  name: "duties",
  view: "duty_items",
  also: ["posts"],
  kind: "duty_item",
  title: (row) => row.title,
  sort: "title",
  dated: true,
  columns: [
    { key: "title", width: "minmax(10rem, 2fr)" },
    { ...postColumn("post"), width: "minmax(8rem, 1.5fr)" },
    { key: "due", kind: "instant", width: "11rem", wide: true },
    { key: "state", kind: "state", domain: "duty_item_state", width: "8rem" },
    { key: "shown", kind: "number", width: "6rem" },
    { ...holder, width: "minmax(7rem, 1fr)", wide: true },
    { key: "area", kind: "area", width: "minmax(6rem, 1fr)", wide: true },
  ],
  facts: [
    { key: "state", kind: "state", domain: "duty_item_state" },
    postColumn("post"),
    { key: "area", kind: "area" },
    { key: "due", kind: "instant" },
    { key: "listed_at", kind: "instant" },
    { key: "shown", kind: "number" },
    { key: "shown_at", kind: "instant" },
    holder,
    { key: "taken_over_at", kind: "instant" },
    { key: "reason" },
  ],
  filters: [
    { key: "area", kind: "area" },
    { key: "state", domain: "duty_item_state", codes: ["listed", "struck"], otherwise: ["listed"] },
  ],
  parts: [{ key: "evidence", body: Evidence }],
  make: [
    {
      command: "duty_item.list",
      fact: true,
      fields: [
        post("post", true),
        { name: "title", required: true, most: 200 },
        { name: "due", kind: "instant", planned: true },
      ],
    },
  ],
  forms: [
    {
      command: "duty_item.show",
      fact: true,
      fields: [
        { name: "file", kind: "file", required: true, codes: FILE_CODES },
        { name: "note", most: 200 },
      ],
      when: listed,
    },
    {
      command: "duty_item.take_over",
      main: true,
      fact: true,
      note: "take_note",
      fields: [],
      when: listed,
    },
    {
      command: "duty_item.strike",
      fact: true,
      fields: [{ name: "reason", required: true, most: 200 }],
      when: listed,
    },
    { command: "duty_item.erase", note: "erase_note", fields: [], when: (row) => row.shown > 0 },
  ],
});
