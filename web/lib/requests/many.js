// One act on many requests: complete, cancel, release or raise them. The dialog says first what will happen.

import { uuid } from "../api.js";
import { number, t } from "../i18n.js";
import { html, useMemo, useRef, useState } from "../preact.js";
import { UNFINISHED } from "../rules.js";
import { may } from "../store.js";
import { Dialog, ErrorNote, Icon, toast } from "../ui.js";
import { again, offerUndo, unend } from "../undo.js";
import { requestName } from "../urgency.js";
import { checked, closePanel, rowOf, tasksOf, unitName } from "./desk.js";
import { Refused, useBatch } from "./ending.js";
import { useReason } from "./reasons.js";
import { What } from "./show.js";

const HIGHEST = 1;
const ACTS = {
  complete: "request.complete",
  cancel: "request.cancel",
  release: "assignment.release",
  raise: "request.amend",
};
const PURPOSE = { complete: "complete", cancel: "cancel", release: "release" };

/** Whether work on a request is done: then it is completed, never cancelled. */
const finished = (row) => row.done.length > 0;

/** Return the act that fits most: completing if work was done on all of them. */
export const usual = (rows) => (rows.length > 0 && rows.every(finished) ? "complete" : "cancel");

/** @typedef {{ act: string, row: any, task?: any }} Step */

/** Return what an act does: {steps: [{act, row, task?}], left: [{row, why}]}.
 *
 * @param {string} act
 * @param {any[]} rows
 * @param {(request: string) => any[]} tasks Live assignments and offers of a request.
 * @returns {{ steps: Step[], left: { row: any, why: string }[] }}
 */
export function plan(act, rows, tasks) {
  /** @type {Step[]} */
  const steps = [];
  const left = [];
  for (const row of rows) {
    const mine = tasks(row.request);
    if (!UNFINISHED.includes(row.state)) left.push({ row, why: "ended" });
    else if (act === "release" && mine.length === 0) left.push({ row, why: "nobody" });
    else if (act === "release") steps.push(...mine.map((task) => ({ act, row, task })));
    else if (act === "raise" && row.priority <= HIGHEST) left.push({ row, why: "highest" });
    else if (act === "cancel" && finished(row)) steps.push({ act: "complete", row });
    else steps.push({ act, row });
  }
  return { steps, left };
}

/** Return the command of a step: {name, data}. A reason goes only with the act that it was given for.
 *
 * @param {Step} step
 * @param {{ chosen: string, code: string | null, note: string | null }} given
 */
export function commandOf({ act, row, task }, { chosen, code, note }) {
  const why = act === chosen ? { ...(code && { reason: code }) } : {};
  const { request } = row;
  if (act === "release") return { name: ACTS.release, data: { assignment: task.assignment, ...why } };
  if (act === "raise") return { name: ACTS.raise, data: { request, priority: row.priority - 1 } };
  return { name: ACTS[act], data: { request, ...why, ...(act === chosen && note && { note }) } };
}

/** Return the commands that undo a step. `tasks` as before it.
 *
 * @param {Step} step
 * @param {(request: string) => any[]} tasks
 * @returns {import("../undo.js").Act[]}
 */
export function undoOf({ act, row, task }, tasks) {
  if (act === "release") return again(task);
  if (act === "raise") return [{ name: ACTS.raise, data: { request: row.request, priority: row.priority } }];
  return unend(row.request, tasks(row.request));
}

const tasksBy = (request) => tasksOf.peek().get(request) ?? [];

/** Dialog for the requests `ids`. */
export function Many({ ids }) {
  const rows = useMemo(() => ids.map(rowOf).filter(Boolean), [ids]);
  const [act, setAct] = useState(() => usual(rows));
  const acts = Object.keys(ACTS).filter((one) => may(ACTS[one]));
  return html`<${Dialog} title=${t("requests.many_title", { n: number(ids.length) })} close=${closePanel}>
    <div class="toggles ending-how" role="radiogroup" aria-label=${t("requests.many_act")}>${acts.map(
      (one) => html`<label class="toggle toggle-radio"><input type="radio" name="act"
        checked=${one === act} autofocus=${one === act} onChange=${() => setAct(one)} />
        ${t(`requests.many_${one}`)}</label>`,
    )}</div><${Form} key=${act} act=${act} rows=${rows} /></${Dialog}>`;
}

