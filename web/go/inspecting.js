// Inspections that this worker is to make: place, findings and a picture, also without a network. Loaded
// with my service.

import { get } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { scaled } from "../lib/picture.js";
import { html, useState } from "../lib/preact.js";
import { day } from "../lib/time.js";
import { areaName } from "./areas.js";
import { mine } from "./mine.js";
import { Button, Sheet, Unsent } from "./parts.js";
import { here } from "./place.js";
import { acts } from "./state.js";
import { act } from "./sync.js";

const REPORT = "inspection.report";
const MOST = 20;

/** The inspections that are awaited. */
const useAwaited = mine(
  "inspections",
  ({ jurisdiction }) =>
    /** @type {Promise<{items: AwaitedInspection[], position: number}>} */ (
      get(`/${jurisdiction}/inspections`, { state: "ordered", limit: MOST })
    ),
  [REPORT],
);

/** Return the act that reports an inspection, if it was said on this phone and not refused.
 * @param {string} inspection
 * @param {Act[]} said
 */
export const reportOf = (inspection, said) =>
  said.findLast(
    ({ name, state, data }) => name === REPORT && state !== "refused" && data.inspection === inspection,
  );

/** Return what is sent: each line of a text is one finding.
 * @param {{inspection: string, place: string, findings: string, note: string}} said
 * @param {{lat: number, lon: number} | null} at
 */
export const report = ({ inspection, place, findings, note }, at) => ({
  inspection,
  place: place.trim(),
  findings: findings
    .split("\n")
    .map((text) => text.trim())
    .filter(Boolean)
    .slice(0, MOST)
    .map((text) => ({ text })),
  ...(note.trim() && { note: note.trim() }),
  ...(at && { lat: at.lat, lon: at.lon }),
});

/** Inspections that I am to make. */
export function Inspections() {
  const awaited = useAwaited();
  if (!awaited?.items.length) return null;
  return html`<section class="stack" aria-label=${t("go.inspections")}><h3>${t("go.inspections")}</h3>
    <ul class="people">${awaited.items.map(
      (one) => html`<${One} key=${one.inspection} one=${one} said=${reportOf(one.inspection, acts.value)} />`,
    )}</ul></section>`;
}

function One({ one, said }) {
  const [open, setOpen] = useState(false);
  return html`<li><span><b>${areaName(one.area)}</b><br /><small>${t(`go.inspection.${one.manner}`)} ·
    ${day(one.ordered_at)}</small><${Unsent} act=${said} /></span>
    ${
      said
        ? html`<small>${t("go.inspection.reported")}</small>`
        : html`<${Button} onClick=${() => setOpen(true)}>${t("go.inspection.report")}</${Button}>`
    }
    ${open && html`<${Form} one=${one} close=${() => setOpen(false)} />`}</li>`;
}

function Form({ one, close }) {
  const [place, setPlace] = useState("");
  const [findings, setFindings] = useState("");
  const [note, setNote] = useState("");
  const [picture, setPicture] = useState(/** @type {Blob | undefined} */ (undefined));
  const [why, setWhy] = useState("");
  const take = async (file) => {
    try {
      setPicture(file && (await scaled(file)));
      setWhy("");
    } catch {
      setWhy(t("go.inspection.unreadable"));
    }
  };
  const send = async () => {
    const at = await here().catch(() => null);
    const data = report({ inspection: one.inspection, place, findings, note }, at);
    close();
    await act(REPORT, data, { title: place }, { picture });
  };
  return html`<${Sheet} title=${t("go.inspection.report")} close=${close}><div class="stack">
    <label class="field"><span>${t("go.inspection.place")}</span><input name="place" maxlength="200"
      autocomplete="off" value=${place} onInput=${(event) => setPlace(event.currentTarget.value)} /></label>
    <label class="stack"><span>${t("go.inspection.findings")}</span><textarea name="findings" rows="4"
      maxlength="4000" value=${findings}
      onInput=${(event) => setFindings(event.currentTarget.value)}></textarea></label>
    <label class="stack"><span>${t("go.inspection.note")}</span><textarea name="note" rows="3"
      maxlength="4000" value=${note}
      onInput=${(event) => setNote(event.currentTarget.value)}></textarea></label>
    <label class="stack"><span>${t("go.inspection.picture")}</span><input type="file" name="picture"
      accept="image/*" onChange=${(event) => take(event.currentTarget.files?.[0])} /></label>
    ${why && html`<p class="late" role="alert">${why}</p>`}
    <${Button} kind="main" icon="check" disabled=${!place.trim()} onClick=${send}>
      ${t("go.inspection.send")}</${Button}></div></${Sheet}>`;
}
