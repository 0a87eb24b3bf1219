// Forgotten check-outs: people on duty for too long, each with a proposed end. Choose it, then confirm.

import { all, commands, uuid } from "../api.js";
import { called } from "../called.js";
import { number, t } from "../i18n.js";
import { fromLocal, toLocal } from "../localtime.js";
import { computed, html, useRef, useState } from "../preact.js";
import { reason } from "../refusals.js";
import { OFF_DUTY } from "../rules.js";
import { assignments, live, may, place } from "../store.js";
import { now, span } from "../time.js";
import { Empty, ErrorNote, Icon, Loading, toast, useAction, useLoaded } from "../ui.js";
import { AreaName, short, WorkerLink } from "./parts.js";

const HOUR_MS = 3600000;
/** Limit of a duty in seconds, until the jurisdiction is known. */
const LIMIT_S = 57600;
const MOST = 100;
/** Usual lengths of a shift in hours. */
const SHIFTS = [8, 12];
const OTHER = "other";
/** Reason for giving back the tasks of who forgot to check out. */
const RELEASE = "shift_over";

const begun = (row) => Date.parse(row.duty_since ?? row.since);

/** Workers on duty for longer than the jurisdiction's limit, longest first. */
export const forgotten = computed(() => {
  const limit = (place.value?.timers?.duty ?? LIMIT_S) * 1000;
  const before = Math.floor(now.value / 60000) * 60000 - limit;
  return [...(live.value?.rows("roster").values() ?? [])]
    .filter((row) => row.presence !== OFF_DUTY && row.since && begun(row) <= before)
    .sort((a, b) => begun(a) - begun(b));
});

/** Return the proposed ends of a duty: [{key, at}]. None is before the last sign of life, none in the future.
 *
 * @param {number} since In ms.
 * @param {number} sign The last sign of life, in ms.
 * @param {number} present In ms.
 */
export function proposals(since, sign, present) {
  const shifts = SHIFTS.map((hours) => ({ key: `shift_${hours}`, at: since + hours * HOUR_MS }));
  const fit = shifts.filter(({ at }) => at > sign && at <= present);
  return sign > since + 1 ? [{ key: "sign", at: sign }, ...fit] : [...fit, { key: "sign", at: sign }];
}

/** Return the last own fact of each worker, in ms, rounded up: an end before it would not be the end.
 * Throws Problem.
 */
async function signs(ids) {
  if (ids.length === 0) return new Map();
  const { items } = await all(live.peek().jurisdiction, "presence", { worker: ids, sort: "-key" }, 5000);
  const found = new Map();
  for (const fact of items) {
    if (fact.void) continue;
    found.set(fact.worker, Math.max(found.get(fact.worker) ?? 0, Date.parse(fact.at) + 1));
  }
  return found;
}

/** The list. `close` returns to the workers. */
export function Forgotten({ close }) {
  const rows = forgotten.value.slice(0, MOST);
  const ids = rows.map((row) => row.worker);
  const { data, problem, reload } = useLoaded(() => signs(ids), [ids.join(" ")]);
  return html`<div class="folk forgotten"><header class="page-head"><h1>${t("people.forgotten")}</h1>
    <div class="toolbar"><button type="button" class="button" onClick=${close}>${t("people.back")}</button>
    </div></header><p class="muted">${t("people.forgotten_what", {
      span: span((place.value?.timers?.duty ?? LIMIT_S) * 1000),
    })}</p>
    <${ErrorNote} problem=${problem} retry=${reload} />
    ${
      !live.value.has("roster") || (!data && !problem)
        ? html`<${Loading} />`
        : rows.length === 0
          ? html`<${Empty} text=${t("people.forgotten_none")} />`
          : data && html`<${List} rows=${rows} signs=${data} />`
    }</div>`;
}

