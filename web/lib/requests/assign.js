// Assignment in two actions: open the list, send the best. If someone was faster, the panel says who.

import { command, uuid } from "../api.js";
import { called } from "../called.js";
import { t } from "../i18n.js";
import { html, useRef, useState } from "../preact.js";
import { route } from "../router.js";
import { Icon, Priority, useAction } from "../ui.js";
import { offerUndo, unsend } from "../undo.js";
import { Candidates, calledOf, unitKey } from "./candidates.js";
import { assignmentsOf, closePanel, rowOf } from "./desk.js";
import { holder, Refusal } from "./refusal.js";
import { Place, Slots, Standing, What } from "./show.js";
import { NOBODY_ON_DUTY, Unattended } from "./unattended.js";

/** Panel to assign a request. */
export function Assign({ id }) {
  const row = rowOf(id);
  const [chosen, setChosen] = useState(null);
  const [round, setRound] = useState(0);
  const [refused, setRefused] = useState(null);
  const [empty, setEmpty] = useState(null);
  const action = useAction();
  const pending = useRef(null);
  const pick = (one) => {
    setChosen(one);
    if (!one || (refused && unitKey(one) !== refused.unit)) setRefused(null);
  };
  /** @param {{ override?: string, unattended?: string }} [why] Reasons to send against a rule. */
  const send = async (name, one, why = {}) => {
    if (action.busy) return;
    const asked = `${name} ${unitKey(one)} ${JSON.stringify(why)}`;
    if (pending.current?.asked !== asked) pending.current = { asked, id: uuid() };
    const data = { request: id, [one.kind]: one.unit, ...why };
    let problem = null;
    const done = await action.run(() =>
      command(route.peek().jurisdiction, name, data, { id: pending.current.id }).catch((error) => {
        problem = error;
        throw error;
      }),
    );
    if (done) finished(name, one);
    else if (problem) await lost(problem, name, one);
  };
  const finished = (name, one) => {
    const offered = name === "assignment.offer";
    const said = t(offered ? "requests.offered" : "requests.dispatched", {
      unit: calledOf(one),
      id: called("request", id),
    });
    offerUndo(said, [unsend(pending.current.id)]);
    pending.current = null;
    const more = row && (row.slots === null || row.taken + 1 < row.slots);
    if (offered || more) {
      setRefused(null);
      setRound((n) => n + 1);
    } else closePanel();
  };
  const lost = async (problem, name, one) => {
    if (problem.code !== "pending") pending.current = null;
    if (problem.code === NOBODY_ON_DUTY) {
      setRefused(null);
      setEmpty({ name, one });
      return;
    }
    const taken =
      problem.code === "request.full"
        ? await assignmentsOf(route.peek().jurisdiction, id).then(holder, () => null)
        : null;
    setRefused({ problem, taken, name, one, unit: unitKey(one) });
    setRound((n) => n + 1);
  };
  const dispatch = (one) => send("assignment.dispatch", one);
  const offer = (one) => send("assignment.offer", one);
  const wait = action.busy ? "true" : undefined;
  return html`<section class="assign" aria-label=${t("requests.assign_to", { id: called("request", id) })}>
    <header class="assign-head"><button type="button" class="button button-plain" onClick=${closePanel}
        aria-label=${t("ui.close")} aria-keyshortcuts="Escape"><${Icon} name="close" /></button>
      <h2>${t("requests.assign")}</h2><span class="mono muted" title=${id}>${called("request", id)}</span>
      ${
        row &&
        html`<p class="assign-what"><${Priority} value=${row.priority} /> <strong><${What} row=${row} />
          </strong> <${Place} code=${row.area} />
        <${Slots} row=${row} /> <${Standing} row=${row} /></p>`
      }</header>
    <${Refusal} problem=${refused?.problem} taken=${refused?.taken}
        override=${refused && ((override) => send(refused.name, refused.one, { override }))} />
    ${
      empty &&
      html`<${Unattended} unit=${calledOf(empty.one)} close=${() => setEmpty(null)}
          send=${(unattended) => send(empty.name, empty.one, { unattended })} />`
    }
    <${Candidates} request=${id} chosen=${chosen && unitKey(chosen)} choose=${pick}
        keys=${{ Enter: dispatch, o: offer }} round=${round} />
    <footer class="assign-foot">${
      chosen
        ? html`
      <button type="button" class="button button-main" aria-disabled=${wait}
          onClick=${() => dispatch(chosen)}>
            ${t("requests.dispatch", { unit: calledOf(chosen) })} <kbd>Enter</kbd></button>
      <button type="button" class="button" aria-disabled=${wait} onClick=${() => offer(chosen)}>
        ${t("requests.offer")} <kbd>o</kbd></button>`
        : html`<span class="muted">${t("requests.choose_unit")}</span>`
    }
      <button type="button" class="button button-plain" onClick=${closePanel}>${t("ui.cancel")} <kbd>Esc</kbd>
        </button></footer>
  </section>`;
}
