// The panel of one worker: data, facts, hours, assignments and actions.

import { all, get } from "../api.js";
import { called } from "../called.js";
import { Export } from "../export.js";
import { number, t, word } from "../i18n.js";
import { fromLocal } from "../localtime.js";
import { calledBy } from "../names.js";
import { html, useEffect, useRef, useState } from "../preact.js";
import { href } from "../router.js";
import { AVAILABLE, OFF_DUTY, ON_BREAK } from "../rules.js";
import { assignments, hasRight, live, may, mayReveal } from "../store.js";
import { localDate, now, span, worked } from "../time.js";
import { Empty, ErrorNote, Icon, Loading, Presence, useAction, useLoaded } from "../ui.js";
import { Amend, CheckIn, CheckOut, CheckWelfare, Report, Retire, SetPresence, TakeBack } from "./acts.js";
import { SignInCode } from "./code.js";
import { ATTENDANCE, CorrectForm, Corrections } from "./correct.js";
import { Acts, AreaName, Assignments, Panel, Part, short, TeamLink } from "./parts.js";
import { Calls } from "./sos.js";

const REVEALED_MS = 60000;
const LATE_S = 120;
const MOST = 200;

/** The panel of the worker `id`. */
export function WorkerPanel({ id, close, focus }) {
  const loaded = live.value.has("roster");
  const row = live.value.rows("roster").get(id);
  const title = called("worker", id);
  if (!loaded) return html`<${Panel} title=${title} close=${close} focus=${focus}><${Loading} /></${Panel}>`;
  if (!row) {
    return html`<${Panel} title=${title} close=${close} focus=${focus}>
      <${Empty} text=${t("people.not_on_roster")} /><${History} id=${id} /></${Panel}>`;
  }
  const sub = html`<p class="folk-panel-sub"><${Presence} value=${row.presence} />
    ${row.since && html`<span class="muted">${t("people.since_when", { when: short(row.since) })}</span>`}
      </p>`;
  return html`<${Panel} title=${html`<bdi>${row.name ?? t("people.no_name")}</bdi> <span
      class="folk-person-id" title=${id}>${calledBy(id, row)}
    </span>`} sub=${sub} close=${close} focus=${focus}>
    <${Calls} id=${id} />
    <${Known} key=${id} row=${row} /><${History} key=${`history-${id}`} id=${id} row=${row} /></${Panel}>`;
}

/** Data of a worker. Personal data is masked, and revealed for a minute on request. */
function Known({ row }) {
  const [shown, setShown] = useState(null);
  const { busy, problem, run } = useAction();
  const timer = useRef();
  useEffect(() => () => clearTimeout(timer.current), []);
  const reveal = async () => {
    const found = await run(() =>
      get(`/${live.peek().jurisdiction}/roster/${encodeURIComponent(row.worker)}`, { reveal: true }),
    );
    if (!found) return;
    setShown(found);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setShown(null), REVEALED_MS);
  };
  const { name, phone } = shown ?? row;
  return html`<dl class="folk-facts">
    <div class="folk-facts-wide"><dt>${t("people.name_phone")}</dt><dd class="folk-reveal" aria-live="polite">
      <span><bdi>${name ?? t("people.no_name")}</bdi> · ${
        shown && phone ? html`<a href=${`tel:${phone}`}>${phone}</a>` : (phone ?? t("people.no_phone"))
      }</span>
      ${
        !shown &&
        mayReveal.value &&
        (name || phone) &&
        html`<button type="button" class="button" onClick=${reveal}
        aria-disabled=${busy ? "true" : undefined} title=${t("people.reveal_title")}><${Icon} name="eye" />
          ${t("people.reveal")}</button>`
      }
      ${shown && html`<span class="muted">${t("people.revealed")}</span>`}
        <${ErrorNote} problem=${problem} retry=${reveal} /></dd></div>
    <div><dt>${t("people.call_sign")}</dt><dd>${row.call_sign ?? t("word.none")}</dd></div>
    <div><dt>${t("people.role")}</dt><dd>${word("role", row.role)}</dd></div>
    <div><dt>${t("people.organisation")}</dt><dd>${row.organisation ?? t("word.none")}</dd></div>
    <div><dt>${t("people.area")}</dt><dd><${AreaName} code=${row.area} /></dd></div>
    <div><dt>${t("people.team")}</dt><dd><${TeamLink} id=${row.team} /></dd></div>
    ${
      row.welfare_at &&
      html`<div><dt>${t("people.heard_of")}</dt><dd><time>${short(row.welfare_at)}</time></dd></div>`
    }
    <div><dt>${t("people.home")}</dt><dd><${AreaName} code=${row.home_area} /></dd></div>
    <div><dt>${t("people.reported")}</dt><dd><${AreaName} code=${row.reported_area} /></dd></div>
    <div><dt>${t("people.vehicle")}</dt><dd>${row.vehicle ?? t("word.none")}</dd></div>
    <div><dt>${t("people.skills")}</dt><dd>${
      row.skills.length ? row.skills.map((skill) => word("skill", skill)).join(", ") : t("word.none")
    }</dd></div>
  </dl>`;
}

