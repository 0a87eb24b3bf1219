// The panel of one team: members, assignments, history and actions.

import { get } from "../api.js";
import { called, shortened } from "../called.js";
import { t, word } from "../i18n.js";
import { calledBy } from "../names.js";
import { html, useRef, useState } from "../preact.js";
import { href } from "../router.js";
import { FORMING, OFF_DUTY, STOOD_DOWN } from "../rules.js";
import { assignments, live, may, teams } from "../store.js";
import { Empty, ErrorNote, Field, Icon, Loading, Presence, State, useAction, useLoaded } from "../ui.js";
import { CommandForm } from "./acts.js";
import { find } from "./find.js";
import {
  Acts,
  AreaField,
  AreaName,
  Assignments,
  Load,
  Panel,
  Part,
  ReasonField,
  short,
  WorkerLink,
} from "./parts.js";
import { useSend } from "./send.js";

const MOST_SUGGESTED = 8;

/** The panel of the team `id`. A team that has stood down is fetched. */
export function TeamPanel({ id, close, focus }) {
  const row = teams.value.get(id);
  if (row) return html`<${Shown} key=${id} row=${row} close=${close} focus=${focus} />`;
  if (!live.value.has("teams"))
    return html`<${Panel} title=${called("team", id)} close=${close} focus=${focus}><${Loading} />
    </${Panel}>`;
  return html`<${Ended} key=${id} id=${id} close=${close} focus=${focus} />`;
}

function Ended({ id, close, focus }) {
  const { data, problem, reload } = useLoaded(
    () => get(`/${live.peek().jurisdiction}/teams/${encodeURIComponent(id)}`),
    [id],
  );
  if (data) return html`<${Shown} row=${data} close=${close} focus=${focus} />`;
  return html`<${Panel} title=${called("team", id)} close=${close} focus=${focus}>
    ${problem ? html`<${ErrorNote} problem=${problem} retry=${reload} />` : html`<${Loading} />`}</${Panel}>`;
}

function Shown({ row, close, focus }) {
  const mine = [...assignments.value.values()].filter((one) => one.unit === row.team);
  const sub = html`<p class="folk-panel-sub"><${State} domain="team_state" value=${row.state} />
    <span class="muted">${word("kind", row.kind)}</span><${AreaName} code=${row.area} /></p>`;
  return html`<${Panel} title=${html`<bdi>${row.name}</bdi> <span class="folk-person-id"
      title=${row.team}>${row.call_sign ?? shortened(row.team)}</span>`}
      sub=${sub}
    close=${close} focus=${focus}>
    <dl class="folk-facts"><div><dt>${t("people.load")}</dt><dd>
      <${Load} count=${row.live_count} capacity=${row.capacity} /></dd></div>
      <div><dt>${t("people.call_sign")}</dt><dd>${row.call_sign ?? t("word.none")}</dd></div>
      <div><dt>${t("people.organisation")}</dt><dd>${row.organisation ?? t("word.none")}</dd></div>
      <div class="folk-facts-wide"><dt>${t("people.incident")}</dt><dd>
        ${
          row.incident
            ? html`<a href=${href("incidents", { id: row.incident })}>
        ${called("incident", row.incident)}</a>`
            : t("word.none")
        }</dd></div>
      <div><dt>${t("people.formed")}</dt><dd>${short(row.formed_at)}</dd></div>
      <div><dt>${row.stood_down_at ? t("people.stood_down") : t("people.activated_at")}</dt><dd>
        ${
          (row.stood_down_at ?? row.activated_at)
            ? short(row.stood_down_at ?? row.activated_at)
            : t("people.not_yet")
        }</dd></div></dl>
    ${row.state !== STOOD_DOWN && html`<${TeamActs} row=${row} />`}
    <${Members} row=${row} />
    <${Part} title=${t("people.tasks")} tools=${
      mine.length > 0 &&
      html`<a href=${href("requests", { query: { unit: row.team } })}>${t("people.reassign")}</a>`
    }>
      <${Assignments} items=${mine} empty=${t("people.no_tasks")} /></${Part}>
    <${TeamHistory} row=${row} /></${Panel}>`;
}