function List({ rows, signs: known }) {
  const [ends, setEnds] = useState(new Map());
  const [left, setLeft] = useState(new Set());
  const [refused, setRefused] = useState(new Map());
  const sent = useRef(new Map());
  const { busy, problem, run } = useAction();
  const present = now.peek();
  const lines = rows.map((row) => line(row, known.get(row.worker), ends.get(row.worker), present));
  const chosen = lines.filter(({ row, at }) => at && !left.has(row.worker));
  const set = (row, end) => setEnds(new Map(ends).set(row.worker, end));
  const pick = (row) => {
    const next = new Set(left);
    if (!next.delete(row.worker)) next.add(row.worker);
    setLeft(next);
  };
  const confirm = async () => {
    const items = chosen.map((one) => checkOut(one, sent.current));
    const answers = await run(() => commands(live.peek().jurisdiction, items));
    if (!answers) return;
    const bad = answers.map((one, i) => [items[i].data.worker, one]).filter(([, one]) => failed(one));
    setRefused(new Map(bad));
    toast(t("people.forgotten_done", { n: items.length - bad.length }));
  };
  return html`<ul class="folk-lines forgotten-list">${lines.map(
    (one) => html`<${Line} key=${one.row.worker} ...${one} refused=${refused.get(one.row.worker)}
      picked=${!left.has(one.row.worker)} pick=${() => pick(one.row)} set=${(end) => set(one.row, end)} />`,
  )}</ul><${ErrorNote} problem=${problem} />
  ${
    may("worker.check_out") &&
    html`<div class="form-actions"><button type="button" class="button button-main" onClick=${confirm}
      aria-disabled=${busy || chosen.length === 0 ? "true" : undefined}>
      ${t("people.forgotten_confirm", { n: number(chosen.length) })}</button></div>`
  }`;
}

const failed = (answer) => ["refused", "pending"].includes(answer.outcome);

/** Return what a row shows: its proposals, and the chosen end in ms; 0 while an own time is empty. */
function line(row, sign, end, present) {
  const since = begun(row);
  const offers = proposals(since, Math.max(sign ?? 0, since + 1), present);
  const key = end?.key ?? offers[0].key;
  const own = end?.own ?? toLocal(offers[0].at);
  const at = key === OTHER ? own && Date.parse(fromLocal(own)) : offers.find((one) => one.key === key)?.at;
  const tasks = [...assignments.value.values()].filter((one) => one.worker === row.worker && one.live).length;
  return { row, since, offers, chosen: key, own, at: at || 0, tasks };
}

/** Return the command of a line. The same line sent again is the same command. */
function checkOut({ row, at, tasks }, sent) {
  const text = `${row.worker} ${at} ${tasks > 0}`;
  if (!sent.has(text)) sent.set(text, uuid());
  return {
    id: sent.get(text),
    name: "worker.check_out",
    at: new Date(at).toISOString(),
    observed: true,
    data: { worker: row.worker, ...(tasks > 0 && { release: RELEASE }) },
  };
}

function Line({ row, since, offers, chosen, own, tasks, picked, pick, set, refused }) {
  const say = (key) => {
    const offer = offers.find((one) => one.key === key);
    return offer ? `${t(`people.end.${key}`)} · ${short(offer.at)}` : t("people.end.other");
  };
  return html`<li><label class="forgotten-who"><input type="checkbox" checked=${picked} onChange=${pick}
      aria-label=${t("people.forgotten_pick", { who: called("worker", row.worker) })} /></label>
    <${WorkerLink} id=${row.worker} /><${AreaName} code=${row.area} />
    <span>${t("people.forgotten_since", { when: short(since), span: span(now.value - since) })}</span>
    <select aria-label=${t("people.forgotten_end", { who: called("worker", row.worker) })} value=${chosen}
      onChange=${(event) => set({ key: event.currentTarget.value, own })}>
      ${[...offers.map((one) => one.key), OTHER].map(
        (key) => html`<option key=${key} value=${key}>${say(key)}</option>`,
      )}</select>
    ${
      chosen === OTHER &&
      html`<input type="datetime-local" aria-label=${t("people.end.other")} value=${own}
        min=${toLocal(since)} max=${toLocal(now.peek())}
        onInput=${(event) => set({ key: OTHER, own: event.currentTarget.value })} />`
    }
    ${tasks > 0 && html`<span class="muted">${t("people.forgotten_tasks", { n: tasks })}</span>`}
    ${refused && html`<span role="alert"><${Icon} name="alert" />${reason(refused)}</span>`}</li>`;
}