/** Return the fact that a take-back would void: the newest that is not void. */
export const newest = (facts) =>
  facts
    .filter((fact) => !fact.void)
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at) || b.position - a.position)[0];

async function load(jurisdiction, worker) {
  const [facts, intervals, past] = await Promise.all([
    get(`/${jurisdiction}/presence`, { worker, sort: "-key", limit: MOST }),
    all(jurisdiction, "intervals", { worker, sort: "-since" }),
    get(`/${jurisdiction}/assignments`, { unit: worker, live: false, sort: "-ended_at", limit: 20 }),
  ]);
  return { facts: facts.items, intervals: intervals.items, past: past.items };
}

/** Facts, hours and assignments. Loads again when the worker's row or assignments change. */
function History({ id, row }) {
  const mine = [...assignments.value.values()].filter((one) => one.unit === id);
  const shared = row?.team ? [...assignments.value.values()].filter((one) => one.unit === row.team) : [];
  const tasks = mine.map((one) => one.assignment + one.state).join(" ");
  const { data, problem, reload } = useLoaded(() => load(live.peek().jurisdiction, id), [id, row, tasks]);
  if (!data)
    return problem ? html`<${ErrorNote} problem=${problem} retry=${reload} />` : html`<${Loading} />`;
  return html`${
    row &&
    html`<${WorkerActs} row=${row} live=${mine.filter((one) => one.live).length}
    fact=${newest(data.facts)} done=${reload} />`
  }
    <${Part} title=${t("people.tasks")} tools=${
      mine.length > 0 &&
      html`<a href=${href("requests", { query: { unit: id } })}>${t("people.reassign")}</a>`
    }>
      <${Assignments} items=${[...mine, ...shared]} empty=${t("people.no_tasks")} /></${Part}>
    <${Hours} intervals=${data.intervals} /><${Facts} facts=${data.facts} reload=${reload} />
    <${Part} title=${t("people.past_tasks")}><${Assignments} items=${data.past} empty=${t("people.no_past")}
        />
      </${Part}>`;
}

function WorkerActs({ row, live: count, fact, done }) {
  const on = row.presence !== OFF_DUTY;
  const item = (key, Form, more = {}) => ({
    key,
    label: t(`people.${key}`),
    may: may(`worker.${key}`),
    ...more,
    form: (close) => html`<${Form} row=${row} live=${count} fact=${fact} done=${() => {
      close();
      done();
    }}
      ...${more.give ?? {}} />`,
  });
  const rest = row.presence === ON_BREAK ? AVAILABLE : ON_BREAK;
  const items = [
    item("check_in", CheckIn, {
      main: !on,
      icon: "pin",
      label: on ? t("people.move") : t("people.check_in"),
    }),
    on && item("check_welfare", CheckWelfare, { icon: "done" }),
    on && item("check_out", CheckOut, { icon: "leave" }),
    on &&
      item(rest, SetPresence, {
        may: may("worker.set_presence"),
        give: { presence: rest, label: t(`people.${rest}`) },
      }),
    fact && item("take_back", TakeBack, { icon: "undo" }),
    item("code", SignInCode, { icon: "qr", may: hasRight("issue_codes") }),
    item("amend", Amend),
    item("report", Report),
    item("retire", Retire),
  ];
  return html`<${Acts} items=${items.filter(Boolean)} />`;
}

const spent = (intervals, from) =>
  intervals.reduce((sum, { since, until }) => {
    const end = until ? Date.parse(until) : now.peek();
    return sum + Math.max(0, end - Math.max(from, Date.parse(since)));
  }, 0);

