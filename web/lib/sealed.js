// Sealed files: pictures, papers and recordings. Opening one is what the service records, so that none is
// shown by itself.

import { json, request } from "./api.js";
import { t } from "./i18n.js";
import { scaled } from "./picture.js";
import { html, useState } from "./preact.js";
import { route } from "./router.js";
import { mayReveal } from "./store.js";
import { Dialog, Icon } from "./ui.js";

/** What can be uploaded as evidence. */
export const TYPES = "image/jpeg,image/png,image/webp,application/pdf";
export const PICTURES = "image/jpeg,image/png,image/webp";
/** Refusals that are about a file. */
export const FILE_CODES = ["file.invalid", "file.too_many", "file.unknown", "media_type", "too_large"];
const MOST_BYTES = 2 ** 21;

/** Upload a file under whose it is, and return its name. A picture that is too large is scaled down. Throws
 * Problem.
 * @param {string} subject Such as `undertaking/ID`.
 * @param {File} file
 * @returns {Promise<string>}
 */
export async function upload(subject, file) {
  const large = file.size > MOST_BYTES && file.type.startsWith("image/");
  const body = large ? await scaled(file).catch(() => file) : file;
  const { jurisdiction } = route.peek();
  const options = { body, headers: { "Content-Type": body.type }, params: { subject } };
  return (await json(await request("POST", `/${jurisdiction}/files`, options))).file;
}

/** Files by what they are called, each opened by a button for those who may see it.
 * @param {{files: {file: string, name: string, voice?: boolean}[]}} props
 */
export function Files({ files }) {
  const [open, setOpen] = useState(null);
  return html`<ul class="proofs">${files.map(
    (one) =>
      html`<li key=${one.file}>${
        mayReveal.value
          ? html`<button type="button" class="button" onClick=${() => setOpen(one)}><${Icon} name="eye" />
          <bdi>${one.name}</bdi></button>`
          : html`<bdi>${one.name}</bdi>`
      }</li>`,
  )}</ul>
    ${open && html`<${Opened} one=${open} close=${() => setOpen(null)} />`}`;
}

/** One file. A paper, which the page cannot show, is downloaded. */
export function Opened({ one: { file, name, voice }, close }) {
  const [failed, setFailed] = useState(false);
  const source = `/api/v1/${route.peek().jurisdiction}/files/${file}`;
  const fail = () => setFailed(true);
  return html`<${Dialog} title=${name} close=${close}>${
    failed
      ? html`<p class="note" role="status">${t("sealed.not_shown")}</p>`
      : voice
        ? html`<audio controls src=${source} aria-label=${name} onError=${fail}></audio>`
        : html`<img class="proof-picture" src=${source} alt=${name} onError=${fail} />`
  }<p><a class="button" href=${source} download=${file.slice(0, 12)}>${t("sealed.download")}</a></p>
    <p class="muted">${t("requests.reveal_recorded")}</p></${Dialog}>`;
}
