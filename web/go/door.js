// What happened at the door: why it could not be done, and proof of what was.

import { t } from "../lib/i18n.js";
import { scaled } from "../lib/picture.js";
import { html, useState } from "../lib/preact.js";
import { Button, classes, Sheet } from "./parts.js";
import { reasons } from "./reasons.js";
import { Signature } from "./signature.js";
import { act } from "./sync.js";

const NOTE_LONGEST = 1000;

/** Reasons to decline an offer, as [code, name]. */
export const declines = () => reasons("decline");

/** The two ways beside the next step: it could not be done, and a proof. */
export function AtDoor({ task, title }) {
  const [open, setOpen] = useState(null);
  const close = () => setOpen(null);
  if (!task.request?.request) return null;
  return html`<div class="choices at-door">
    <${Button} icon="close" onClick=${() => setOpen("back")}>${t("go.back.open")}</${Button}>
    <${ProofButton} task=${task} title=${title} />
    ${open && html`<${GiveBack} task=${task} title=${title} close=${close} />`}</div>`;
}

/** A button that opens the sheet of proofs. */
export function ProofButton({ task, title }) {
  const [open, setOpen] = useState(false);
  const count = task.proofs?.length ?? 0;
  return html`<${Button} icon="camera" onClick=${() => setOpen(true)}>${
    count ? t("go.proof.more", { n: count }) : t("go.proof.open")
  }</${Button}>
    ${open && html`<${Proof} task=${task} title=${title} close=${() => setOpen(false)} />`}`;
}

function GiveBack({ task, title, close }) {
  const [why, setWhy] = useState(null);
  const [note, setNote] = useState("");
  const send = () => {
    const data = { assignment: task.assignment, request: task.request.request, reason: why };
    const said = note.trim();
    act("assignment.give_back", said ? { ...data, note: said } : data, { title });
    close();
  };
  return html`<${Sheet} title=${t("go.back.title")} close=${close}><div class="stack">
    <p class="muted">${title}</p>
    <div class="reasons" role="group" aria-label=${t("go.back.why")}>${reasons("door").map(
      ([code, name]) => html`<button key=${code} type="button" class=${classes("button", "reason")}
        aria-pressed=${String(why === code)} onClick=${() => setWhy(code)}><span>${name}</span></button>`,
    )}</div>
    <label class="field"><span>${t("go.back.note")}</span>
      <textarea rows="2" maxlength=${NOTE_LONGEST} value=${note}
        onInput=${(event) => setNote(event.currentTarget.value)}></textarea></label>
    <p class="muted">${t("go.back.stays")}</p>
    <${Button} kind="main" icon="check" disabled=${!why} onClick=${send}>${t("go.back.send")}
      </${Button}></div>
      </${Sheet}>`;
}

/** Queue a proof. It never holds back anything else.
 * @param {Task} task
 * @param {string} title
 * @param {{kind: string, code?: string}} proof
 * @param {Blob} [picture]
 */
const attach = (task, title, proof, picture) =>
  act(
    "assignment.attach_proof",
    { assignment: task.assignment, request: task.request.request, ...proof },
    { title },
    { picture },
  );

/** Choose a kind of proof, and give it. */
function Proof({ task, title, close }) {
  const [kind, setKind] = useState(null);
  const [bad, setBad] = useState(false);
  const again = () => setKind(null);
  const done = (proof, picture) => {
    attach(task, title, proof, picture);
    close();
  };
  const photo = async (event) => {
    const [file] = event.currentTarget.files;
    if (!file) return;
    setBad(false);
    try {
      done({ kind: "photo" }, await scaled(file));
    } catch {
      setBad(true);
    }
  };
  return html`<${Sheet} title=${t("go.proof.title")} close=${close}><div class="stack">
    <p class="muted">${title}</p>
    ${
      !kind &&
      html`<label class="button button-main file"><span>${t("go.proof.photo")}</span>
        <input type="file" accept="image/*" capture="environment" onChange=${photo} /></label>
      ${bad && html`<p class="hint hint-bad" role="alert">${t("go.proof.bad")}</p>`}
      <${Button} onClick=${() => setKind("signature")}>${t("go.proof.signature")}</${Button}>
      <${Button} onClick=${() => setKind("code")}>${t("go.proof.code")}</${Button}>
      <p class="muted">${t("go.proof.sealed")}</p>`
    }
    ${
      kind === "signature" &&
      html`<${Signature} back=${again} take=${(png) => done({ kind: "signature" }, png)} />`
    }
    ${
      kind === "code" && html`<${Word} back=${again} take=${(code) => done({ kind: "code", code })} />`
    }</div></${Sheet}>`;
}

function Word({ take, back }) {
  const [word, setWord] = useState("");
  return html`<form class="stack" onSubmit=${(event) => {
    event.preventDefault();
    if (word.trim()) take(word.trim());
  }}><label class="field"><span>${t("go.proof.heard")}</span>
      <input value=${word} maxlength="100" autocomplete="off"
        onInput=${(event) => setWord(event.currentTarget.value)} /></label>
    <${Button} icon="back" onClick=${back}>${t("go.back")}</${Button}>
    <button type="submit" class="button button-main" disabled=${!word.trim()}><span>${t("go.proof.save")}
      </span></button></form>`;
}
