// A worker's call for help: what is known, who looks after it, and its end.

import { answer } from "../alerts.js";
import { command, get } from "../api.js";
import { number, t, word } from "../i18n.js";
import { html, useState } from "../preact.js";
import { live, may, mayReveal } from "../store.js";
import { now, since } from "../time.js";
import { ErrorNote, Icon, useAction, useLoaded } from "../ui.js";
import { short } from "./parts.js";

const ENDS = ["helped", "false_alarm", "handed_to_others"];

/** How often the last known position is asked for while a call is open, in ms. */
const POSITION_MS = 15000;

/** The worker's open calls. Loads again when the service's alerts about them change. */
export function Calls({ id }) {
  const mine = answer.value?.items.filter((one) => one.kind === "sos" && one.worker === id) ?? [];
  const key = mine.map((one) => one.id + (one.acknowledged_by ?? "")).join(" ");
  const { data, reload } = useLoaded(
    () =>
      get(`/${live.peek().jurisdiction}/sos`, {
        worker: id,
        state: ["open", "acknowledged"],
        sort: "-raised_at",
      }),
    [id, key],
  );
  if (!data?.items.length) return null;
  return html`${data.items.map(
    (call) => html`<${Call} key=${call.sos} call=${call} done=${reload} />`,
  )}<${LastKnown} id=${id} />`;
}

/** Where the worker's phone was last, if it reports positions. Nothing about those who are off duty. */
function LastKnown({ id }) {
  const round = Math.floor(now.value / POSITION_MS);
  const { data } = useLoaded(() => get(`/${live.peek().jurisdiction}/places`, { worker: id }), [id, round]);
  const found = data?.items[0];
  if (!found) return null;
  return html`<p class="call-position">${t("sos.position", {
    place: `${found.lat}, ${found.lon}${found.accuracy === null ? "" : ` ±${number(found.accuracy)} m`}`,
    age: since(found.at),
  })}</p>`;
}

function Call({ call, done }) {
  const [place, setPlace] = useState(null);
  const { busy, problem, run } = useAction();
  const { jurisdiction } = live.peek();
  const say = async (name, more = {}) => {
    if (busy) return;
    await run(() => command(jurisdiction, name, { worker: call.worker, sos: call.sos, ...more }));
    done();
  };
  const show = async () => {
    const path = `/${jurisdiction}/sos/${encodeURIComponent(call.sos)}`;
    const found = await run(() => get(path, { reveal: true }));
    if (found) setPlace(found.place);
  };
  return html`<section class="call" aria-label=${t("sos.title")}>
    <p><${Icon} name="level-1" /><b>${t("sos.since", { at: short(call.raised_at) })}</b> ${
      call.acknowledged_at
        ? t("sos.seen", { by: call.acknowledged_by, at: short(call.acknowledged_at) })
        : t("sos.unseen")
    }</p>
    ${
      call.place
        ? html`<p>${t("sos.place", { place: place ?? call.place })} ${
            !place &&
            mayReveal.value &&
            html`<button type="button" class="button" aria-disabled=${busy ? "true" : undefined}
              onClick=${show}><${Icon} name="eye" />${t("sos.show")}</button>`
          }</p>`
        : html`<p class="muted">${t("sos.no_place")}</p>`
    }
    <div class="toolbar">${
      !call.acknowledged_at &&
      may("worker.acknowledge_sos") &&
      html`<button type="button" class="button button-main" aria-disabled=${busy ? "true" : undefined}
        onClick=${() => say("worker.acknowledge_sos")}>
        ${t("sos.acknowledge")}</button>`
    }
    ${
      may("worker.end_sos") &&
      ENDS.map(
        (reason) => html`<button type="button" key=${reason} class="button"
        aria-disabled=${busy ? "true" : undefined} onClick=${() => say("worker.end_sos", { reason })}>
          ${t("sos.end", { reason: word("sos_end", reason) })}</button>`,
      )
    }</div><${ErrorNote} problem=${problem} /></section>`;
}
