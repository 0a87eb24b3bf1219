// Leaders of chapters: who leads which, and which chapter has none, since when.

import { get } from "../lib/api.js";
import { number, t } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";
import { html } from "../lib/preact.js";
import { href } from "../lib/router.js";

const MOST = 20000;

/** Read the living chapters; each row has its chapter as key. Throws Problem. */
async function load(jurisdiction, at) {
  const { items } = await get(`/${jurisdiction}/leaders`, { limit: MOST, ...(at && { at }) });
  return items.map((one) => ({ ...one, key: one.chapter }));
}

export default institution({
  name: "leaders",
  view: "leads",
  load,
  dated: true,
  title: (row) => row.name,
  opens: (row) => href("chapters", { id: row.chapter }),
  sort: "gap_since",
  columns: [
    { key: "name", width: "minmax(10rem, 2fr)" },
    { key: "state", kind: "state", domain: "leader_state", width: "9rem" },
    { key: "gap_since", kind: "date", width: "10rem" },
    { key: "post_name", width: "minmax(8rem, 1.5fr)" },
    { key: "holder_name", width: "minmax(6rem, 1fr)" },
    { key: "since", kind: "date", width: "10rem", wide: true },
    { key: "until", kind: "date", width: "10rem", wide: true },
    { key: "area", kind: "area", width: "minmax(7rem, 1fr)", wide: true },
  ],
  filters: [
    { key: "area", kind: "area" },
    { key: "state", domain: "leader_state", codes: ["no_post", "vacant", "led"] },
    { key: "route", domain: "chapter_route" },
    { key: "trade", domain: "trade", kind: "code" },
  ],
  sums: (rows) => {
    const gaps = rows.filter((row) => row.gap_since !== null).length;
    const said = t("leaders.sum", { led: number(rows.length - gaps), gaps: number(gaps) });
    return html`<span class=${gaps > 0 ? "late" : ""}>${said}</span>`;
  },
});
