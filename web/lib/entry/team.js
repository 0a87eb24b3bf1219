// Form for a team: members by id, name or phone, one of them the leader.

import { get } from "../api.js";
import { called } from "../called.js";
import { t, word } from "../i18n.js";
import { calledBy } from "../names.js";
import { list } from "../people/acts.js";
import { find } from "../people/find.js";
import { html, useRef, useState } from "../preact.js";
import { href, param } from "../router.js";
import { incidents, live } from "../store.js";
import { Field, Icon, Presence, useAction, useLoaded } from "../ui.js";
import {
  AreaLine,
  Check,
  Coded,
  codeFault,
  codeIn,
  Earlier,
  EntryForm,
  filled,
  Group,
  Line,
  Pick,
  Quiet,
  useEntry,
} from "./form.js";

const KINDS = ["courier", "vehicle", "medical", "patrol"];
const MOST = 12;
/** Rows of the roster that are asked for. */
const ASKED = 200;
const IDS = /^[\w.-]+([\s,\uff0c\u3001]+[\w.-]+)*$/;

const blank = () => ({
  name: "",
  kind: "",
  kind_other: "",
  area: param("area") ?? "",
  organisation: "",
  capacity: "",
  incident: param("incident") ?? incidents.peek()[0]?.incident ?? "",
  members: [],
  leader: "",
  activate: true,
  call_sign: "",
  id: "",
});

function make(values, idOf) {
  const team = values.id.trim() || idOf(0);
  const name = values.name.trim();
  const data = {
    ...filled({
      team,
      name,
      kind: codeIn(values, "kind"),
      area: values.area,
      organisation: values.organisation.trim(),
      incident: values.incident,
      capacity: values.capacity === "" ? null : Number(values.capacity),
      leader: values.leader,
      call_sign: values.call_sign.trim(),
    }),
    members: values.members.map((one) => one.worker),
    activate: values.activate,
  };
  return {
    errors: { ...codeFault(values, "kind"), ...(values.area ? {} : { area: t("entry.fault.required") }) },
    steps: [{ name: "team.form", data }],
    said: { text: t("entry.said_team", { name, n: values.members.length }), to: href("teams", { id: team }) },
  };
}

/** The form. */
export function FormTeam() {
  const entry = useEntry({
    name: "team",
    blank,
    make,
    keep: ["kind", "kind_other", "organisation", "incident", "activate"],
  });
  return html`<div class="entry-desk"><${EntryForm} entry=${entry} label=${t("entry.form_team")}>
      <${Group} title=${t("entry.the_team")}><div class="form-row"><${Line} entry=${entry} name="name"
        label=${t("people.team_name")} maxlength="200" required />
          <${AreaLine} entry=${entry} name="area" label=${t("people.area")} hint=${t("entry.area_hint")}
            required /></div>
        <${Coded} entry=${entry} name="kind" label=${t("people.kind")} domain="kind" usual=${KINDS} required
          /></${Group}>
      <${Group} title=${t("entry.members")}><${Members} entry=${entry} /></${Group}>
      <${Group} title=${t("entry.more")}><div class="form-row"><${Line} entry=${entry} name="organisation"
        label=${t("people.organisation")} maxlength="200" />
          <${Pick} entry=${entry} name="incident" label=${t("entry.incident")}
            options=${[...incidents.value.map((one) => [one.incident, one.name]), ["", t("word.none")]]} />
          <${Line} entry=${entry} name="capacity" label=${t("people.capacity")}
            hint=${t("people.capacity_hint")} type="number" min="1" max="1000" />
          <${Line} entry=${entry} name="call_sign" label=${t("people.call_sign")}
            hint=${t("people.call_sign_hint")} maxlength="24" />
          <${Line} entry=${entry} name="id" label=${t("entry.team_id")} hint=${t("entry.id_hint")}
            maxlength="64" pattern="[\\p{L}\\p{N}_][\\p{L}\\p{N}_.\\-]*" /></div>
        <${Check} entry=${entry} name="activate" label=${t("entry.activate")}
          hint=${t("people.activate_note")} /></${Group}>
    </${EntryForm}><div class="entry-aside"><section class="entry-card"><h2>${t("entry.after_team")}</h2><p
      class="muted">${t("entry.after_team_note")}</p></section><${Earlier} /></div></div>`;
}

/** Return the worker of an id, or null. Throws Problem. */
async function byId(id) {
  try {
    return await get(`/${live.peek().jurisdiction}/roster/${encodeURIComponent(id)}`);
  } catch (problem) {
    if (problem.status === 404) return null;
    throw problem;
  }
}

/** Find the workers that a text means: by several ids, or by id, name or phone. Throws Problem.
 *
 * @returns {Promise<{ sure?: any[], unsure?: any[] }>}
 */
