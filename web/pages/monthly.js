// Monthly reviews: each fixes what was known that day. What is known of it since stands beside it.

import { institution } from "../lib/institution/page.js";
import { Figures } from "../lib/supervision/review.js";

export default institution({
  name: "monthly",
  view: "monthly_reviews",
  also: ["undertakings"],
  kind: "monthly_review",
  title: (row) => row.month,
  sort: "-month",
  dated: true,
  columns: [
    { key: "month", width: "minmax(6rem, 1fr)" },
    { key: "area", kind: "area", width: "minmax(6rem, 1fr)" },
    { key: "held_at", kind: "instant", width: "11rem" },
    { key: "raised", kind: "number", width: "6rem" },
    { key: "open", kind: "number", width: "6rem" },
    { key: "done", kind: "number", width: "6rem" },
    { key: "withdrawn", kind: "number", width: "6rem", wide: true },
    { key: "overdue", kind: "number", width: "6rem" },
  ],
  facts: [
    { key: "month" },
    { key: "area", kind: "area" },
    { key: "held_at", kind: "instant" },
    { key: "position", kind: "number" },
    { key: "note" },
  ],
  filters: [{ key: "area", kind: "area" }],
  parts: [{ key: "figures", body: Figures }],
  make: [
    {
      command: "monthly_review.hold",
      note: "hold_note",
      fields: [
        {
          name: "month",
          required: true,
          most: 7,
          codes: ["monthly_review.held", "monthly_review.future"],
        },
        { name: "note", most: 200 },
        { name: "area", kind: "area" },
      ],
    },
  ],
});
