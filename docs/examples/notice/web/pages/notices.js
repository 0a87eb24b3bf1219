// Notices: a list, with one beside it.

import { institution } from "../lib/institution/page.js";

export default institution({
  name: "notices",
  view: "notices",
  kind: "notice",
  title: (row) => row.title,
  sort: "-posted_at",
  columns: [
    { key: "title", width: "minmax(10rem, 2fr)" },
    { key: "area", kind: "area", width: "minmax(7rem, 1fr)" },
    { key: "state", kind: "state", domain: "notice_state", width: "8rem" },
    { key: "confirmed", kind: "number", width: "7rem" },
    { key: "posted_at", kind: "instant", width: "9rem" },
  ],
  filters: [
    { key: "area", kind: "area" },
    { key: "state", domain: "notice_state", otherwise: ["posted"] },
  ],
  personal: true,
  make: [
    {
      command: "notice.post",
      fields: [
        { name: "title", required: true },
        { name: "area", kind: "area", required: true },
        { name: "contact" },
      ],
    },
  ],
  forms: [{ command: "notice.withdraw", fields: [], when: (row) => row.state === "posted" }],
});