async function meant(text) {
  const ids = IDS.test(text) ? list(text) : [];
  const known = await Promise.all(ids.map(byId));
  if (known.length && known.every(Boolean)) return { sure: known };
  const { workers } = await find(text, MOST);
  return workers.length === 1 ? { sure: workers } : { unsure: workers };
}

/** People without a team, in the team's area if it has one, narrowed by what is typed. */
function Free({ text, area, members, add }) {
  const found = useLoaded(
    () => get(`/${live.peek().jurisdiction}/roster`, { limit: ASKED, ...(area && { area }) }),
    [area],
  );
  if (!found.data) return html`<${Quiet} problem=${found.problem} />`;
  const said = text.trim().toLowerCase();
  const free = found.data.items.filter(
    (one) =>
      !one.team &&
      !members.some((member) => member.worker === one.worker) &&
      [one.name, one.call_sign, one.worker, word("role", one.role)].some((field) =>
        (field ?? "").toLowerCase().includes(said),
      ),
  );
  return html`<details class="entry-fold" open><summary>${t("entry.free_people")}</summary>${
    free.length === 0
      ? html`<p class="muted">${t("entry.free_none")}</p>`
      : html`<ul class="entry-lines">${free.slice(0, MOST).map(
          (one) => html`<li key=${one.worker}><button type="button" class="button button-plain"
            onClick=${() => add(one)}><${Icon} name="plus" />${one.name ?? ""} <span
            class="entry-id">${calledBy(
              one.worker,
              one,
            )}</span></button><span class="muted">${word("role", one.role)}</span><${Presence}
            value=${one.presence} /></li>`,
        )}${
          free.length > MOST &&
          html`<li
          class="muted">${t("entry.same_more", { n: free.length - MOST })}</li>`
        }
        </ul>`
  }</details>`;
}

function Members({ entry }) {
  const [text, setText] = useState("");
  const [unsure, setUnsure] = useState(null);
  const { busy, problem, run } = useAction();
  const input = useRef();
  const { members, leader } = entry.values;
  const add = (some) => {
    const fresh = some.filter((one) => !members.some((member) => member.worker === one.worker));
    entry.set({ members: [...members, ...fresh], leader: leader || fresh[0]?.worker || "" });
    setText("");
    setUnsure(null);
    input.current.focus();
  };
  const search = async () => {
    const said = text.trim();
    const found = said && (await run(() => meant(said)));
    if (found?.sure) add(found.sure);
    else if (found) setUnsure(found.unsure);
  };
  const pressed = (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    search();
  };
  const remove = (worker) => () => {
    const left = members.filter((one) => one.worker !== worker);
    entry.set({ members: left, leader: leader === worker ? (left[0]?.worker ?? "") : leader });
    input.current.focus();
  };
  return html`<${Field} label=${t("entry.add_member")} hint=${t("entry.add_member_hint")}
    error=${entry.errors.members}>${(a11y) => html`<div class="entry-adding"><input ...${a11y} ref=${input}
    name="members" value=${text}
      autocomplete="off" onInput=${(event) => {
        setText(event.currentTarget.value);
        setUnsure(null);
      }}
        onKeyDown=${pressed} />
      <button type="button" class="button" onClick=${search} aria-disabled=${busy ? "true" : undefined}>
        <${Icon} name="plus" />${busy ? t("people.finding") : t("entry.add")}</button></div>`}</${Field}>
    <${Quiet} problem=${problem} />
    <${Free} text=${text} area=${entry.values.area} members=${members} add=${(one) => add([one])} />
    ${
      unsure &&
      html`<div role="status"><p class="muted">${
        unsure.length ? t("entry.which") : t("people.none_named")
      }</p><ul class="entry-lines">${unsure.map(
        (one) => html`<li key=${one.worker}>
      <button type="button" class="button" onClick=${() => add([one])}>${one.name ?? ""} <span
        class="entry-id">${calledBy(one.worker, one)}</span></button><span>${word(
          "role",
          one.role,
        )}</span><${Presence} value=${one.presence} /></li>`,
      )}</ul></div>`
    }
    ${
      members.length > 0 &&
      html`<ul class="entry-lines entry-members"
      aria-label=${t("entry.members")}>${members.map(
        (one) => html`<li key=${one.worker}>
      <span>${one.name ?? ""} <span class="entry-id">${calledBy(one.worker, one)}</span></span>
      <span class="muted">${word("role", one.role)}</span><${Presence} value=${one.presence}
        />${
          one.team &&
          html`<span class="entry-warn">${t("people.in_team", {
            team: called("team", one.team),
          })}</span>`
        }
      <label class="entry-leads"><input type="radio" name="leader" checked=${leader === one.worker}
        onChange=${() => entry.set({ leader: one.worker })} /> ${t("people.leader")}</label>
      <button type="button" class="button button-plain" onClick=${remove(one.worker)}
        aria-label=${t("entry.remove_who", { who: one.name ?? calledBy(one.worker, one) })}><${Icon}
          name="close" /></button>
        </li>`,
      )}</ul>`
    }`;
}
