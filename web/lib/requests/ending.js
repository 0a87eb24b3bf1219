// Dialogs to end and reopen requests. They show which assignments will be released.

import { command, commands, uuid } from "../api.js";
import { called } from "../called.js";
import { t } from "../i18n.js";
import { html, useRef, useState } from "../preact.js";
import { reason as because } from "../refusals.js";
import { route } from "../router.js";
import { Dialog, ErrorNote, Field, State, useAction } from "../ui.js";
import { offerUndo, unend } from "../undo.js";
import { closePanel, rowOf, tasksOf, unitName } from "./desk.js";
import { useReason } from "./reasons.js";

const HOW = ["complete", "fail", "cancel"];
const needsReason = (how) => how !== "complete";

/** Assignments and offers that end together with requests. */
export function Released({ ids }) {
  const rows = ids.flatMap((id) => tasksOf.value.get(id) ?? []);
  if (!rows.length) return html`<p class="muted">${t("requests.releases_none")}</p>`;
  return html`<div class="releases"><p>${t("requests.releases", { n: rows.length })}</p>
    <ul>${rows.map(
      (row) =>
        html`<li><strong>${unitName(row)}</strong> <${State} domain="assignment_state" value=${row.state} />${
          ids.length > 1 && html` <span class="mono muted">${called("request", row.request)}</span>`
        }</li>`,
    )}</ul></div>`;
}

/** Dialog to end one request. */
export function End({ ids: [id] }) {
  const row = rowOf(id);
  const [how, setHow] = useState(row?.done.length ? "complete" : row?.touched ? "complete" : "cancel");
  const close = closePanel;
  return html`<${Dialog} title=${t("requests.end_title", { id: called("request", id) })} close=${close}>
    <div class="toggles ending-how" role="radiogroup" aria-label=${t("requests.end")}>${HOW.map(
      (one) => html`<label class="toggle toggle-radio"><input type="radio" name="how"
      checked=${one === how} autofocus=${one === how} onChange=${() => setHow(one)} />
        ${t(`requests.end_${one}`)}</label>`,
    )}</div>
    <p class="ending-what">${t(`requests.end_${how}_what`)}</p>
    <${EndForm} key=${how} id=${id} how=${how} close=${close} /></${Dialog}>`;
}

function EndForm({ id, how, close }) {
  const reason = useReason(how, { needed: needsReason(how), notes: true });
  const [note, setNote] = useState("");
  const action = useAction();
  const key = useRef(uuid());
  const submit = async (event) => {
    event.preventDefault();
    if (!reason.ready || action.busy) return;
    const said = [reason.note, note.trim()].filter(Boolean).join("\n");
    const data = { request: id, ...(reason.code && { reason: reason.code }), ...(said && { note: said }) };
    const before = tasksOf.peek().get(id) ?? [];
    if (
      !(await action.run(() =>
        command(route.peek().jurisdiction, `request.${how}`, data, { id: key.current }),
      ))
    )
      return;
    offerUndo(t(`requests.end_${how}_done`, { id: called("request", id) }), unend(id, before));
    close();
  };
  return html`<form class="form" onSubmit=${submit}>${reason.field}
    <${Field} label=${t("requests.note")} hint=${t("requests.note_hint")}>${(
      control,
    ) => html`<textarea ...${control} rows="2" maxlength="4000" value=${note}
      onInput=${(event) => setNote(event.currentTarget.value)}></textarea>`}</${Field}>
    <${Released} ids=${[id]} /><${ErrorNote} problem=${action.problem} />
    <div class="form-actions"><button type="submit" class="button button-main"
        aria-disabled=${reason.ready && !action.busy ? undefined : "true"}>${t(`requests.end_${how}_do`)}
          </button>
      <button type="button" class="button" onClick=${close}>${t("ui.cancel")}</button></div></form>`;
}

/** Dialog to reopen a request. */
export function Reopen({ ids: [id] }) {
  const reason = useReason("reopen", { needed: false, first: true });
  const action = useAction();
  const key = useRef(uuid());
  const submit = async (event) => {
    event.preventDefault();
    if (!reason.ready || action.busy) return;
    const data = { request: id, ...(reason.code && { reason: reason.code }) };
    if (
      await action.run(() => command(route.peek().jurisdiction, "request.reopen", data, { id: key.current }))
    )
      closePanel();
  };
  return html`<${Dialog} title=${t("requests.reopen_title", { id: called("request", id) })}
      close=${closePanel}><form class="form" onSubmit=${submit}>
    <p>${t("requests.reopen_what")}</p>${reason.field}<${ErrorNote} problem=${action.problem} />
    <div class="form-actions"><button type="submit" class="button button-main"
        aria-disabled=${action.busy ? "true" : undefined}>${t("requests.reopen")}</button>
      <button type="button" class="button" onClick=${closePanel}>${t("ui.cancel")}</button></div></form>
        </${Dialog}>`;
}

/** Send one command for each of several requests. `refused` lists the refused ones. */
export function useBatch() {
  const action = useAction();
  const [refused, setRefused] = useState([]);
  const run = async (items) => {
    const outcomes = [];
    for (let from = 0; from < items.length; from += 500) {
      const part = items.slice(from, from + 500);
      const answers = await action.run(() => commands(route.peek().jurisdiction, part));
      if (!answers) return null;
      outcomes.push(...answers);
    }
    const failed = outcomes
      .map((one, index) => ({ ...one, request: items[index].data.request ?? items[index].data.assignment }))
      .filter((one) => ["refused", "pending"].includes(one.outcome));
    setRefused(failed);
    return { done: outcomes.length - failed.length, failed };
  };
  return { run, refused, busy: action.busy, problem: action.problem };
}

/** List of refused requests with reasons. */
export const Refused = ({ rows }) =>
  rows.length > 0 &&
  html`<div class="note note-error" role="alert"><ul>${rows.map(
    (one) => html`<li><span class="mono">${called("request", one.request)}</span>
  ${because(one)}</li>`,
  )}</ul></div>`;
