// Alerts: all of them, now or as they were shown at a past instant.

import { get } from "../lib/api.js";
import { called } from "../lib/called.js";
import { t, word } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";
import { requestSign } from "../lib/names.js";
import { html } from "../lib/preact.js";
import { who } from "../lib/requests/history.js";
import { href } from "../lib/router.js";
import { ALERT_KINDS } from "../lib/rules.js";
import { now, span } from "../lib/time.js";
import { Alert } from "../lib/ui.js";

const MOST = 1000;

/** Read the alerts; each row has its id as key. Throws Problem. */
async function load(jurisdiction, at) {
  const { items } = await get(`/${jurisdiction}/alerts`, { limit: MOST, ...(at && { at }) });
  return items.map((one) => ({ ...one, key: one.id }));
}

/** What an alert is about, as it is called. */
function about(row) {
  if (row.request) return row.number ? requestSign(row.number) : called("request", row.request);
  return row.worker ? called("worker", row.worker) : called("team", row.team);
}

const lasts = (row, { at }) => (at ? Date.parse(at) : now.value) - Date.parse(row.since);

export default institution({
  name: "alerts",
  view: "alerts",
  load,
  dated: "instant",
  title: about,
  opens: ({ request, worker, team }) =>
    request
      ? href("requests", { id: request })
      : worker
        ? href("workers", { id: worker })
        : href("teams", { id: team }),
  sort: "level",
  columns: [
    {
      key: "what",
      of: (row) => t(`alerts.${row.kind}`),
      cell: (row) => html`<${Alert} level=${row.level}>${t(`alerts.${row.kind}`)}</${Alert}>`,
      width: "minmax(11rem, 1.5fr)",
    },
    {
      key: "level",
      of: (row) => row.level,
      cell: (row) => html`<span>${word("alert", row.level)}</span>`,
      width: "9rem",
    },
    { key: "about", of: about, width: "minmax(6rem, 1fr)" },
    { key: "area", kind: "area", width: "minmax(7rem, 1.2fr)" },
    {
      key: "for",
      of: (row, source) => Math.round(lasts(row, source) / 1000),
      cell: (row, source) => html`<span>${span(lasts(row, source))}</span>`,
      width: "7rem",
    },
    { key: "since", kind: "instant", wide: true, width: "11rem" },
    {
      key: "incident",
      of: ({ incident }) => (incident ? called("incident", incident) : ""),
      wide: true,
      width: "minmax(6rem, 1fr)",
    },
    {
      key: "by",
      of: (row) => (row.acknowledged_by ? who(row.acknowledged_by) : ""),
      bare: true,
      width: "minmax(5rem, 1fr)",
    },
  ],
  filters: [
    { key: "area", kind: "area" },
    { key: "kind", codes: ALERT_KINDS, say: (code) => t(`alerts.${code}`) },
    { key: "level", of: (row) => String(row.level), domain: "alert" },
  ],
});
