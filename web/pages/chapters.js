// Chapters: of an enterprise, a trade or a community, each with its terms and enterprises; and coverage.

import { post } from "../lib/alliance/parts.js";
import { Basis, Enterprises, Terms } from "../lib/chapters/parts.js";
import { lastDay, nameOf, overdue, ROUTES } from "../lib/chapters/rows.js";
import { number, t } from "../lib/i18n.js";

import { institution } from "../lib/institution/page.js";
import { perSource } from "../lib/institution/rows.js";
import { html } from "../lib/preact.js";

/** @typedef {import("../lib/institution/types.js").FormField} FormField */

const ROUTE = /** @type {const} */ ({ key: "route", kind: "code", domain: "chapter_route" });
const STATE = /** @type {const} */ ({ key: "state", kind: "state", domain: "chapter_state" });
/** @type {import("../lib/institution/types.js").Column} */
const ENDS = { key: "ends", kind: "date", of: (row) => lastDay(row.ends) };
const TRADE = /** @type {const} */ ({ key: "trade", kind: "code", domain: "trade" });
const count = (row) => row.enterprises.length;
const alive = (row) => row.state === "alive";

const options = (rows, source) =>
  rows
    .map((row) => /** @type {[string, string]} */ ([row.key, nameOf(row.key, source)]))
    .sort((one, other) => one[1].localeCompare(other[1]));
/** The rules of formation in force, for the form that replaces them: the last ones begun. */
const rulesOf = perSource(
  (source) =>
    [...source.rows("formation_rules").values()]
      .sort((one, other) => one.since.localeCompare(other.since) || one.position - other.position)
      .at(-1) ?? { members: 3, enterprises: 3, level: 1, names: false, purpose: null },
);
const RULE = "rule_";
/** @type {(name: string, rest: Partial<FormField>) => FormField} */
const rule = (name, rest) => ({
  name: `${RULE}${name}`,
  from: (_, source) => rulesOf(source)[name],
  ...rest,
});
const COUNTED = /** @type {const} */ ({ kind: "number", required: true });
const route = () => ROUTES.map((one) => /** @type {[string, string]} */ ([one, t(`chapter_route.${one}`)]));

/** @type {FormField[]} */
const FORMING = [
  { name: "name", required: true, most: 200 },
  { name: "route", kind: "pick", options: route, codes: ["chapter.no_route", "chapter.own_one"] },
  { name: "area", kind: "area" },
  { name: "trade", kind: "code", list: "trade", codes: ["chapter.no_trade"] },
  { name: "ends", kind: "instant", codes: ["chapter.ends_first"] },
  { name: "reason", kind: "reason", list: "route", codes: ["chapter.needs_reason"] },
];