function Form({ act, rows }) {
  const needed = act === "cancel" || act === "release";
  const reason = useReason(PURPOSE[act] ?? "complete", { needed, notes: act !== "release" });
  const { steps, left } = useMemo(() => plan(act, rows, tasksBy), [act, rows]);
  const asks = PURPOSE[act] && steps.some((step) => step.act === act);
  const ready = steps.length > 0 && (!asks || reason.ready);
  const batch = useBatch();
  const sent = useRef(/** @type {{ key: string, items: any[] } | null} */ (null));
  const submit = async (event) => {
    event.preventDefault();
    if (!ready || batch.busy) return;
    const given = { chosen: act, code: reason.code, note: reason.note };
    const key = JSON.stringify(given);
    if (sent.current?.key !== key)
      sent.current = { key, items: steps.map((step) => ({ id: uuid(), ...commandOf(step, given) })) };
    const undoing = new Map(steps.map((step, i) => [sent.current.items[i].id, undoOf(step, tasksBy)]));
    const result = await batch.run(sent.current.items);
    if (!result) return;
    const bad = new Set(result.failed.map((one) => one.id));
    const done = steps.filter((_, i) => !bad.has(sent.current.items[i].id));
    const items = sent.current.items.filter((one) => !bad.has(one.id)).flatMap((one) => undoing.get(one.id));
    if (items.length) offerUndo(summary(done), items);
    if (bad.size) toast(t("requests.many_refused", { n: number(bad.size) }), "error");
    checked.value = new Set(steps.filter((step) => !done.includes(step)).map((step) => step.row.request));
    if (!bad.size) closePanel();
  };
  return html`<form class="form" onSubmit=${submit}>
    ${["complete", "cancel", "release", "raise"].map(
      (one) => html`<${Group} key=${one} act=${one} steps=${steps.filter((step) => step.act === one)} />`,
    )}
    ${left.length > 0 && html`<${Left} left=${left} />`}
    ${asks && reason.field}
    <${ErrorNote} problem=${batch.problem} /><${Refused} rows=${batch.refused} />
    <div class="form-actions"><button type="submit" class="button button-main"
        aria-disabled=${ready && !batch.busy ? undefined : "true"}>
        ${t(`requests.many_${act}_do`, { n: number(steps.length) })}</button>
      <button type="button" class="button" onClick=${closePanel}>${t("ui.cancel")}</button></div></form>`;
}

/** Sum up what was done: completed 2, cancelled 3. */
function summary(done) {
  return Object.keys(ACTS)
    .map((act) => [act, done.filter((step) => step.act === act).length])
    .filter(([, n]) => n)
    .map(([act, n]) => t(`requests.many_${act}_done`, { n: number(n) }))
    .join(" · ");
}

const Group = ({ act, steps }) =>
  steps.length > 0 &&
  html`<section class="several"><h3>${t(`requests.many_${act}_will`, { n: number(steps.length) })}</h3>
    <ul>${steps.map(
      ({ row, task }) =>
        html`<li><${What} row=${row} /> <${Named} row=${row} />${
          act === "raise" && html` <span>${row.priority} → ${row.priority - 1}</span>`
        }${task && html` <strong>${unitName(task)}</strong>`}${
          act === "complete" || act === "cancel" ? html`<${Going} row=${row} />` : null
        }</li>`,
    )}</ul></section>`;

/** Who is on a request and ends with it. */
function Going({ row }) {
  const tasks = tasksBy(row.request);
  return (
    tasks.length > 0 &&
    html` <span class="muted">${t("requests.many_ends", { units: tasks.map(unitName).join(", ") })}</span>`
  );
}

const Named = ({ row }) => html`<span class="mono muted">${requestName(row)}</span>`;

const Left = ({ left }) => html`<section class="several"><h3><${Icon} name="alert" />
    ${t("requests.many_left", { n: number(left.length) })}</h3>
  <ul>${left.map(
    ({ row, why }) => html`<li><${What} row=${row} /> <${Named} row=${row} />
      <span class="muted">${t(`requests.many_left_${why}`)}</span></li>`,
  )}</ul></section>`;