function Members({ row }) {
  const { busy, problem, send } = useSend();
  const roster = live.value.rows("roster");
  const mayAct = (name) => row.state !== STOOD_DOWN && may(name);
  const present = row.members.filter((id) => (roster.get(id)?.presence ?? OFF_DUTY) !== OFF_DUTY).length;
  const act = (name, worker) => () => {
    if (!busy) send(name, { team: row.team, worker });
  };
  return html`<${Part} title=${t("people.members", { n: row.member_count, on: present })}>
    <${ErrorNote} problem=${problem} />
    ${
      row.members.length === 0
        ? html`<p class="muted">${t("people.no_members")}</p>`
        : html`<ul class="folk-lines">${row.members.map(
            (id) => html`<li key=${id}><${WorkerLink} id=${id} />
      ${id === row.leader && html`<span class="folk-tag">${t("people.leader")}</span>`}${
        roster.get(id)
          ? html`<${Presence} value=${roster.get(id).presence} />`
          : live.value.has("roster") && html`<span class="muted">${t("people.gone")}</span>`
      }
      ${
        (mayAct("team.appoint_leader") || mayAct("team.leave")) &&
        html`<span class="folk-line-end folk-member-acts">
        ${
          id !== row.leader &&
          mayAct("team.appoint_leader") &&
          html`<button type="button" class="button button-plain" aria-disabled=${busy ? "true" : undefined}
        onClick=${act("team.appoint_leader", id)}
        aria-label=${t("people.appoint_who", { who: called("worker", id) })}>
        ${t("people.appoint")}</button>`
        }
        ${
          mayAct("team.leave") &&
          html`<button type="button" class="button button-plain" aria-disabled=${busy ? "true" : undefined}
          onClick=${act("team.leave", id)} aria-label=${t("people.leave_who", { who: called("worker", id) })}>
          ${t("people.leave")}</button>`
        }</span>`
      }</li>`,
          )}</ul>`
    }
          </${Part}>`;
}

function TeamActs({ row }) {
  const item = (key, Form, more = {}) => ({
    key,
    label: t(`people.${key}`),
    may: may(`team.${key}`),
    ...more,
    form: (close) => html`<${Form} row=${row} done=${close} />`,
  });
  return html`<${Acts} items=${[
    row.state === FORMING && item("activate", Activate, { main: true }),
    item("join", Join, { icon: "plus" }),
    item("amend", AmendTeam),
    item("stand_down", StandDown),
  ].filter(Boolean)} also=${html`<a class="button"
    href=${href("cards", { query: { of: "team", team: row.team } })}>${t("people.card")}</a>`} />`;
}

const Activate = ({ row, done }) => html`<${CommandForm} label=${t("people.activate")}
  note=${t("people.activate_note")} done=${done} work=${() => ["team.activate", { team: row.team }]} />`;

/** Add members. Matches ids while the user types, and names or phones on submit. */
function Join({ row, done }) {
  const [text, setText] = useState("");
  const [named, setNamed] = useState(null);
  const { busy, problem, send } = useSend();
  const finding = useAction();
  const wanted = text.trim().toLowerCase();
  const fitting = named ?? (wanted ? suggested(live.value.rows("roster"), wanted) : []);
  const search = async (event) => {
    event.preventDefault();
    const found = wanted && (await finding.run(() => find(text, MOST_SUGGESTED)));
    if (found) setNamed(found.workers);
  };
  const typed = (event) => {
    setText(event.currentTarget.value);
    setNamed(null);
  };
  return html`<form class="folk-small-form" onSubmit=${search}>
    <${Field} label=${t("people.join_who")} hint=${t("people.join_hint")}>
    ${(a11y) => html`<div class="folk-find">
      <input ...${a11y} value=${text} onInput=${typed} autocomplete="off" />
        <button type="submit" class="button"><${Icon} name="search" />
        ${finding.busy ? t("people.finding") : t("people.find_name")}</button></div>`}</${Field}>
    <${ErrorNote} problem=${problem ?? finding.problem} />
    ${
      wanted &&
      html`<ul class="folk-lines" aria-label=${t("people.join_who")}>
      ${fitting.map(
        (one) => html`<li key=${one.worker}><span>${one.name} <span class="folk-person-id">
      ${calledBy(one.worker, one)}</span></span><${Presence} value=${one.presence} />
      <span class="muted">${one.team ? t("people.in_team", { team: called("team", one.team) }) : ""}</span>
      ${
        row.members.includes(one.worker)
          ? html`<span class="folk-line-end muted">${t("people.is_member")}
        </span>`
          : html`<button type="button" class="button folk-line-end" aria-disabled=${busy ? "true" : undefined}
        aria-label=${t("people.join_one", { who: calledBy(one.worker, one) })}
        onClick=${() => {
          if (!busy) send("team.join", { team: row.team, worker: one.worker });
        }}>
          ${t("people.join")}</button>`
      }</li>`,
      )}
      ${
        fitting.length === 0 &&
        html`<li class="muted">${t(named ? "people.none_named" : "people.none_id")}
        </li>`
      }</ul>`
    }
    <div class="form-actions"><button type="button" class="button button-plain" onClick=${done}>
      ${t("ui.close")}
      </button></div></form>`;
}