export default institution({
  name: "chapters",
  view: "chapters",
  also: ["enterprises", "formation_rules", "posts"],
  lean: true,
  kind: "chapter",
  dated: true,
  title: (row, source) =>
    row.name || t("chapters.proposal_for", { name: nameOf(row.enterprises[0], source) }),
  sort: "name",
  text: (row, source) => row.enterprises.map((key) => nameOf(key, source)).join(" "),
  columns: [
    { key: "name", width: "minmax(9rem, 1.8fr)", of: (row) => row.name || t("chapters.proposal") },
    { ...ROUTE, width: "7rem" },
    { ...STATE, width: "6rem" },
    { key: "enterprises", kind: "number", of: count, width: "6rem" },
    { key: "area", kind: "area", width: "minmax(6rem, 1fr)" },
    { ...TRADE, bare: true, wide: true, width: "7rem" },
    { key: "since", kind: "date", bare: true, wide: true, width: "10rem" },
    { ...ENDS, width: "10rem" },
  ],
  facts: [
    STATE,
    ROUTE,
    TRADE,
    { key: "area", kind: "area" },
    { key: "formed_at", kind: "date" },
    ENDS,
    { key: "overdue", kind: "flag", of: (row, source) => (alive(row) ? overdue(row, source.at) : null) },
    { key: "ended_at", kind: "date" },
    {
      key: "into",
      of: (row, source) => row.into && (source.rows("chapters").get(row.into)?.name ?? row.into),
    },
  ],
  filters: [
    { ...STATE, kind: "code", codes: ["alive", "proposed", "merged", "dissolved"] },
    { ...ROUTE, codes: ROUTES },
    { key: "area", kind: "area" },
    TRADE,
    { key: "overdue", kind: "flag", of: (row, source) => alive(row) && overdue(row, source.at) },
  ],
  parts: [
    { key: "enterprises", body: Enterprises, when: (row) => count(row) > 0 },
    { key: "terms", body: Terms, when: (row) => row.terms.length > 0 },
    { key: "basis", body: Basis, when: (row) => row.proposed !== null },
  ],
  pictures: [{ key: "coverage", load: () => import("../lib/chapters/coverage.js") }],
  imports: true,
  make: [
    {
      command: "chapter.form",
      main: true,
      fact: true,
      fields: [{ name: "enterprises", kind: "enterprise", ledger: true, required: true }, ...FORMING],
      data: ({ enterprises, ...rest }) => ({ ...rest, enterprises: [enterprises] }),
      note: "form_note",
    },
    {
      command: "chapter.propose",
      fields: [{ name: "enterprise", kind: "enterprise", ledger: true, required: true }],
      note: "propose_note",
    },
    {
      command: "formation.set",
      fact: true,
      stays: true,
      fields: [
        rule("members", { ...COUNTED, least: 1, most: 1000 }),
        rule("enterprises", { ...COUNTED, least: 1, most: 1000 }),
        rule("level", { ...COUNTED, least: 0, most: 8 }),
        rule("names", { kind: "flag" }),
        rule("purpose", {
          most: 200,
          codes: ["formation.no_purpose"],
          when: ({ rule_names: names }) => names,
        }),
      ],
      data: (values) =>
        Object.fromEntries(Object.entries(values).map(([name, value]) => [name.slice(RULE.length), value])),
      note: "rules_note",
    },
  ],
  forms: [
    { command: "chapter.lead", fact: true, fields: [post("post")], when: alive },
    {
      command: "chapter.form",
      main: true,
      fact: true,
      fields: FORMING,
      when: (row) => row.state === "proposed",
    },
    {
      command: "chapter.join",
      fact: true,
      fields: [{ name: "enterprise", kind: "enterprise", ledger: true, required: true }],
      when: (row) => alive(row) && row.route !== "own",
    },
    {
      command: "chapter.leave",
      fact: true,
      fields: [
        {
          name: "enterprise",
          kind: "pick",
          required: true,
          options: (source, row) =>
            options(
              row.enterprises.map((key) => ({ key })),
              source,
            ),
        },
      ],
      when: (row) => alive(row) && count(row) > 0,
    },
    {
      command: "chapter.renew",
      fact: true,
      fields: [{ name: "ends", kind: "instant", codes: ["chapter.ends_first"] }],
      when: alive,
    },
    {
      command: "chapter.merge",
      fact: true,
      fields: [
        {
          name: "into",
          kind: "pick",
          required: true,
          options: (source, row) =>
            [...source.rows("chapters").values()]
              .filter((one) => alive(one) && one.key !== row.key && one.route !== "own")
              .map((one) => [one.key, one.name]),
        },
      ],
      when: alive,
    },
    {
      command: "chapter.dissolve",
      fact: true,
      fields: [{ name: "reason", kind: "reason", list: "dissolve" }],
      when: alive,
    },
  ],
  sums: (rows, source) =>
    html`<span>${t("chapters.sum_alive", { n: number(rows.filter(alive).length) })}</span>
      <span>${t("chapters.sum_overdue", {
        n: number(rows.filter((row) => alive(row) && overdue(row, source.at)).length),
      })}</span>`,
});
