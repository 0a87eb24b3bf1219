// Activities: who signed up, how much room is left, and who was there.

import { post, postColumn } from "../lib/alliance/parts.js";
import { called } from "../lib/called.js";
import { t } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";
import { WorkerLink } from "../lib/people/parts.js";
import { html } from "../lib/preact.js";

const stands = (row) => row.state === "announced";
const worker = { name: "worker", required: true, most: 64, codes: ["worker.unknown", "worker.retired"] };

const signedUp = (_, row) =>
  (row?.workers ?? []).map((one) => /** @type {[string, string]} */ ([one, called("worker", one)]));

const People = ({ row }) =>
  html`<ul class="folk-lines">${[...new Set([...row.workers, ...row.came])].map(
    (one) =>
      html`<li key=${one}><${WorkerLink} id=${one} /> ${
        row.came.includes(one) && html`<span class="muted">${t("activities.came")}</span>`
      }</li>`,
  )}</ul>`;

export default institution({
  name: "activities",
  view: "activities",
  also: ["posts"],
  kind: "activity",
  title: (row) => row.title,
  sort: "-begins",
  dated: true,
  columns: [
    { key: "begins", kind: "instant", width: "11rem" },
    { key: "title", width: "minmax(10rem, 2fr)" },
    { key: "area", kind: "area", width: "minmax(6rem, 1fr)" },
    { key: "state", kind: "state", domain: "activity_state", width: "8rem" },
    { key: "signed_up", kind: "number", width: "6rem" },
    { key: "room", kind: "number", width: "6rem", wide: true },
    { key: "attended", kind: "number", width: "6rem" },
  ],
  facts: [
    { key: "state", kind: "state", domain: "activity_state" },
    { key: "begins", kind: "instant" },
    { key: "ends", kind: "instant" },
    { key: "capacity", kind: "number" },
    { key: "signed_up", kind: "number" },
    { key: "room", kind: "number" },
    { key: "attended", kind: "number" },
    { key: "serves", kind: "flag" },
    postColumn("owner"),
    { key: "area", kind: "area" },
    { key: "reason" },
  ],
  filters: [
    { key: "area", kind: "area" },
    { key: "state", domain: "activity_state", codes: ["announced", "called_off"] },
  ],
  parts: [{ key: "people", body: People, when: (row) => row.workers.length + row.came.length > 0 }],
  make: [
    {
      command: "activity.announce",
      fact: true,
      fields: [
        { name: "title", required: true, most: 200 },
        { name: "begins", kind: "instant", planned: true, required: true },
        { name: "ends", kind: "instant", planned: true, codes: ["activity.ends_first"] },
        { name: "capacity", kind: "number", least: 1, most: 1000000 },
        post("owner"),
        { name: "serves", kind: "flag" },
        { name: "area", kind: "area" },
      ],
    },
  ],
  forms: [
    {
      command: "activity.attend",
      main: true,
      fact: true,
      fields: [{ ...worker, codes: [...worker.codes, "activity.not_begun"] }],
      when: stands,
    },
    {
      command: "activity.sign_up",
      fields: [{ ...worker, codes: [...worker.codes, "activity.full", "activity.begun"] }],
      when: stands,
    },
    {
      command: "activity.sign_off",
      fields: [{ name: "worker", kind: "pick", options: signedUp, required: true }],
      when: (row) => stands(row) && row.workers.length > 0,
    },
    { command: "activity.call_off", fact: true, fields: [{ name: "reason", most: 200 }], when: stands },
  ],
});
