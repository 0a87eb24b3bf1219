// Downloads of lists: all rows of a view that match, as CSV or XLSX, also those that the page has not loaded.

import { query } from "./api.js";
import { t } from "./i18n.js";
import { html, useState } from "./preact.js";
import { live, mayReveal } from "./store.js";
import { Dialog, Icon } from "./ui.js";

const FORMATS = ["xlsx", "csv"];

/** Return the address of a file.
 *
 * @param {string} jurisdiction
 * @param {string} view
 * @param {string} format
 * @param {import("./api.js").Params} params
 */
export const fileOf = (jurisdiction, view, format, params) =>
  `/api/v1/${encodeURIComponent(jurisdiction)}/${view}.${format}${query(params)}`;

/** A button that offers the rows of a view as a file.
 *
 * `params` are the filters as the service takes them. `left` names filters of the page that the service does
 * not know, so that the file has more rows than the page. `personal`: the rows have personal fields.
 *
 * @param {{
 *   view: string,
 *   params?: import("./api.js").Params,
 *   left?: (string | false | undefined | null)[],
 *   personal?: boolean,
 * }} props
 */
export function Export({ view, params = {}, left = [], personal = false }) {
  const [open, setOpen] = useState(false);
  return html`<button type="button" class="button" onClick=${() => setOpen(true)}><${Icon} name="download" />
    ${t("ui.export")}</button>
    ${
      open &&
      html`<${Choose} view=${view} params=${params} left=${left.filter(Boolean)} personal=${personal}
      close=${() => setOpen(false)} />`
    }`;
}

function Choose({ view, params, left, personal, close }) {
  const [format, setFormat] = useState(FORMATS[0]);
  const [reveal, setReveal] = useState(false);
  const filtered = Object.values(params).some((value) => (Array.isArray(value) ? value.length : value));
  const address = fileOf(live.value.jurisdiction, view, format, { ...params, ...(reveal && { reveal }) });
  return html`<${Dialog} title=${t("ui.export_title")} close=${close}>
    <p>${t(filtered ? "ui.export_filtered" : "ui.export_all")}</p>
    ${
      left.length > 0 &&
      html`<p class="note" role="note"><${Icon} name="alert" />
      ${t("ui.export_left", { what: left.join(", ") })}</p>`
    }
    <fieldset class="export-formats"><legend>${t("ui.export_format")}</legend>${FORMATS.map(
      (one) => html`<label key=${one}><input type="radio" name="format" value=${one}
        checked=${format === one} onChange=${() => setFormat(one)} /> ${t(`ui.export_${one}`)}</label>`,
    )}</fieldset>
    ${
      personal &&
      mayReveal.value &&
      html`<label class="export-reveal"><input type="checkbox" checked=${reveal}
        onChange=${(event) => setReveal(event.currentTarget.checked)} /> ${t("ui.export_reveal")}</label>`
    }
    <div class="form-actions"><a class="button button-main" href=${address} download
      onClick=${close}>${t("ui.export_get")}</a>
      <button type="button" class="button button-plain" onClick=${close}>${t("ui.cancel")}</button></div>
  </${Dialog}>`;
}
