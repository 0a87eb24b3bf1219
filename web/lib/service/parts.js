// Beside a person who reported: their service, what needs a confirmation, and what is planned.

import { all } from "../api.js";
import { t } from "../i18n.js";
import { AreaName } from "../people/parts.js";
import { useSend } from "../people/send.js";
import { html } from "../preact.js";
import { live, may } from "../store.js";
import { stamp, worked } from "../time.js";
import { ErrorNote, Loading, useLoaded } from "../ui.js";

const ASKS = ["long", "short"];
const MOST = 1000;

/** The plans of somebody that still stand, by time. */
export const plansOf = (row, source) =>
  [...source.rows("services").values()]
    .filter((one) => one.worker === row.worker && one.state === "planned")
    .sort((one, other) => one.since.localeCompare(other.since));

export const Plans = ({ row, source }) =>
  html`<ul class="folk-lines">${plansOf(row, source).map(
    (one) => html`<li key=${one.key}><time>${stamp(one.since)} – ${stamp(one.until)}</time>
      <${AreaName} code=${one.area} /> ${one.what ?? ""}</li>`,
  )}</ul>`;

/** All that shows that somebody served, the newest first. */
export function Service({ row, source }) {
  const jurisdiction = live.value?.jurisdiction;
  const asked = { worker: row.worker, sort: "-since", ...(source.at && { at: source.at }) };
  const load = () => all(jurisdiction, "service", asked, MOST);
  const { data, problem, reload } = useLoaded(load, [jurisdiction, row.worker, source.at, row.seconds]);
  if (problem) return html`<${ErrorNote} problem=${problem} retry=${reload} />`;
  if (!data) return html`<${Loading} />`;
  if (data.items.length === 0) return html`<p class="muted">${t("reporting.no_service")}</p>`;
  return html`<ul class="folk-lines">${data.items.map(
    (one) => html`<li key=${one.key}><time>${stamp(one.since)} – ${stamp(one.until)}</time>
      <span>${t(`service_source.${one.source}`)}</span> <${AreaName} code=${one.area} />
      <strong>${worked(one.seconds)}</strong>
      ${one.state !== "counted" && html`<span class="folk-tag">${t(`service_state.${one.state}`)}</span>`}
      ${
        one.overlap_seconds > 0 &&
        html`<span class="muted">${t("reporting.overlap", { time: worked(one.overlap_seconds) })}</span>`
      }
      ${
        ASKS.includes(one.state) &&
        !one.ongoing &&
        source.at === null &&
        may("worker.confirm_service") &&
        html`<${Confirm} one=${one} done=${source.reload} />`
      }</li>`,
  )}</ul>`;
}

function Confirm({ one: { worker, source, shown_by, since, until }, done }) {
  const { busy, problem, send } = useSend();
  const confirm = async () => {
    if (!busy && (await send("worker.confirm_service", { worker, source, shown_by, since, until }))) done();
  };
  return html`<button type="button" class="button" aria-disabled=${busy ? "true" : undefined}
    onClick=${confirm}>${t("reporting.confirm")}</button><${ErrorNote} problem=${problem} />`;
}

/** The certificates of somebody, the newest first. */
export const certificatesOf = (row, source) =>
  [...source.rows("certificates").values()]
    .filter((one) => one.worker === row.worker)
    .sort((one, other) => other.issued_at.localeCompare(one.issued_at));

const paper = (number) => `/api/v1/${live.value?.jurisdiction}/papers/${number}`;

/** Certificates with their papers. A revoked one has none. */
export const Certificates = ({ row, source }) =>
  html`<ul class="folk-lines">${certificatesOf(row, source).map(
    (one) => html`<li key=${one.key}><time>${stamp(one.since)} – ${stamp(one.until)}</time>
      <strong>${worked(one.seconds)}</strong>
      ${
        one.state === "valid"
          ? html`<a href=${paper(one.key)} download>${t("reporting.paper")}</a>`
          : html`<span class="folk-tag">${t("reporting.revoked")}</span>`
      }</li>`,
  )}</ul>`;
