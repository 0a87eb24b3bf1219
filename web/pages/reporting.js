// Service at home: who reported, who served, and who could be asked; and the sums by area and period.

import { called } from "../lib/called.js";
import { number, t } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";
import { html } from "../lib/preact.js";
import { Certificates, certificatesOf, Plans, plansOf, Service } from "../lib/service/parts.js";
import { worked } from "../lib/time.js";

/** @typedef {import("../lib/institution/types.js").FormField} FormField */

const FREE = ["free", "served_today"];
const ASKS = [...FREE, "planned", "on_duty"];
const STATE = /** @type {const} */ ({ key: "state", kind: "state", domain: "reporting_state" });
const ASK = /** @type {const} */ ({ key: "ask", kind: "code", domain: "reporting_ask" });
const people = (source) =>
  [...source.rows("roster").keys()]
    .map((key) => /** @type {[string, string]} */ ([key, called("worker", key)]))
    .sort((one, other) => one[1].localeCompare(other[1]));
const reported = (row) => row.state === "reported";
const sum = (rows, key) => rows.reduce((all, row) => all + row[key], 0);

/** @type {FormField[]} */
const TIMES = [
  { name: "area", kind: "area", required: true, from: (row) => row.area },
  { name: "since", kind: "instant", required: true },
  {
    name: "until",
    kind: "instant",
    required: true,
    codes: ["service.ends_first", "service.too_long", "service.future"],
  },
  { name: "what", most: 200 },
];

export default institution({
  name: "reporting",
  view: "reporting",
  derived: true,
  also: ["services", "roster", "certificates"],
  kind: "worker",
  dated: true,
  personal: true,
  title: (row) => called("worker", row.worker),
  sort: "-hours",
  text: (row) => `${row.worker} ${row.organisation ?? ""}`,
  columns: [
    { key: "worker", kind: "worker", width: "minmax(9rem, 1.4fr)" },
    { key: "area", kind: "area", width: "minmax(7rem, 1fr)", long: true },
    { key: "person_times", kind: "number", width: "7rem" },
    { key: "hours", kind: "number", width: "6rem" },
    { key: "last_served", kind: "instant", bare: true, wide: true, width: "11rem" },
    { ...ASK, width: "minmax(9rem, 1fr)", long: true },
    { key: "since", kind: "date", bare: true, wide: true, width: "9rem" },
    { ...STATE, width: "6rem" },
  ],
  facts: [
    STATE,
    { key: "area", kind: "area" },
    { key: "since", kind: "instant" },
    { key: "left_at", kind: "instant" },
    { key: "role", kind: "code", domain: "role" },
    { key: "organisation" },
    { key: "person_times", kind: "number" },
    { key: "hours", of: (row) => worked(row.seconds) },
    { key: "last_served", kind: "instant" },
    { key: "next_planned", kind: "instant" },
    ASK,
  ],
  filters: [
    { key: "area", kind: "area", served: true },
    { ...ASK, codes: ASKS, served: true },
    { ...STATE, kind: "code", codes: ["reported", "left"], served: true },
    { key: "role", kind: "code", domain: "role", served: true },
  ],
  parts: [
    { key: "plans", body: Plans, when: (row, source) => plansOf(row, source).length > 0 },
    { key: "service", body: Service },
    {
      key: "certificates",
      body: Certificates,
      when: (row, source) => certificatesOf(row, source).length > 0,
    },
  ],
  pictures: [{ key: "sums", load: () => import("../lib/service/sums.js") }],
  imports: true,
  make: [
    {
      command: "worker.report",
      main: true,
      fact: true,
      fields: [
        { name: "worker", kind: "pick", options: people, required: true },
        { name: "area", kind: "area", required: true },
      ],
    },
  ],
  forms: [
    { command: "service.plan", main: true, fields: TIMES, when: reported },
    { command: "service.record", fields: TIMES, note: "record_note" },
    {
      command: "worker.report",
      fact: true,
      fields: [{ name: "area", kind: "area", required: true }],
    },
    {
      command: "certificate.issue",
      fields: [
        { name: "since", kind: "instant", required: true },
        { name: "until", kind: "instant", required: true, codes: ["certificate.period"] },
      ],
      note: "issue_note",
    },
    { command: "worker.leave_home", fact: true, fields: [], when: reported },
  ],
  sums: (rows) => {
    const served = rows.filter((row) => row.person_times > 0);
    const free = rows.filter((row) => FREE.includes(row.ask));
    return html`<span>${t("reporting.sum_people", { n: number(rows.filter(reported).length) })}</span>
      <span>${t("reporting.sum_served", { n: number(served.length) })}</span>
      <span>${t("reporting.sum_times", { n: number(sum(rows, "person_times")) })}</span>
      <span>${t("reporting.sum_free", { n: number(free.length) })}</span>`;
  },
});
