// Assignments of a request: units, stages and actions.

import { command, uuid } from "../api.js";
import { t, word } from "../i18n.js";
import { html, useState } from "../preact.js";
import { href, route } from "../router.js";
import { ACCEPTED, DISPATCHED, DONE, OFFERED, STAGES, UNENDED } from "../rules.js";
import { may } from "../store.js";
import { hhmm, now, span, stamp } from "../time.js";
import { classes, Dialog, ErrorNote, Icon, State, useAction } from "../ui.js";
import { again, offerUndo } from "../undo.js";
import { checkedTasks, mayOpen, panel, toggleTask, unitHref, unitName } from "./desk.js";
import { AtDoor } from "./door.js";
import { useReason } from "./reasons.js";

/** Next steps of an assignment that is not under way: [step, command, data]. */
const STEPS = {
  [OFFERED]: [["accept", "assignment.accept", {}]],
  [ACCEPTED]: [["dispatch", "assignment.dispatch", {}]],
};
/** Next steps of an assignment under way: any later stage, or done. */
const onward = (state) => [
  ...STAGES.slice(STAGES.indexOf(state) + 1).map((stage) => [stage, "assignment.progress", { stage }]),
  ["done", "assignment.done", {}],
];
const stepsOf = (row) => STEPS[row.state] ?? (row.live ? onward(row.state) : []);
const TRACK = [DISPATCHED, ...STAGES, "ended"].map((stage) => `${stage}_at`);

/** Live assignments and open offers, then ended ones. */
export function Tasks({ rows }) {
  const open = rows.filter((row) => UNENDED.includes(row.state));
  const over = rows.filter((row) => !open.includes(row));
  return html`${
    open.length === 0 &&
    over.length === 0 &&
    html`<p class="muted">${t("requests.nobody_asked")}
    </p>`
  }
    <ul class="tasks">${open.map((row) => html`<${Task} key=${row.assignment} row=${row} />`)}</ul>
    ${
      over.length > 0 &&
      html`<details class="tasks-over" open=${open.length === 0}><summary>
        ${t("requests.tasks_over", { n: over.length })}</summary>
      <ul class="tasks">${over.map((row) => html`<${Over} key=${row.assignment} row=${row} />`)}</ul>
        </details>`
    }`;
}

const Unit = ({ row }) => {
  const [page, id] = unitHref(row);
  return html`<a class="task-unit" href=${href(page, { id })}><${Icon} name=${row.team ? "team" : "worker"} />
    ${unitName(row)}</a>`;
};

function Task({ row }) {
  const [releasing, setReleasing] = useState(false);
  const action = useAction();
  const steps = stepsOf(row).filter(([, name]) => may(name));
  const gives = row.live && mayOpen("reassign");
  const releases = may("assignment.release");
  const [said, setSaid] = useState(null);
  // Busy only for the current state: the live row may advance before the answer arrives.
  const busy = action.busy && said === row.state;
  const say = (name, data) => {
    setSaid(row.state);
    return action.run(() =>
      command(route.peek().jurisdiction, name, { assignment: row.assignment, ...data }),
    );
  };
  return html`<li class="task">
    <div class="task-head">
      ${
        gives &&
        html`<input type="checkbox" checked=${checkedTasks.value.has(row.assignment)}
        aria-label=${t("requests.check_task", { unit: unitName(row) })} onChange=${() => toggleTask(row)} />`
      }
      <${Unit} row=${row} /><${State} domain="assignment_state" value=${row.state} />
      ${
        row.override &&
        html`<span class="muted">
        ${t("requests.overridden", { reason: word("reason", row.override) })}</span>`
      }
      ${
        row.unattended &&
        html`<span class="muted">
        ${t("requests.unattended", { reason: word("reason", row.unattended) })}</span>`
      }
    </div>
    ${row.state === OFFERED ? html`<${Countdown} row=${row} />` : html`<${Track} row=${row} />`}
    ${
      (steps.length > 0 || gives || releases) &&
      html`<div class="task-steps">${steps.map(
        // Keyed by place: the focus stays on the next step when this one is taken.
        ([step, name, data], index) => html`<button type="button" key=${index}
        class=${classes("button", index === 0 && "button-next")} aria-disabled=${busy ? "true" : undefined}
        onClick=${() => !busy && say(name, data)}>${t(`requests.step_${step}`)}</button>`,
      )}
      <span class="task-away">
        ${
          gives &&
          html`<button type="button" class="button button-plain" onClick=${() => {
            panel.value = { kind: "reassign", rows: [row] };
          }}>${t("requests.reassign")}</button>`
        }
        ${
          releases &&
          html`<button type="button" class="button button-plain"
            onClick=${() => setReleasing(true)}>${t(row.live ? "requests.release" : "requests.withdraw")}
              </button>`
        }</span></div>`
    }
    <${AtDoor} row=${row} /><${ErrorNote} problem=${action.problem} />
    ${releasing && html`<${Release} row=${row} close=${() => setReleasing(false)} />`}</li>`;
}

