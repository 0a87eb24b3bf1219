// Undertakings: the ledger of supervision, with who leads each by name, its steps, and what is overdue.

import { instantOf } from "../lib/alliance/difficulty.js";
import { Lines, post } from "../lib/alliance/parts.js";
import { number, t } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";
import { postName, unitName, words } from "../lib/posts/posts.js";
import { html } from "../lib/preact.js";
import { href } from "../lib/router.js";
import { FILE_CODES, Files } from "../lib/sealed.js";
import {
  CATEGORIES,
  Day,
  Leader,
  Linked,
  lines,
  overdue,
  STATES,
  Story,
  Subtasks,
  subtasks,
  Timetable,
  unit,
} from "../lib/supervision/parts.js";
import { stamp } from "../lib/time.js";

/** @typedef {import("../lib/institution/types.js").FormField} FormField */

const WEEK_MS = 604800000;
const open = (row) => row.state === "open";
const STATE = /** @type {const} */ ({ key: "state", kind: "state", domain: "undertaking_state" });
const leader = {
  key: "leader",
  of: (row, source) => postName(row.leader, source),
  cell: (row, source) => html`<${Leader} row=${row} source=${source} />`,
};
const responsible = { key: "unit", of: (row, source) => unitName(row.unit, source) };
const due = {
  key: "due",
  of: (row) => row.due?.day,
  cell: (row, source) => html`<${Day} due=${row.due} late=${overdue(row, source)} />`,
};
/** @type {FormField} */
const title = { name: "title", required: true, most: 200 };
/** @type {FormField} */
const goal = { name: "goal", most: 200 };
/** @type {FormField} */
const measures = { name: "measures", kind: "lines", most: 4000 };
/** @type {FormField} */
const deadline = {
  name: "due",
  kind: "instant",
  planned: true,
  codes: ["undertaking.due_before", "undertaking.no_deadline", "undertaking.two_deadlines"],
};
/** @type {FormField} */
const days = { name: "due_in", kind: "number", least: 1, most: 500, codes: ["undertaking.year_unpublished"] };
/** @type {FormField} */
const reason = { name: "reason", required: true, most: 200 };
/** @type {(states: string[]) => FormField} */
const step = (states) => ({
  name: "step",
  kind: "pick",
  required: true,
  options: (_source, row) =>
    (row?.steps ?? [])
      .filter((one) => states.includes(one.state))
      .map((one) => /** @type {[string, string]} */ ([one.step, one.step])),
});
const some = (row, states) => row.steps.some((one) => states.includes(one.state));
/** The files that show what was done. */
const Evidence = ({ row }) =>
  html`<${Files} files=${row.files.map(({ file, at, evidence }) => ({
    file,
    name: `${evidence} · ${stamp(at)}`,
  }))} />`;
const listed = (values) => ({ ...values, measures: lines(values.measures) });

