// Who was trained: one row for each person in each session, and the figures by person and year.

import { number, t, word } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";
import { html } from "../lib/preact.js";
import { halfText, MODES, Person, personText, ROLES } from "../lib/training/parts.js";

const titleOf = (row, source) => source.rows("sessions").get(row.session)?.title ?? row.session;

const Halves = ({ row }) =>
  html`<ul class="folk-lines">${row.halves.map(
    (one) =>
      html`<li key=${one.half}>${halfText(one.half)} <span class="muted">${word(
        "training_role",
        one.role,
      )} · ${word("training_via", one.via)}</span></li>`,
  )}</ul>`;

export default institution({
  name: "training",
  view: "training",
  also: ["sessions", "posts"],
  title: (row, source) => `${personText(row.person, source)} · ${titleOf(row, source)}`,
  sort: "-day",
  dated: true,
  columns: [
    { key: "day", kind: "date", width: "8rem" },
    {
      key: "person",
      of: (row, source) => personText(row.person, source),
      cell: (row, source) => html`<${Person} person=${row.person} source=${source} />`,
      width: "minmax(8rem, 1.5fr)",
    },
    { key: "title", of: titleOf, width: "minmax(9rem, 2fr)" },
    { key: "mode", kind: "state", domain: "course_mode", width: "7rem" },
    { key: "role", kind: "state", domain: "training_role", width: "7rem" },
    { key: "hours", kind: "number", width: "6rem" },
    { key: "area", kind: "area", width: "minmax(6rem, 1fr)", wide: true },
  ],
  filters: [
    { key: "area", kind: "area" },
    { key: "year", say: (code) => String(code) },
    { key: "mode", domain: "course_mode", codes: MODES },
    { key: "role", domain: "training_role", codes: ROLES },
  ],
  parts: [{ key: "halves", body: Halves, when: (row) => row.halves.length > 0 }],
  pictures: [{ key: "figures", load: () => import("../lib/training/figures.js") }],
  imports: true,
  sums: (rows) =>
    t("training.sums", {
      times: number(rows.reduce((sum, row) => sum + row.person_times, 0)),
      people: number(new Set(rows.filter((row) => row.person_times > 0).map((row) => row.person)).size),
    }),
});