/** Return the first workers whose id or call sign contains a text. */
function suggested(roster, text) {
  const found = [];
  for (const row of roster.values()) {
    if (`${row.worker} ${row.call_sign ?? ""}`.toLowerCase().includes(text)) found.push(row);
    if (found.length === MOST_SUGGESTED) break;
  }
  return found;
}

/** Return the changed fields of the form of a team. */
function amendedTeam(before, form) {
  const wanted = {
    name: form.name.trim(),
    area: form.area,
    organisation: form.organisation.trim() || null,
    capacity: form.capacity === "" ? null : Number(form.capacity),
    call_sign: form.call_sign.trim() || null,
  };
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => value !== before[name]));
}

function AmendTeam({ row, done }) {
  const base = useRef(row).current;
  const [form, setForm] = useState({
    name: row.name,
    area: row.area,
    organisation: row.organisation ?? "",
    capacity: row.capacity ?? "",
    call_sign: row.call_sign ?? "",
  });
  const set = (key) => (event) => setForm({ ...form, [key]: event.currentTarget.value });
  const work = () => ["team.amend", { team: row.team, ...amendedTeam(base, form), based_on: base.changed }];
  return html`<${CommandForm} label=${t("ui.save")} done=${done} row=${row} work=${work}
    fields=${["call_sign"]}>${(errors) => html`<div class="form-row"><${Field} label=${t("people.team_name")}>
      ${(a11y) => html`<input ...${a11y} required maxlength="200" value=${form.name} onInput=${set("name")}
          />`}
      </${Field}>
    <${AreaField} label=${t("people.area")} value=${form.area} change=${(area) => setForm({ ...form, area })}
      required />
    <${Field} label=${t("people.organisation")}>
      ${(a11y) => html`<input ...${a11y} maxlength="200" value=${form.organisation}
      onInput=${set("organisation")} />`}</${Field}>
    <${Field} label=${t("people.capacity")} hint=${t("people.capacity_hint")}>
      ${(a11y) => html`<input ...${a11y} type="number" min="1" max="1000" value=${form.capacity}
      onInput=${set("capacity")} />`}</${Field}>
    <${Field} label=${t("people.call_sign")} error=${errors.call_sign}>
      ${(a11y) => html`<input ...${a11y} maxlength="24" value=${form.call_sign}
      onInput=${set("call_sign")} />`}</${Field}>
  </div>`}</${CommandForm}>`;
}

function StandDown({ row, done }) {
  const [reason, setReason] = useState("");
  const [release, setRelease] = useState("");
  const open = [...assignments.value.values()].filter((one) => one.unit === row.team).length;
  const work = () => ["team.stand_down", { team: row.team, reason, ...(open > 0 && { release }) }];
  return html`<${CommandForm} label=${t("people.stand_down")} done=${done} work=${work}
    note=${t(open ? "people.stand_down_open" : "people.stand_down_note", { n: open })}>
    <${ReasonField} label=${t("people.reason")} value=${reason} change=${setReason} list="stand_down" />
    ${
      open > 0 &&
      html`<${ReasonField} label=${t("people.release")} value=${release} change=${setRelease}
      list="release" />`
    }</${CommandForm}>`;
}

function TeamHistory({ row }) {
  const load = async () => {
    const { jurisdiction } = live.peek();
    const [happened, past] = await Promise.all([
      get(`/${jurisdiction}/activity`, { team: row.team, limit: 30 }),
      get(`/${jurisdiction}/assignments`, { unit: row.team, live: false, sort: "-ended_at", limit: 15 }),
    ]);
    return { happened: happened.items, past: past.items };
  };
  const { data, problem, reload } = useLoaded(load, [row]);
  if (!data)
    return problem ? html`<${ErrorNote} problem=${problem} retry=${reload} />` : html`<${Loading} />`;
  return html`<${Part} title=${t("people.past_tasks")}>
    <${Assignments} items=${data.past} empty=${t("people.no_past")} /></${Part}>
    <${Part} title=${t("people.history")}>${
      data.happened.length === 0
        ? html`<${Empty} text=${t("people.no_history")} />`
        : html`<ul class="folk-lines">${data.happened.map(
            (one) => html`<li key=${one.key}>
      <time class="folk-line-time">${short(one.at)}</time><span>
        ${word("event", one.name)}${one.detail.stage && ` · ${word("assignment_state", one.detail.stage)}`}
        </span>${one.worker && html`<${WorkerLink} id=${one.worker} />`}
      ${
        one.request &&
        html`<a href=${href("requests", { id: one.request })}>${called("request", one.request)}</a>`
      }
        </li>`,
          )}</ul>`
    }</${Part}>`;
}
