// Source lists compared with the ledger: what each entry is, what is missing by name, and completeness.

import { Candidates } from "../lib/comparison/candidates.js";
import { Verdicts } from "../lib/comparison/verdicts.js";
import { number, t } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";
import { html } from "../lib/preact.js";

/** States in the order in which they want something done. */
const STATES = ["candidate", "names", "missing", "code", "verdict"];
const MATCHED = ["code", "verdict"];

const listOf = (row, source) => source.rows("source_lists").get(row.source_list);
const titleOf = (row, source) => listOf(row, source)?.title ?? row.source_list;
const count = (rows, ...states) => rows.filter(({ state }) => states.includes(state)).length;

const STATE = /** @type {const} */ ({ key: "state", kind: "state", domain: "entry_state" });
const TRADE = /** @type {const} */ ({ key: "trade", kind: "code", domain: "trade" });

export default institution({
  name: "comparison",
  view: "comparison",
  derived: true,
  also: ["source_lists"],
  kind: "entry",
  dated: true,
  title: (row) => row.name,
  sort: "name",
  columns: [
    { key: "name", width: "minmax(9rem, 1.6fr)" },
    { ...STATE, width: "8rem" },
    { key: "known_as", width: "minmax(9rem, 1.6fr)", long: true },
    { key: "list", of: titleOf, width: "minmax(7rem, 1fr)" },
    { key: "area", kind: "area", width: "minmax(6rem, 1fr)" },
    { key: "code", bare: true, wide: true, width: "11rem" },
    { ...TRADE, bare: true, wide: true, width: "7rem" },
  ],
  facts: [
    STATE,
    { key: "list", of: titleOf },
    { key: "edition", kind: "date", of: (row) => row.edition },
    { key: "code" },
    { key: "area", kind: "area" },
    TRADE,
    { key: "known_as", of: (row) => (MATCHED.includes(row.state) ? row.known_as : null) },
  ],
  filters: [
    {
      key: "source_list",
      served: true,
      say: (code, source) => source.rows("source_lists").get(code)?.title ?? code,
    },
    { ...STATE, kind: "code", codes: STATES, served: true },
    { key: "area", kind: "area", served: true },
    { ...TRADE, served: true },
  ],
  parts: [
    { key: "candidates", body: Candidates, when: (row) => row.candidates.length > 0 || row.elsewhere > 0 },
    { key: "verdicts", body: Verdicts, when: (row) => row.said.length > 0 },
  ],
  pictures: [{ key: "completeness", load: () => import("../lib/comparison/completeness.js") }],
  imports: true,
  sums: (rows) =>
    html`<span>${t("comparison.sum_matched", { n: number(count(rows, ...MATCHED)) })}</span>
      <span>${t("comparison.sum_open", { n: number(count(rows, "candidate")) })}</span>
      <span>${t("comparison.sum_names", { n: number(count(rows, "names")) })}</span>
      <span>${t("comparison.sum_missing", { n: number(count(rows, "missing")) })}</span>`,
});
