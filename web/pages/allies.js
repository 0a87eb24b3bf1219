// Members of the alliance.

import { institution } from "../lib/institution/page.js";
import { words } from "../lib/posts/posts.js";

const KINDS = ["trade_chapter", "community_chapter", "unit", "enterprise"];

export default institution({
  name: "allies",
  view: "allies",
  kind: "ally",
  title: (row) => row.name,
  sort: "name",
  dated: true,
  columns: [
    { key: "name", width: "minmax(10rem, 2fr)" },
    { key: "kind", kind: "code", domain: "ally_kind", width: "minmax(8rem, 1fr)" },
    { key: "area", kind: "area", width: "minmax(6rem, 1fr)" },
    { key: "state", kind: "state", domain: "ally_state", width: "7rem" },
    { key: "joined_at", kind: "date", width: "10rem" },
  ],
  filters: [
    { key: "area", kind: "area" },
    { key: "kind", domain: "ally_kind", codes: KINDS },
    { key: "state", domain: "ally_state", codes: ["member", "gone"], otherwise: ["member"] },
  ],
  make: [
    {
      command: "ally.join",
      fact: true,
      fields: [
        { name: "name", required: true, most: 200 },
        { name: "kind", kind: "pick", options: words("ally_kind", KINDS), required: true },
        { name: "area", kind: "area" },
      ],
    },
  ],
  forms: [{ command: "ally.leave", fact: true, fields: [], when: (row) => row.state === "member" }],
});