/** Intervals on duty, each in one area. */
function Hours({ intervals }) {
  const [most, setMost] = useState(8);
  const today = Date.parse(fromLocal(`${localDate(now.peek())}T00:00`));
  const totals = [
    ["today", today],
    ["week", today - 6 * 86400000],
    ["total", 0],
  ];
  return html`<${Part} title=${t("people.intervals", { n: number(intervals.length) })} tools=${
    intervals.length > 0 &&
    html`<div class="folk-part-tools"><${Export} view="intervals" params=${{ worker: intervals[0].worker }} />
      <a href=${href("hours", { query: { worker: intervals[0].worker, by: "month" } })}>
        ${t("page.hours")}</a></div>`
  }>
    ${
      intervals.length === 0
        ? html`<p class="muted">${t("people.no_intervals")}</p>`
        : html`
    <dl class="folk-totals">${totals.map(
      ([key, from]) => html`<div><dt>${t(`people.hours.${key}`)}</dt><dd>
      ${worked(spent(intervals, from) / 1000)}</dd></div>`,
    )}</dl>
    <ul class="folk-lines">${intervals.slice(0, most).map(
      (one) => html`<li key=${one.key}>
      <span class="folk-line-span"><time>${short(one.since)}
        </time> – ${
          one.until ? html`<time>${short(one.until)}</time>` : html`<strong>${t("people.still")}</strong>`
        }</span>
      <${AreaName} code=${one.area} /><${Late} seconds=${one.late_seconds} />
      <span class="folk-line-end">
        ${worked(spent([one], 0) / 1000)}</span></li>`,
    )}</ul>
    ${
      intervals.length > most &&
      html`<button type="button" class="button" onClick=${() => setMost(most + 50)}>
      ${t("ui.more")}</button>`
    }`
    }</${Part}>`;
}

/** Mark for a fact that was recorded late, with the delay. */
const Late = ({ seconds }) =>
  seconds >= LATE_S &&
  html`<span class="folk-late" title=${t("people.late_title", { span: span(seconds * 1000) })}>
  <${Icon} name="clock" />${t("people.late", { span: span(seconds * 1000) })}</span>`;

/** Facts as recorded, newest first. */
function Facts({ facts, reload }) {
  const [most, setMost] = useState(8);
  const [correcting, setCorrecting] = useState(null);
  const done = () => {
    setCorrecting(null);
    reload();
  };
  const corrects = (fact) => !fact.void && ATTENDANCE.includes(fact.kind) && may("worker.correct_duty");
  return html`<${Part} title=${t("people.facts")} tools=${
    facts.length > 0 && html`<${Export} view="presence" params=${{ worker: facts[0].worker }} />`
  }>
    ${
      facts.length === 0
        ? html`<p class="muted">${t("people.no_facts")}</p>`
        : html`
    <ul class="folk-lines">${facts.slice(0, most).map(
      (fact) => html`<li key=${fact.key}
      class=${fact.void ? "folk-void" : ""}>
      <time class="folk-line-time">${short(fact.at)}</time><span>${word("fact", fact.kind)}</span>
        <${AreaName} code=${fact.area} />
      ${fact.void && html`<span class="folk-tag">${t("people.void")}</span>`}${
        fact.observed &&
        html`<span class="folk-tag" title=${t("people.observed_title")}>${t("people.observed")}</span>`
      }
      <span class="folk-line-end"><${Late} seconds=${fact.late_seconds} />${
        corrects(fact) &&
        html`<button type="button" class="button button-plain" aria-expanded=${
          correcting === fact.key ? "true" : "false"
        } aria-label=${t("people.correct_fact", { what: word("fact", fact.kind), when: short(fact.at) })}
          onClick=${() => setCorrecting(correcting === fact.key ? null : fact.key)}>
          ${t("people.correct")}</button>`
      }</span><${Corrections} fact=${fact} />
      ${correcting === fact.key && html`<${CorrectForm} fact=${fact} done=${done} />`}</li>`,
    )}</ul>
    ${
      facts.length > most &&
      html`<button type="button" class="button" onClick=${() => setMost(most + 50)}>
      ${t("ui.more")}</button>`
    }`
    }</${Part}>`;
}
