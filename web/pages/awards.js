// Awards: what was given to whom, the paper and the badge, and whether it still holds.

import { postColumn } from "../lib/alliance/parts.js";
import { Papers } from "../lib/honours/parts.js";
import { t } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";
import { html } from "../lib/preact.js";
import { href } from "../lib/router.js";
import { hasRight } from "../lib/store.js";

const valid = (row) => row.state === "valid";

export default institution({
  name: "awards",
  view: "awards",
  also: ["posts"],
  kind: "award",
  title: (row) => row.title,
  sort: "-granted_at",
  dated: true,
  columns: [
    { key: "title", width: "minmax(10rem, 2fr)" },
    { key: "worker", kind: "worker", width: "minmax(9rem, 1.4fr)" },
    { key: "honour", kind: "code", domain: "honour", width: "minmax(8rem, 1fr)", wide: true },
    { key: "state", kind: "state", domain: "award_state", width: "7rem" },
    { key: "shown", kind: "number", width: "6rem", wide: true },
    { key: "area", kind: "area", width: "minmax(6rem, 1fr)" },
    { key: "granted_at", kind: "instant", width: "11rem" },
  ],
  facts: [
    { key: "worker", kind: "worker" },
    { key: "honour", kind: "code", domain: "honour" },
    { key: "state", kind: "state", domain: "award_state" },
    {
      key: "nomination",
      cell: (row) =>
        html`<a href=${href("nominations", { id: row.nomination })}>${t("awards.for_nomination")}</a>`,
    },
    postColumn("post"),
    { key: "deed_count", kind: "number" },
    { key: "shown", kind: "number" },
    { key: "person_times", kind: "number" },
    { key: "hours", kind: "number" },
    { key: "area", kind: "area" },
    { key: "granted_at", kind: "instant" },
    { key: "revoked_at", kind: "instant" },
  ],
  filters: [
    { key: "area", kind: "area" },
    { key: "state", domain: "award_state", codes: ["valid", "revoked"] },
    { key: "honour", domain: "honour" },
  ],
  parts: [{ key: "papers", body: Papers, when: (row) => valid(row) && hasRight("reveal") }],
  forms: [
    {
      command: "award.revoke",
      note: "revoke_note",
      fact: true,
      when: valid,
      fields: [{ name: "reason", required: true, most: 64 }],
    },
  ],
});
