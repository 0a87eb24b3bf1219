// Downloads of lists as CSV or XLSX: exactly the rows that the list shows, or all of a view that match.

import { query, request } from "./api.js";
import { lang, number, t } from "./i18n.js";
import { html, useState } from "./preact.js";
import { live, mayReveal } from "./store.js";
import { Dialog, ErrorNote, Icon, useAction } from "./ui.js";

const FORMATS = ["xlsx", "csv"];
/** The names of the fields as headings, for programs. */
const FIELDS = "fields";

/** Return the address of a file.
 *
 * @param {string} jurisdiction
 * @param {string} view
 * @param {string} format
 * @param {import("./api.js").Params} params
 */
const fileOf = (jurisdiction, view, format, params) =>
  `/api/v1/${encodeURIComponent(jurisdiction)}/${view}.${format}${query(params)}`;

/** Fetch a file of the rows with these keys, in this order. Throws Problem.
 *
 * @param {string} jurisdiction
 * @param {string} format
 * @param {{ view: string, keys: string[], headings: string, reveal: boolean, at?: string | null }} body
 * @returns {Promise<{ blob: Blob, name: string }>}
 */
async function fileOfRows(jurisdiction, format, body) {
  const headers = { "Content-Type": "application/json" };
  const path = `/${encodeURIComponent(jurisdiction)}/rows.${format}`;
  const answer = await request("POST", path, { headers, body: JSON.stringify(body) });
  const said = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "");
  return { blob: await answer.blob(), name: said?.[1] ?? `${body.view}.${format}` };
}

/** Save a file that was fetched.
 * @param {{ blob: Blob, name: string }} file
 */
function save({ blob, name }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A button that offers the rows of a list as a file.
 *
 * `keys` returns the keys of the rows that the list shows, in their order, if it has loaded them all. Without
 * it, `params` are the filters as the service takes them. `personal`: the rows have personal fields.
 * `at`: the instant that the list shows, null for now.
 *
 * @param {{
 *   view: string,
 *   keys?: () => string[],
 *   params?: import("./api.js").Params,
 *   personal?: boolean,
 *   at?: string | null,
 * }} props
 */
export function Export({ view, keys, params = {}, personal = false, at = null }) {
  const [open, setOpen] = useState(false);
  return html`<button type="button" class="button" onClick=${() => setOpen(true)}><${Icon} name="download" />
    ${t("ui.export")}</button>
    ${
      open &&
      html`<${Choose} view=${view} keys=${keys} params=${params} personal=${personal} at=${at}
      close=${() => setOpen(false)} />`
    }`;
}

function Choose({ view, keys, params, personal, at, close }) {
  const [format, setFormat] = useState(FORMATS[0]);
  const [reveal, setReveal] = useState(false);
  const [machine, setMachine] = useState(false);
  const [chosen] = useState(keys); // what the list showed when the dialog opened
  const headings = machine ? FIELDS : lang.value;
  return html`<${Dialog} title=${t("ui.export_title")} close=${close}>
    <p>${chosen ? t("ui.export_shown", { n: number(chosen.length) }) : t(matched(params))}</p>
    <fieldset class="export-formats"><legend>${t("ui.export_format")}</legend>${FORMATS.map(
      (one) => html`<label key=${one}><input type="radio" name="format" value=${one}
        checked=${format === one} onChange=${() => setFormat(one)} /> ${t(`ui.export_${one}`)}</label>`,
    )}</fieldset>
    <label class="export-reveal"><input type="checkbox" checked=${machine}
      onChange=${(event) => setMachine(event.currentTarget.checked)} /> ${t("ui.export_fields")}</label>
    ${
      personal &&
      mayReveal.value &&
      html`<label class="export-reveal"><input type="checkbox" checked=${reveal}
        onChange=${(event) => setReveal(event.currentTarget.checked)} /> ${t("ui.export_reveal")}</label>`
    }
    ${
      chosen
        ? html`<${Fetch} format=${format} body=${{ view, keys: chosen, headings, reveal, at }}
            close=${close} />`
        : html`<div class="form-actions"><a class="button button-main" download onClick=${close}
          href=${fileOf(live.value.jurisdiction, view, format, {
            ...params,
            headings,
            ...(reveal && { reveal }),
          })}
          >${t("ui.export_get")}</a>
          <button type="button" class="button button-plain" onClick=${close}>${t("ui.cancel")}</button></div>`
    }
  </${Dialog}>`;
}

const matched = (params) =>
  Object.values(params).some((value) => (Array.isArray(value) ? value.length : value))
    ? "ui.export_filtered"
    : "ui.export_all";

function Fetch({ format, body, close }) {
  const { busy, problem, run } = useAction();
  const fetched = async () => {
    const file = await run(() => fileOfRows(live.peek().jurisdiction, format, body));
    if (!file) return;
    save(file);
    close();
  };
  return html`<${ErrorNote} problem=${problem} /><div class="form-actions">
    <button type="button" class="button button-main" aria-disabled=${busy ? "true" : undefined}
      onClick=${busy ? undefined : fetched}>${t(busy ? "ui.export_getting" : "ui.export_get")}</button>
    <button type="button" class="button button-plain" onClick=${close}>${t("ui.cancel")}</button></div>`;
}
