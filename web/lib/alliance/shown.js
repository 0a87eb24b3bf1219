// What whoever asked showed or said aloud. Opening one is what the service records.

import { t } from "../i18n.js";
import { html, useState } from "../preact.js";
import { route } from "../router.js";
import { mayReveal } from "../store.js";
import { stamp } from "../time.js";
import { Dialog, Icon } from "../ui.js";

const nameOf = (one) => `${t(`difficulties.${one.medium}`)} · ${stamp(one.at)}`;

/** The photos and recordings of a difficulty. */
export function Shown({ row }) {
  const [open, setOpen] = useState(null);
  return html`<ul class="proofs">${row.files.map(
    (one) =>
      html`<li key=${one.file}>${
        mayReveal.value
          ? html`<button type="button" class="button" onClick=${() => setOpen(one)}><${Icon} name="eye" />
          ${nameOf(one)}</button>`
          : html`<span>${nameOf(one)}</span>`
      }</li>`,
  )}</ul>
    ${open && html`<${File} one=${open} close=${() => setOpen(null)} />`}`;
}

function File({ one, close }) {
  const [failed, setFailed] = useState(false);
  const source = `/api/v1/${route.peek().jurisdiction}/files/${one.file}`;
  const fail = () => setFailed(true);
  return html`<${Dialog} title=${nameOf(one)} close=${close}>${
    failed
      ? html`<p class="note note-bad" role="alert">${t("difficulties.no_file")}</p>`
      : one.medium === "photo"
        ? html`<img class="proof-picture" src=${source} alt=${nameOf(one)} onError=${fail} />`
        : html`<audio controls src=${source} aria-label=${nameOf(one)} onError=${fail}></audio>`
  }<p class="muted">${t("requests.reveal_recorded")}</p></${Dialog}>`;
}
