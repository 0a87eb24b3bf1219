// Reassignment of live assignments. Each gets a new unit, then all are sent together or none.

import { command, uuid } from "../api.js";
import { called } from "../called.js";
import { t } from "../i18n.js";
import { html, useRef, useState } from "../preact.js";
import { route } from "../router.js";
import { assignments } from "../store.js";
import { classes, Icon, State, useAction } from "../ui.js";
import { offerUndo, takeBack } from "../undo.js";
import { Candidates, calledOf, unitKey } from "./candidates.js";
import { checkedTasks, closePanel, element, rowOf, unitName } from "./desk.js";
import { useReason } from "./reasons.js";
import { Refusal } from "./refusal.js";
import { Place, What } from "./show.js";
import { NOBODY_ON_DUTY, Unattended } from "./unattended.js";

/** Panel to reassign assignments `rows`. */
export function Reassign({ rows: given }) {
  const rows = given.filter((row) => assignments.value.get(row.assignment)?.live ?? false);
  const left = given.length - rows.length;
  const [targets, setTargets] = useState(new Map());
  const [at, setAt] = useState(given[0]?.assignment);
  const [chosen, setChosen] = useState(null);
  const [round, setRound] = useState(0);
  const [empty, setEmpty] = useState(false);
  const reason = useReason("reassign", { needed: true });
  const action = useAction();
  const id = useRef(uuid());
  const mine = rows.find((row) => row.assignment === at) ?? rows[0];
  const ready =
    rows.length > 0 && rows.every((row) => targets.has(row.assignment)) && reason.ready && !action.busy;
  const set = (entries) => {
    id.current = uuid();
    setTargets(new Map([...targets, ...entries]));
  };
  const give = (one) => {
    set([[mine.assignment, one]]);
    const next = rows.find((row) => row !== mine && !targets.has(row.assignment));
    if (next) setAt(next.assignment);
    else element(".reassign-send select")?.focus();
  };
  /** @param {{ override?: string, unattended?: string }} [why] Reasons to send against a rule. */
  const send = async (why = {}) => {
    if (!ready) return;
    const items = rows.map(({ assignment }) => ({
      assignment,
      [targets.get(assignment).kind]: targets.get(assignment).unit,
    }));
    const data = { items, reason: reason.code, ...why };
    if (why.override || why.unattended) id.current = uuid();
    let code = null;
    const done = await action.run(() =>
      command(route.peek().jurisdiction, "assignment.reassign", data, { id: id.current }).catch((error) => {
        code = error.code;
        throw error;
      }),
    );
    if (code === NOBODY_ON_DUTY) {
      action.clear();
      setEmpty(true);
    }
    setRound((n) => n + 1);
    if (!done) return;
    const given = items.map((_, index) => `${id.current}-${index}`); // as the service derives them
    offerUndo(t("requests.reassigned", { n: items.length }), takeBack(rows, given));
    checkedTasks.value = new Map();
    closePanel();
  };
  return html`<section class="assign" aria-label=${t("requests.reassign")}>
    <header class="assign-head"><button type="button" class="button button-plain" onClick=${closePanel}
        aria-label=${t("ui.close")}><${Icon} name="close" /></button>
      <h2>${t("requests.reassign_n", { n: rows.length })}</h2></header>
    ${left > 0 && html`<p class="note" role="status">${t("requests.reassign_left", { n: left })}</p>`}
    <ul class="handovers">${rows.map(
      (row) => html`<${Handover} key=${row.assignment} row=${row} chosen=${row === mine}
          target=${targets.get(row.assignment)}
      choose=${() => setAt(row.assignment)} />`,
    )}</ul>
    ${
      mine &&
      html`<${Candidates} request=${mine.request} chosen=${chosen && unitKey(chosen)} choose=${setChosen}
          round=${round} instead
      keys=${{ Enter: give, A: (one) => set(rows.map((row) => [row.assignment, one])) }} />`
    }
    <div class="assign-foot">${
      chosen &&
      mine &&
      html`<button type="button" class="button" onClick=${() => give(chosen)}>
        ${t("requests.give_to", { unit: calledOf(chosen) })} <kbd>Enter</kbd></button>
      ${
        rows.length > 1 &&
        html`<button type="button" class="button"
          onClick=${() => set(rows.map((row) => [row.assignment, chosen]))}>
            ${t("requests.give_all")} <kbd>A</kbd></button>`
      }`
    }</div>
    ${
      empty &&
      html`<${Unattended} unit=${t("requests.unattended_some")} close=${() => setEmpty(false)}
          send=${(unattended) => send({ unattended })} />`
    }
    <form class="reassign-send" onSubmit=${(event) => {
      event.preventDefault();
      send();
    }}>${reason.field}
      <${Refusal} problem=${action.problem} override=${(override) => send({ override })} />
      <div class="form-actions"><button type="submit" class="button button-main"
          aria-disabled=${ready ? undefined : "true"}>${t("requests.reassign_send", { n: rows.length })}
            </button>
        <button type="button" class="button button-plain" onClick=${closePanel}>
          ${t("ui.cancel")} <kbd>Esc</kbd></button>
        <span class="muted">${t("requests.all_or_none")}</span></div></form>
  </section>`;
}

function Handover({ row, chosen, target, choose }) {
  const request = rowOf(row.request);
  return html`<li><button type="button" class=${classes("handover", chosen && "handover-chosen")}
      aria-pressed=${chosen ? "true" : "false"} onClick=${choose}>
    <span class="mono">${called("request", row.request)}</span>${
      request && html`<span><${What} row=${request} /></span>`
    }
      <${Place} code=${row.area} short />
    <span class="handover-who">${unitName(row)} <${State} domain="assignment_state" value=${row.state} />
      <${Icon} name="chevron" />
      <strong>${target ? calledOf(target) : t("requests.choose_unit")}</strong></span></button></li>`;
}
