// A station keeper's day: open, full or closed, people there, free places, what is short, and uses.

import { get, uuid } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { effect, html, signal, useEffect, useState } from "../lib/preact.js";
import { hhmm, timezone, wall } from "../lib/time.js";
import {
  numberOf,
  reconciled,
  statusOf,
  UNITS,
  untilOf,
  usesOf,
  withUnsent,
  withWord,
  word,
} from "./nearest.js";
import { Button, classes, Sheet, Unsent } from "./parts.js";
import { acts, db, me, refused, served, who } from "./state.js";
import { act, undone } from "./sync.js";

const STATUSES = ["open", "full", "closed"];
/** @type {Keeping} */
const NOTHING = { owner: "", rows: [], uses: [], needs: [] };

const keeping = signal(NOTHING);

/** Change what this phone knows, and keep it.
 * @param {(known: Keeping) => Keeping} change
 */
async function keep(change) {
  keeping.value = change(keeping.peek());
  await db.set("keeping", keeping.peek());
}

/** A text that is the same all day in the city. */
const today = () =>
  new Intl.DateTimeFormat(undefined, { timeZone: timezone.value }).format(served(Date.now()));

/** Load the stations that this worker keeps: the service gives no others to this token. */
export async function bringKept() {
  const { jurisdiction, owner } = who.peek();
  const kept = await db.get("keeping");
  if (keeping.peek().owner !== owner) keeping.value = kept?.owner === owner ? kept : { ...NOTHING, owner };
  try {
    const { items } = await get(`/${jurisdiction}/stations`, { state: "active", limit: 20 });
    await keep((known) => ({ ...known, rows: items.map(({ history, ...row }) => row) }));
    if (items.length === 0) return;
    const told = await get(`/${jurisdiction}/me/stations`);
    await keep((known) => reconciled(known, told.items, acts.peek(), today()));
  } catch (error) {
    console.warn(error.message);
  }
}

/** What was undone or refused does not count. */
effect(() => {
  const acts = new Set([undone.value, ...refused.value.map(({ id }) => id)]);
  const opened = refused.value.filter(({ name }) => name === "need.open");
  const needs = new Set(opened.map(({ data }) => data.need));
  const known = keeping.peek();
  const uses = known.uses.filter((one) => !acts.has(one.act));
  const told = known.needs.filter((one) => !needs.has(one.need));
  if (uses.length < known.uses.length || told.length < known.needs.length)
    keep((now) => ({ ...now, uses, needs: told }));
});

/** Say how it is at a station. */
async function say(row, said) {
  const data = word(row.station, said, served(Date.now()));
  const done = await act("station.report", data, { title: row.name });
  if (done)
    await keep((known) => ({ ...known, rows: known.rows.map((one) => withWord(one, data, done.at)) }));
}

async function use(row) {
  const done = await act("station.use", { station: row.station }, { title: row.name });
  const entry = done && { station: row.station, day: today(), act: done.id };
  if (entry)
    await keep((known) => ({
      ...known,
      uses: [...known.uses.filter(({ day }) => day === entry.day), entry],
    }));
}

/** The stations that I keep. */
export function Kept() {
  useEffect(
    () =>
      effect(() => {
        if (me.value) bringKept();
      }),
    [],
  );
  return keeping.value.rows.map(
    (row) => html`<${One} key=${row.station} row=${withUnsent(row, acts.value)} />`,
  );
}

function One({ row }) {
  void wall.value;
  const [telling, setTelling] = useState(false);
  const now = served(Date.now());
  const status = statusOf(row, now);
  const last = acts.value.findLast(
    ({ name, data }) => name === "station.report" && data.station === row.station,
  );
  const free = UNITS.filter((unit) => row[unit]);
  const needs = keeping.value.needs.filter((one) => one.station === row.station);
  return html`<section class="stack keeping" aria-label=${row.name}><h3>${row.name}</h3>
    <p role="status"><b>${t(status)}</b>${" "}${
      status === "unknown"
        ? t("go.keep.say")
        : t("go.keep.until", { time: hhmm(Date.parse(row.status_until)) })
    }</p><${Unsent} act=${last} />
    <div class="choices choices-three" role="group" aria-label=${t("go.keep.status")}>${STATUSES.map(
      (one) => html`<button key=${one} type="button" class=${classes("button", "reason")}
        aria-pressed=${String(one === status)} onClick=${() => say(row, { status: one })}><span>
        ${t(one)}</span></button>`,
    )}</div>
    <${Button} kind="main" icon="check" onClick=${() => use(row)}>${t("go.keep.use")}</${Button}>
    <p class="muted">${t("go.keep.uses", { n: usesOf(keeping.value, row.station, today()) })}</p>
    <${Count} row=${row} name="present" label=${t("go.keep.present")} now=${now} />
    ${free.map(
      (unit) => html`<${Count} key=${unit} row=${row} name=${`free_${unit}`} now=${now}
        label=${t(`go.keep.free_${unit}`, { n: row[unit] })} most=${row[unit]} />`,
    )}
    <ul class="people">${needs.map(
      (one) => html`<li key=${one.need}><span>${t(`go.keep.${one.side}`)}<br /><b>${one.item}</b></span>
        <${Button} onClick=${() => close(one)}>${t("go.keep.met")}</${Button}></li>`,
    )}</ul>
    <${Button} icon="alert" onClick=${() => setTelling(true)}>${t("go.keep.need")}</${Button}>
    ${telling && html`<${Need} row=${row} close=${() => setTelling(false)} />`}</section>`;
}

/** A number that is said by one tap more or less. */
function Count({ row, name, label, now, most = 1000000 }) {
  const value = numberOf(row, name, now);
  const set = (next) => say(row, { [name]: Math.min(most, Math.max(0, next)) });
  const until = untilOf(row)[name];
  return html`<div class="count" role="group" aria-label=${label}><span>${label}<br /><small>${
    value === null ? t("unknown") : t("go.keep.until", { time: hhmm(Date.parse(until)) })
  }</small></span>
    <button type="button" class="button" aria-label=${t("go.keep.less", { what: label })}
      onClick=${() => set((value ?? 0) - 1)}>−</button><output>${value ?? "–"}</output>
    <button type="button" class="button" aria-label=${t("go.keep.one_more", { what: label })}
      onClick=${() => set((value ?? 0) + 1)}>+</button></div>`;
}

async function close({ need, item }) {
  if (await act("need.close", { need }, { title: item }))
    await keep((known) => ({ ...known, needs: known.needs.filter((one) => one.need !== need) }));
}

/** Say what is short, or too much. */
function Need({ row, close: shut }) {
  const [item, setItem] = useState("");
  const tell = async (side, priority) => {
    if (!item.trim()) return;
    const entry = { need: uuid(), station: row.station, item: item.trim(), side };
    shut();
    if (await act("need.open", { ...entry, priority }, { title: entry.item }))
      await keep((known) => ({ ...known, needs: [...known.needs, entry] }));
  };
  return html`<${Sheet} title=${t("go.keep.need")} close=${shut}><div class="stack">
    <label class="field"><span>${t("go.keep.item")}</span><input name="item" maxlength="200"
      autocomplete="off" value=${item} onInput=${(event) => setItem(event.currentTarget.value)} /></label>
    <${Button} kind="main" onClick=${() => tell("short", 2)}>${t("go.keep.short_urgent")}</${Button}>
    <${Button} onClick=${() => tell("short", 3)}>${t("go.keep.short")}</${Button}>
    <${Button} onClick=${() => tell("surplus", 4)}>${t("go.keep.surplus")}</${Button}></div></${Sheet}>`;
}
