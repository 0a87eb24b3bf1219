// Consents: who agrees to be named in what is published, since when.

import { called } from "../lib/called.js";
import { t } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";
import { html } from "../lib/preact.js";
import { stamp } from "../lib/time.js";

const Changes = ({ row }) =>
  html`<ol class="folk-lines">${row.history.map(
    (one) => html`<li key=${one.position}><time datetime=${one.at}>${stamp(one.at)}</time>
      ${t(one.given ? "consent_state.given" : "consent_state.withdrawn")}</li>`,
  )}</ol>`;

export default institution({
  name: "consents",
  view: "consents",
  kind: "worker",
  title: (row) => called("worker", row.key),
  sort: "-since",
  dated: true,
  columns: [
    { key: "worker", kind: "worker", width: "minmax(10rem, 2fr)" },
    { key: "state", kind: "state", domain: "consent_state", width: "8rem" },
    { key: "area", kind: "area", width: "minmax(7rem, 1fr)" },
    { key: "since", kind: "instant", width: "11rem" },
  ],
  filters: [
    { key: "area", kind: "area" },
    { key: "state", domain: "consent_state", codes: ["given", "withdrawn"] },
  ],
  parts: [{ key: "changes", body: Changes }],
  make: [
    {
      command: "worker.consent",
      fact: true,
      note: "consent_note",
      fields: [
        {
          name: "worker",
          required: true,
          most: 64,
          codes: ["worker.unknown", "worker.retired", "worker.erased"],
        },
      ],
    },
  ],
  forms: [
    {
      command: "worker.withdraw_consent",
      main: true,
      note: "withdraw_note",
      when: (row) => row.state === "given",
      fields: [],
    },
    { command: "worker.consent", fact: true, when: (row) => row.state === "withdrawn", fields: [] },
  ],
});
