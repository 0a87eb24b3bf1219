// Import of boundaries of areas from GeoJSON: what would be done, the datum, and what was done.

import { json, request } from "../api.js";
import { number, t } from "../i18n.js";
import { html, useEffect, useState } from "../preact.js";
import { reason } from "../refusals.js";
import { href } from "../router.js";
import { live } from "../store.js";
import { ErrorNote, Field, Icon, Loading, useAction } from "../ui.js";

const OCTETS = { "Content-Type": "application/octet-stream" };
const DATUMS = ["WGS-84", "GCJ-02", "BD-09"];
const LISTED = 100;

/** Whether the name of a file says that it is GeoJSON. */
export const isGeojson = (file) => /\.(geo)?json$/i.test(file.name);

/** Send a file. With `preview` nothing is recorded. Throws Problem. */
const sent = async (file, datum, preview) => {
  const params = { file: file.name.slice(-200), datum, preview: preview ? "true" : undefined };
  const path = `/${live.peek().jurisdiction}/imports/boundaries`;
  return json(await request("POST", path, { params, body: file, headers: OCTETS }));
};

/** The import of one file. `again` chooses another. */
export function BoundaryImport({ file, again }) {
  const { run, busy, problem } = useAction();
  const [datum, setDatum] = useState(undefined);
  const [seen, setSeen] = useState(null);
  const [done, setDone] = useState(null);
  useEffect(() => {
    run(() => sent(file, datum, true)).then((found) => {
      if (found) setSeen(found);
    });
  }, [file, datum]);
  const start = async () => {
    const found = !busy && (await run(() => sent(file, datum, false)));
    if (found) setDone(found);
  };
  const other = html`<button type="button" class="button" onClick=${again}>
    ${t("entry.import_other")}</button>`;
  if (done)
    return html`<p role="status" class="note"><${Icon} name="done" />${t("entry.bounded", {
      applied: number(done.applied),
      known: number(done.known),
      rejected: number(done.rejected),
    })}</p><p class="form-actions"><a class="button button-main"
      href=${href("map", { query: { as: "map" } })}>
      ${t("entry.see.map")}</a>${other}</p><${Rejected} account=${done} />`;
  if (!seen) return html`<${ErrorNote} problem=${problem} />${problem ? other : html`<${Loading} />`}`;
  const fitting = seen.features - seen.rejected;
  return html`<h2>${t("entry.boundaries_fit", { n: number(fitting), m: number(seen.features) })}</h2>
    <p class="muted">${t("entry.boundaries_points", { n: number(seen.vertices), m: number(seen.kept) })}</p>
    <div class="form-row"><${Field} label=${t("entry.boundaries_datum")}
      hint=${t("entry.boundaries_datum_hint")}>${(ids) => html`<select ...${ids} value=${seen.datum}
      onChange=${(event) => setDatum(event.currentTarget.value)}>
      ${DATUMS.map(
        (one) =>
          html`<option value=${one} selected=${one === seen.datum}>${t(`entry.datum.${one}`)}</option>`,
      )}</select>`}</${Field}></div>
    <${ErrorNote} problem=${problem} />
    <div class="form-actions import-start"><button type="button" class="button button-main" onClick=${start}
      disabled=${fitting === 0} aria-disabled=${busy ? "true" : undefined}><${Icon} name="upload" />${t(
        "entry.boundaries_start",
        { n: fitting },
      )}</button>${other}<span class="muted">${t("entry.import_twice")}</span></div>
    <${Rejected} account=${seen} />`;
}

/** Features that fit no area, with the nearest names. */
function Rejected({ account }) {
  const items = account.items.filter((one) => one.outcome === "rejected");
  if (!items.length) return null;
  return html`<section><h2>${t("entry.boundaries_rejected", { n: number(items.length) })}</h2>
    <div class="scroll-x" tabindex="0" role="region" aria-label=${t("entry.boundaries_rejected", {
      n: number(items.length),
    })}><table class="table"><thead><tr><th scope="col" class="number">${t("entry.feature")}</th><th
      scope="col">${t("entry.name")}</th><th scope="col">${t("entry.why")}</th></tr></thead>
    <tbody>${items.slice(0, LISTED).map(
      (one) => html`<tr key=${one.feature}><td class="number">${number(one.feature)}</td><td>${one.name}</td>
      <td>${reason({ code: one.code, values: one.values, detail: one.reason })}</td></tr>`,
    )}</tbody></table></div></section>`;
}
