// The service list in both directions, and decisions of meetings: who answers, who delivers, by when.

import { enterprise, enterpriseColumn, overdue, post, postColumn } from "../lib/alliance/parts.js";
import { called } from "../lib/called.js";
import { number, t } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";
import { postName, words } from "../lib/posts/posts.js";
import { html } from "../lib/preact.js";
import { href } from "../lib/router.js";
import { stamp } from "../lib/time.js";

const KINDS = ["to_enterprises", "by_enterprises", "decision"];
const STATE = /** @type {const} */ ({ key: "state", kind: "state", domain: "commitment_state" });
const open = (row) => row.state === "open";

/** The deadline, in red once it is over. */
const due = (row, source) =>
  row.due && html`<span class=${overdue(row, source) ? "late" : ""}>${stamp(row.due)}</span>`;

export default institution({
  name: "commitments",
  view: "commitments",
  also: ["posts", "enterprises"],
  kind: "commitment",
  lean: true,
  title: (row) => row.title,
  sort: "due",
  dated: true,
  columns: [
    { key: "title", width: "minmax(10rem, 2fr)", long: true },
    { key: "kind", kind: "code", domain: "commitment_kind", width: "minmax(8rem, 1fr)", wide: true },
    { ...postColumn("owner"), width: "minmax(8rem, 1fr)" },
    { ...postColumn("delivers"), width: "minmax(8rem, 1fr)", wide: true },
    { key: "due", kind: "instant", cell: due, width: "11rem" },
    { ...STATE, width: "8rem" },
    { key: "score", kind: "number", width: "5rem" },
  ],
  facts: [
    STATE,
    { key: "kind", kind: "code", domain: "commitment_kind" },
    postColumn("owner"),
    postColumn("delivers"),
    enterpriseColumn,
    {
      key: "meeting",
      cell: (row) =>
        row.meeting &&
        html`<a href=${href("meetings", { id: row.meeting })}>${called("meeting", row.meeting)}</a>`,
    },
    { key: "due", kind: "instant", cell: due },
    { key: "ended_at", kind: "instant" },
    { key: "reason" },
    { key: "score", kind: "number" },
    { key: "area", kind: "area" },
    { key: "made_at", kind: "instant" },
  ],
  filters: [
    { key: "area", kind: "area" },
    { key: "kind", domain: "commitment_kind", codes: KINDS },
    {
      key: "state",
      domain: "commitment_state",
      codes: ["open", "done", "dropped"],
      otherwise: ["open", "done"],
    },
    { key: "owner", say: (code, source) => postName(code, source) },
    { key: "overdue", kind: "flag", of: overdue },
  ],
  sums: (rows, source) => {
    const n = rows.filter((row) => overdue(row, source)).length;
    return html`<span class=${n > 0 ? "late" : ""}>${t("commitments.sum_late", { n: number(n) })}</span>`;
  },
  make: [
    {
      command: "commitment.make",
      fact: true,
      fields: [
        { name: "title", required: true, most: 200 },
        { name: "kind", kind: "pick", options: words("commitment_kind", KINDS), required: true },
        post("owner", true),
        post("delivers"),
        enterprise(),
        { name: "due", kind: "instant", planned: true, codes: ["commitment.due_before"] },
        { name: "area", kind: "area" },
      ],
    },
  ],
  forms: [
    {
      command: "commitment.finish",
      main: true,
      fact: true,
      fields: [{ name: "note", most: 200 }],
      when: open,
    },
    { command: "commitment.drop", fields: [{ name: "reason", required: true, most: 200 }], when: open },
    {
      command: "commitment.rate",
      fact: true,
      note: "rate_note",
      fields: [
        { ...enterprise(true), from: (row) => row.enterprise ?? "" },
        { name: "score", kind: "number", least: 1, most: 5, required: true },
      ],
      when: (row) => row.state === "done",
    },
  ],
});
