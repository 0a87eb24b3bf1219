// Nominations: who is nominated for which honour, what the log shows of the deeds, and the review.

import { post, postColumn } from "../lib/alliance/parts.js";
import { Deeds } from "../lib/honours/parts.js";
import { number, t } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";
import { coded } from "../lib/institution/show.js";
import { words } from "../lib/posts/posts.js";

/** @typedef {import("../lib/institution/types.js").FormField} FormField */

const STATES = ["nominated", "approved", "rejected", "awarded", "withdrawn"];
const KINDS = ["hours", "task", "visit", "activity", "claim"];
const reviewable = (row) => ["nominated", "approved", "rejected"].includes(row.state);
/** Fields of a deed, each asked for if its kind needs it.
 *
 * @param {string} kind
 * @param {FormField} field
 * @returns {FormField}
 */
const needed = (kind, field) => ({ ...field, required: true, when: ({ deed }) => deed === kind });

export default institution({
  name: "nominations",
  view: "nominations",
  also: ["posts"],
  kind: "nomination",
  lean: true,
  title: (row) => t("nominations.of", { honour: coded("honour", row.honour) }),
  sort: "-made_at",
  dated: true,
  personal: true,
  columns: [
    { key: "worker", kind: "worker", width: "minmax(9rem, 1.4fr)" },
    { key: "honour", kind: "code", domain: "honour", width: "minmax(8rem, 1fr)" },
    { key: "state", kind: "state", domain: "nomination_state", width: "8rem" },
    { key: "deed_count", kind: "number", width: "6rem" },
    { key: "shown", kind: "number", width: "6rem" },
    { key: "claims", kind: "number", width: "6rem" },
    { key: "area", kind: "area", width: "minmax(6rem, 1fr)", wide: true },
    { key: "made_at", kind: "instant", width: "11rem", wide: true, bare: true },
  ],
  facts: [
    { key: "worker", kind: "worker" },
    { key: "honour", kind: "code", domain: "honour" },
    { key: "state", kind: "state", domain: "nomination_state" },
    { key: "text" },
    postColumn("post"),
    { key: "shown", kind: "number" },
    { key: "claims", kind: "number" },
    { key: "person_times", kind: "number" },
    { key: "hours", kind: "number" },
    { key: "reason" },
    { key: "area", kind: "area" },
    { key: "made_at", kind: "instant" },
  ],
  filters: [
    { key: "area", kind: "area" },
    { key: "state", domain: "nomination_state", codes: STATES },
    { key: "honour", domain: "honour" },
  ],
  parts: [{ key: "deeds", body: Deeds, when: (row) => row.deeds.length > 0 }],
  sums: (rows) => t("nominations.sum_claims", { n: number(rows.filter((row) => row.claims > 0).length) }),
  make: [
    {
      command: "nomination.make",
      fact: true,
      fields: [
        { name: "worker", required: true, most: 64, codes: ["worker.unknown", "worker.retired"] },
        { name: "honour", kind: "code", list: "honour", required: true },
        post("post"),
        { name: "text", kind: "lines", most: 4000 },
        { name: "area", kind: "area" },
      ],
    },
  ],
  forms: [
    {
      command: "nomination.add_deed",
      main: true,
      note: "deed_note",
      when: (row) => row.state === "nominated",
      fields: [
        { name: "deed", kind: "pick", options: words("deed", KINDS), required: true },
        needed("hours", { name: "since", kind: "instant", codes: ["nomination.period"] }),
        needed("hours", { name: "until", kind: "instant" }),
        needed("task", {
          name: "assignment",
          most: 64,
          codes: ["assignment.unknown", "nomination.not_theirs"],
        }),
        needed("visit", { name: "visit", most: 64, codes: ["visit.unknown"] }),
        needed("activity", { name: "activity", most: 64, codes: ["activity.unknown"] }),
        { name: "note", most: 200, codes: ["nomination.no_link"] },
      ],
    },
    {
      command: "nomination.review",
      note: "review_note",
      fact: true,
      when: reviewable,
      fields: [
        { name: "verdict", kind: "pick", options: words("verdict", ["approve", "reject"]), required: true },
        { name: "reason", most: 200, codes: ["nomination.no_reason"] },
      ],
    },
    {
      command: "award.grant",
      fact: true,
      when: (row) => row.state === "approved",
      fields: [{ name: "title", required: true, most: 200 }, post("post")],
    },
    {
      command: "nomination.withdraw",
      fact: true,
      when: reviewable,
      fields: [{ name: "reason", required: true, most: 200 }],
    },
    { command: "nomination.erase", note: "erase_note", fields: [] },
  ],
});
