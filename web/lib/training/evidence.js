// Evidence of a duty: pictures that are sealed under it. Opening one is what the service records.

import { json, request } from "../api.js";
import { t } from "../i18n.js";
import { useSend } from "../people/send.js";
import { html, useRef, useState } from "../preact.js";
import { route } from "../router.js";
import { may, mayReveal } from "../store.js";
import { stamp } from "../time.js";
import { Dialog, ErrorNote, Icon } from "../ui.js";

const TYPES = "image/jpeg,image/png,image/webp";
const nameOf = (one) => [t("duties.file", { at: stamp(one.at) }), one.note].filter(Boolean).join(" · ");

/** The pictures of a duty, and a button that adds one. */
export function Evidence({ row, source }) {
  const [open, setOpen] = useState(null);
  return html`${row.files.length === 0 && html`<p class="muted">${t("duties.no_files")}</p>`}
    <ul class="proofs">${row.files.map(
      (one) =>
        html`<li key=${one.file}>${
          mayReveal.value
            ? html`<button type="button" class="button" onClick=${() => setOpen(one)}><${Icon} name="eye" />
            <bdi>${nameOf(one)}</bdi></button>`
            : html`<bdi>${nameOf(one)}</bdi>`
        }</li>`,
    )}</ul>
    ${row.state === "listed" && source.at === null && may("duty_item.show") && html`<${Add} row=${row} />`}
    ${open && html`<${File} one=${open} close=${() => setOpen(null)} />`}`;
}

/** Upload a picture, then name it in the duty. */
function Add({ row }) {
  const input = useRef();
  const { busy, problem, send, run } = useSend();
  const add = async (file) => {
    const { jurisdiction } = route.peek();
    const params = { subject: `duty_item/${row.key}` };
    const headers = { "Content-Type": file.type };
    const upload = () =>
      request("POST", `/${jurisdiction}/files`, { body: file, headers, params }).then(json);
    const stored = await run(upload);
    if (stored) await send("duty_item.show", { duty_item: row.key, file: stored.file });
  };
  return html`<input ref=${input} class="visually-hidden" type="file" accept=${TYPES} tabindex="-1"
      aria-hidden="true" onChange=${(event) => {
        const [file] = event.currentTarget.files;
        event.currentTarget.value = "";
        if (file) add(file);
      }} />
    <button type="button" class="button" aria-disabled=${busy ? "true" : undefined} onClick=${() => {
      if (!busy) input.current.click();
    }}>${t("duties.add")}</button><${ErrorNote} problem=${problem} />`;
}

function File({ one, close }) {
  const [failed, setFailed] = useState(false);
  const source = `/api/v1/${route.peek().jurisdiction}/files/${one.file}`;
  return html`<${Dialog} title=${nameOf(one)} close=${close}>${
    failed
      ? html`<p class="note note-bad" role="alert">${t("difficulties.no_file")}</p>`
      : html`<img class="proof-picture" src=${source} alt=${nameOf(one)} onError=${() => setFailed(true)} />`
  }<p class="muted">${t("requests.reveal_recorded")}</p></${Dialog}>`;
}
