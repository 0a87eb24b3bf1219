// Published items: what was published where and when, and, as long as they consent, whom it names.

import { number, t, word } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";

const published = (row) => row.state === "published";

export default institution({
  name: "publications",
  view: "publications",
  kind: "publication",
  title: (row) => row.topic,
  sort: "-published_at",
  dated: true,
  personal: true,
  columns: [
    { key: "topic", width: "minmax(10rem, 2fr)" },
    { key: "name", width: "minmax(6rem, 1fr)" },
    { key: "channel", kind: "code", domain: "channel", width: "7rem" },
    { key: "outlet", width: "minmax(7rem, 1fr)", wide: true },
    { key: "honour", kind: "code", domain: "honour", width: "minmax(8rem, 1fr)", wide: true },
    { key: "trade", kind: "code", domain: "trade", width: "minmax(7rem, 1fr)", wide: true },
    { key: "published_at", kind: "date", width: "8rem" },
    { key: "state", kind: "state", domain: "publication_state", width: "7rem", wide: true },
  ],
  facts: [
    { key: "name" },
    { key: "text" },
    { key: "link" },
    { key: "unnamed", of: (row) => row.unnamed && word("unnamed", row.unnamed) },
    { key: "channel", kind: "code", domain: "channel" },
    { key: "outlet" },
    { key: "honour", kind: "code", domain: "honour" },
    { key: "trade", kind: "code", domain: "trade" },
    { key: "area", kind: "area" },
    { key: "published_at", kind: "instant" },
    { key: "state", kind: "state", domain: "publication_state" },
    { key: "reason" },
  ],
  filters: [
    { key: "channel", domain: "channel" },
    { key: "trade", domain: "trade" },
    { key: "honour", domain: "honour" },
    { key: "named", kind: "flag" },
    {
      key: "state",
      domain: "publication_state",
      codes: ["published", "retracted"],
      otherwise: ["published"],
    },
  ],
  imports: true,
  sums: (rows) => t("publications.sum_named", { n: number(rows.filter((row) => row.named).length) }),
  make: [
    {
      command: "publication.publish",
      fact: true,
      note: "publish_note",
      fields: [
        { name: "topic", required: true, most: 200 },
        { name: "channel", kind: "code", list: "channel", required: true },
        { name: "outlet", most: 200 },
        { name: "honour", kind: "code", list: "honour" },
        { name: "trade", kind: "code", list: "trade" },
        { name: "worker", most: 64, codes: ["publication.no_consent", "worker.unknown"] },
        { name: "name", most: 200, codes: ["publication.nobody"] },
        { name: "text", most: 200 },
        { name: "link", most: 500 },
        { name: "area", kind: "area" },
      ],
    },
  ],
  forms: [
    { command: "publication.erase", note: "erase_note", when: (row) => !row.unnamed, fields: [] },
    {
      command: "publication.retract",
      fact: true,
      when: published,
      fields: [{ name: "reason", required: true, most: 200 }],
    },
  ],
});