function Countdown({ row }) {
  const left = row.expires_at ? Date.parse(row.expires_at) - now.value : 0;
  return html`<p class="muted">${t("requests.offered_at", { at: hhmm(row.offered_at) })}${
    row.expires_at
      ? html` · ${left > 0 ? t("requests.answer_within", { left: span(left) }) : t("requests.answer_over")}`
      : null
  }</p>`;
}

/** The stages with their times, in one line. */
function Track({ row }) {
  const ended = row.ended_at ? row.state : DONE;
  return html`<ol class="track">${TRACK.map((field) => {
    const at = row[field];
    const name = field === "ended_at" ? ended : field.slice(0, -3);
    return html`<li class=${classes("track-step", at && "track-done")}><span>${word("assignment_state", name)}
      </span>
      ${
        at
          ? html`<time datetime=${at} title=${stamp(at)}>${hhmm(at)}</time>`
          : html`<span
          class="track-none">–</span>`
      }</li>`;
  })}</ol>`;
}

function Over({ row }) {
  const sent = row.dispatched_at || row.accepted_at;
  return html`<li class="task task-ended"><div class="task-head"><${Unit} row=${row} /><${State}
      domain="assignment_state" value=${row.state} />
      ${row.reason && !row.given_back && html`<span class="muted">${word("reason", row.reason)}</span>`}
      <time class="task-time" datetime=${row.ended_at}>${row.ended_at && stamp(row.ended_at)}</time></div>
    ${sent && html`<${Track} row=${row} />`}<${AtDoor} row=${row} /></li>`;
}

function Release({ row, close }) {
  const reason = useReason("release", { needed: true, first: true });
  const [id] = useState(uuid);
  const action = useAction();
  const submit = async (event) => {
    event.preventDefault();
    if (!reason.ready || action.busy) return;
    const done = await action.run(() =>
      command(
        route.peek().jurisdiction,
        "assignment.release",
        { assignment: row.assignment, reason: reason.code },
        { id },
      ),
    );
    if (!done) return;
    offerUndo(t(row.live ? "requests.released" : "requests.withdrawn", { unit: unitName(row) }), again(row));
    close();
  };
  return html`<${Dialog}
      title=${t(row.live ? "requests.release_title" : "requests.withdraw_title", { unit: unitName(row) })}
          close=${close}><form class="form" onSubmit=${submit}>
    <p>${t(row.live ? "requests.release_what" : "requests.withdraw_what")}</p>${reason.field}<${ErrorNote}
        problem=${action.problem} />
    <div class="form-actions"><button type="submit" class="button button-main"
        aria-disabled=${reason.ready && !action.busy ? undefined : "true"}>
          ${t(row.live ? "requests.release" : "requests.withdraw")}</button>
      <button type="button" class="button" onClick=${close}>${t("ui.cancel")}</button></div></form>
        </${Dialog}>`;
}