export default institution({
  name: "undertakings",
  view: "undertakings",
  also: ["posts", "units"],
  kind: "undertaking",
  lean: true,
  title: (row) => row.title,
  sort: "due",
  dated: true,
  columns: [
    { key: "title", width: "minmax(10rem, 2fr)", long: true },
    { key: "category", kind: "code", domain: "undertaking_kind", width: "minmax(6rem, 0.7fr)", wide: true },
    { ...leader, width: "minmax(8rem, 1.2fr)" },
    { ...responsible, width: "minmax(8rem, 1fr)", wide: true },
    { ...due, width: "9rem" },
    { ...STATE, width: "7rem" },
    { key: "level", kind: "number", width: "5rem", wide: true, bare: true },
  ],
  facts: [
    STATE,
    { key: "category", kind: "code", domain: "undertaking_kind" },
    leader,
    responsible,
    { key: "goal" },
    due,
    { key: "next_due", kind: "instant" },
    { key: "late", kind: "flag" },
    { key: "level", kind: "number" },
    { key: "asked", of: (row, source) => postName(row.asked, source) },
    { key: "parent", cell: (row, source) => html`<${Linked} id=${row.parent} source=${source} />` },
    {
      key: "inspection",
      cell: (row) =>
        row.inspection &&
        html`<a href=${href("inspections", { id: row.inspection })}>${t("undertakings.open_inspection")}</a>`,
    },
    { key: "evidence", kind: "number" },
    { key: "reason" },
    { key: "area", kind: "area" },
    { key: "raised_at", kind: "instant" },
    { key: "ended_at", kind: "instant" },
  ],
  filters: [
    { key: "area", kind: "area" },
    { key: "state", domain: "undertaking_state", codes: STATES, otherwise: ["open"] },
    { key: "category", domain: "undertaking_kind", codes: CATEGORIES },
    { key: "unit", say: (code, source) => unitName(code, source) },
    { key: "leader", say: (code, source) => postName(code, source) },
    { key: "overdue", kind: "flag", of: overdue },
  ],
  sums: (rows, source) => {
    const n = rows.filter((row) => overdue(row, source)).length;
    const soon = rows.filter(
      (row) =>
        open(row) && !overdue(row, source) && Date.parse(row.next_due ?? "") < instantOf(source) + WEEK_MS,
    ).length;
    return html`<span class=${n > 0 ? "late" : ""}>${t("undertakings.sum_late", { n: number(n) })}</span>
      <span>${t("undertakings.sum_soon", { n: number(soon) })}</span>`;
  },
  pictures: [
    { key: "board", load: () => import("../lib/supervision/board.js") },
    { key: "route", load: () => import("../lib/supervision/route.js") },
  ],
  parts: [
    { key: "timetable", body: Timetable, when: (row) => row.steps.length > 0 || row.due !== null },
    {
      key: "measures",
      body: ({ row }) => html`<${Lines} items=${row.measures} />`,
      when: (row) => row.measures.length > 0,
    },
    { key: "subtasks", body: Subtasks, when: (row, source) => subtasks(row, source).length > 0 },
    { key: "files", body: Evidence, when: (row) => row.files.length > 0 },
    { key: "story", body: Story },
  ],
  imports: true,
  make: [
    {
      command: "undertaking.set_up",
      fact: true,
      note: "set_up_note",
      fields: [
        title,
        {
          name: "category",
          kind: "pick",
          options: words("undertaking_kind", CATEGORIES),
          required: true,
        },
        post("leader", true),
        unit(),
        goal,
        measures,
        deadline,
        days,
        { name: "area", kind: "area" },
      ],
      data: listed,
    },
  ],
  forms: [
    {
      command: "undertaking.finish_step",
      main: true,
      fact: true,
      when: (row) => open(row) && some(row, ["open"]),
      fields: [step(["open"]), { name: "note", most: 200 }],
    },
    {
      command: "undertaking.finish",
      main: true,
      fact: true,
      when: open,
      fields: [{ name: "note", most: 200 }],
    },
    {
      command: "undertaking.evidence",
      fact: true,
      when: (row) => row.state !== "withdrawn",
      note: "evidence_note",
      fields: [
        { name: "evidence", required: true, most: 200 },
        { name: "file", kind: "file", codes: FILE_CODES },
        { name: "digest", most: 64 },
      ],
    },
    {
      command: "undertaking.plan_step",
      fact: true,
      when: open,
      note: "plan_note",
      fields: [
        { name: "step", required: true, most: 200 },
        deadline,
        days,
        { name: "reason", most: 200, codes: ["undertaking.no_reason"] },
      ],
    },
    {
      command: "undertaking.drop_step",
      fact: true,
      note: "others_note",
      when: (row) => open(row) && some(row, ["open"]),
      fields: [step(["open"]), reason],
    },
    {
      command: "undertaking.reschedule",
      fact: true,
      note: "others_note",
      when: open,
      fields: [deadline, days, reason],
    },
    {
      command: "undertaking.hand_over",
      fact: true,
      when: open,
      fields: [post("leader", true), unit()],
    },
    {
      command: "undertaking.reword",
      fact: true,
      fields: [
        { ...title, from: (row) => row.title },
        { ...goal, from: (row) => row.goal ?? "" },
        { ...measures, from: (row) => row.measures.join("\n") },
      ],
      data: listed,
    },
    { command: "undertaking.withdraw", fact: true, note: "others_note", when: open, fields: [reason] },
    {
      command: "undertaking.reopen",
      fact: true,
      note: "reopen_note",
      when: (row) => !open(row),
      fields: [reason],
    },
    { command: "undertaking.erase", note: "erase_note", fields: [], when: (row) => row.files.length > 0 },
  ],
});
