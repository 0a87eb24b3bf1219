// What happened at the door, as the courier's phone told it: why not, a note, and proofs.

import { get } from "../api.js";
import { t, word } from "../i18n.js";
import { html, useState } from "../preact.js";
import { route } from "../router.js";
import { Opened } from "../sealed.js";
import { mayReveal } from "../store.js";
import { termName } from "../terms.js";
import { hhmm, stamp } from "../time.js";
import { ErrorNote, Icon, useAction } from "../ui.js";

const SHOWN = ["photo", "signature"];

/** Name a reason of the list `door`, also one that is not offered any more. */
const reason = (code) => termName("door", code);

/** What the unit of an assignment said and proved; nothing if it did neither. */
export function AtDoor({ row }) {
  if (!row.given_back && !row.proofs?.length) return null;
  return html`<div class="at-door">
    ${
      row.given_back &&
      html`<p><${Icon} name="alert" /><b>${t("door.given_back", { reason: reason(row.given_back) })}</b></p>`
    }
    ${(row.note || row.code) && html`<${Said} row=${row} />`}
    ${row.proofs?.length > 0 && html`<${Proofs} row=${row} />`}</div>`;
}

/** Note and code word: masked until revealed, which the service records. */
function Said({ row }) {
  const [open, setOpen] = useState(null);
  const action = useAction();
  const show = async () => {
    const path = `/${route.peek().jurisdiction}/assignments/${encodeURIComponent(row.assignment)}`;
    const found = await action.run(() => get(path, { reveal: true }));
    if (found) setOpen(found);
  };
  const { note, code } = open ?? row;
  return html`${note && html`<p class="door-note">${t("door.note", { note })}</p>`}
    ${code && html`<p>${t("door.code", { code })}</p>`}
    ${
      !open &&
      mayReveal.value &&
      html`<button type="button" class="button button-plain" onClick=${show}><${Icon} name="eye" />
      ${t("door.show")}</button>`
    }
    <${ErrorNote} problem=${action.problem} retry=${show} />`;
}

const opened = ({ file, kind, at }) => ({ file, name: `${word("proof", kind)} · ${stamp(at)}` });

function Proofs({ row }) {
  const [shown, setShown] = useState(null);
  return html`<ul class="proofs">${row.proofs.map(
    (proof) =>
      html`<li key=${proof.position}>${
        SHOWN.includes(proof.kind) && mayReveal.value
          ? html`<button type="button" class="button" title=${stamp(proof.at)}
          onClick=${() => setShown(opened(proof))}><${Icon} name="eye" />
          ${word("proof", proof.kind)} ${hhmm(proof.at)}</button>`
          : html`<span title=${stamp(proof.at)}>${word("proof", proof.kind)} ${hhmm(proof.at)}</span>`
      }</li>`,
  )}</ul>
    ${shown && html`<${Opened} one=${shown} close=${() => setShown(null)} />`}`;
}
