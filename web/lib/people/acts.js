// Forms of the command centre for a worker. Each sends one command.

import { Conflict, isConflict } from "../conflict.js";
import { faults } from "../entry/faults.js";
import { t, word } from "../i18n.js";
import { html, useRef, useState } from "../preact.js";
import { OFF_DUTY } from "../rules.js";
import { ErrorNote, Field } from "../ui.js";
import { AreaField, AreaName, HappenedField, happened, ReasonField, short } from "./parts.js";
import { useSend } from "./send.js";

export const ROLES = ["courier", "rider", "driver", "property_staff", "medic", "volunteer"];

/** A form of one command. `work` returns [name, data, observed]; `row` is the live row that it amends.
 *
 * With `fields`, `children` is a function of the errors of these fields.
 */
export function CommandForm({ label, work, done, children, note, row, fields = [] }) {
  const { busy, problem, send } = useSend();
  const submit = async (event) => {
    event.preventDefault();
    if (!busy && (await send(...work()))) done();
  };
  const errors = (problem && faults(problem, fields)) ?? {};
  const settle = async (data) => {
    const [name, , observed] = work();
    if (await send(name, data, observed)) done();
  };
  return html`<form class="folk-small-form" onSubmit=${submit}>
    ${note && html`<p class="muted">${note}</p>`}${
      typeof children === "function" ? children(errors) : children
    }
    ${
      isConflict(problem)
        ? html`<${Conflict} key=${problem.values.at} problem=${problem} data=${work()[1]} row=${row}
          send=${settle} busy=${busy} />`
        : Object.keys(errors).length === 0 && html`<${ErrorNote} problem=${problem} />`
    }
    <div class="form-actions"><button type="submit" class="button button-main" aria-disabled=${
      busy ? "true" : undefined
    }>${busy ? t("people.sending") : label}</button>
      <button type="button" class="button button-plain" onClick=${done}>${t("ui.cancel")}</button></div>
        </form>`;
}

/** Check in a worker to an area, or move a worker there. */
export function CheckIn({ row, done }) {
  const [area, setArea] = useState(row.presence === OFF_DUTY ? (row.home_area ?? "") : row.area);
  const [at, setAt] = useState("");
  const work = () => {
    const { observed, ...when } = happened(at);
    return ["worker.check_in", { worker: row.worker, area, ...when }, observed];
  };
  return html`<${CommandForm} label=${t("people.check_in")} work=${work} done=${done}>
    <${AreaField} label=${t("people.where")} value=${area} change=${setArea} required />
    <${HappenedField} value=${at} change=${setAt} /></${CommandForm}>`;
}

/** Check out a worker. Live assignments are released with a reason. */
export function CheckOut({ row, live, done }) {
  const [at, setAt] = useState("");
  const [release, setRelease] = useState("");
  const work = () => {
    const { observed, ...when } = happened(at);
    return ["worker.check_out", { worker: row.worker, ...when, ...(release && { release }) }, observed];
  };
  return html`<${CommandForm} label=${t("people.check_out")} work=${work} done=${done}
      note=${live && t("people.release_note", { n: live })}>
    ${
      live > 0 &&
      html`<${ReasonField} label=${t("people.release")} value=${release} change=${setRelease}
      list="release" />`
    }
    <${HappenedField} value=${at} change=${setAt} /></${CommandForm}>`;
}

/** Record that somebody has just heard of a worker. */
export function CheckWelfare({ row, done }) {
  const [note, setNote] = useState("");
  const [at, setAt] = useState("");
  const work = () => {
    const { observed, ...when } = happened(at);
    const said = note.trim() && { note: note.trim() };
    return ["worker.check_welfare", { worker: row.worker, ...said, ...when }, observed];
  };
  return html`<${CommandForm} label=${t("people.check_welfare")} work=${work} done=${done}
    note=${t("people.check_welfare_note")}>
    <${Field} label=${t("people.welfare_note")}>${(a11y) => html`
      <input ...${a11y} value=${note} maxlength="500" autocomplete="off"
        onInput=${(event) => setNote(event.currentTarget.value)} />`}</${Field}>
    <${HappenedField} value=${at} change=${setAt} /></${CommandForm}>`;
}

/** Start or end a break of a worker. */
export function SetPresence({ row, presence, label, done }) {
  const [at, setAt] = useState("");
  const work = () => {
    const { observed, ...when } = happened(at);
    return ["worker.set_presence", { worker: row.worker, presence, ...when }, observed];
  };
  return html`<${CommandForm} label=${label} work=${work} done=${done}>
    <${HappenedField} value=${at} change=${setAt} /></${CommandForm}>`;
}

/** Report a worker to the home community. This happens once and is not a shift. */
export function Report({ row, done }) {
  const [area, setArea] = useState(row.home_area ?? "");
  const [at, setAt] = useState("");
  const work = () => {
    const { observed, ...when } = happened(at);
    return ["worker.report", { worker: row.worker, area, ...when }, observed];
  };
  return html`<${CommandForm} label=${t("people.report")} work=${work} done=${done}
    note=${t("people.report_note")}>
    <${AreaField} label=${t("people.home")} value=${area} change=${setArea} required />
    <${HappenedField} value=${at} change=${setAt} /></${CommandForm}>`;
}

/** Void the newest fact, after a mistake. */
export function TakeBack({ row, fact, done }) {
  return html`<${CommandForm} label=${t("people.take_back")} done=${done} note=${t("people.take_back_note")}
      work=${() => ["worker.take_back", { worker: row.worker, command: fact.command }]}>
    <p><strong>${word("fact", fact.kind)}</strong> · <time>${short(fact.at)}
      </time> · <${AreaName} code=${fact.area} /></p></${CommandForm}>`;
}

/** Retire a worker, who then gets no assignments. */
export function Retire({ row, done }) {
  const [reason, setReason] = useState("");
  return html`<${CommandForm} label=${t("people.retire")} done=${done} note=${t("people.retire_note")}
    work=${() => ["worker.retire", { worker: row.worker, reason }]}>
    <${ReasonField} label=${t("people.reason")} value=${reason} change=${setReason} list="retire" />
      </${CommandForm}>`;
}

/** Split a text at spaces and commas, including full-width ones. */
export const list = (text) => text.split(/[\s,\uff0c\u3001]+/).filter(Boolean);

/** Return the changed fields of a form. Includes name and phone only if they were entered. */
export function amended(row, form) {
  const before = {
    role: row.role,
    home_area: row.home_area ?? "",
    organisation: row.organisation ?? "",
    skills: row.skills.join(" "),
    vehicle: row.vehicle ?? "",
    capacity: String(row.capacity),
    call_sign: row.call_sign ?? "",
    name: "",
    phone: "",
  };
  const sent = {
    home_area: (text) => text || null,
    organisation: (text) => text || null,
    vehicle: (text) => text || null,
    call_sign: (text) => text || null,
    skills: list,
    capacity: Number,
  };
  const changed = Object.keys(before).filter((key) => form[key].trim() !== before[key]);
  return Object.fromEntries(changed.map((key) => [key, (sent[key] ?? ((text) => text))(form[key].trim())]));
}

/** Amend the data of a worker. */
export function Amend({ row, done }) {
  const base = useRef(row).current;
  const [form, setForm] = useState({
    role: row.role,
    home_area: row.home_area ?? "",
    organisation: row.organisation ?? "",
    skills: row.skills.join(" "),
    vehicle: row.vehicle ?? "",
    capacity: String(row.capacity),
    call_sign: row.call_sign ?? "",
    name: "",
    phone: "",
  });
  const set = (key) => (event) => setForm({ ...form, [key]: event.currentTarget.value });
  const text = (key, more = {}) => html`<${Field} label=${t(`people.${key}`)} hint=${more.hint}
    error=${more.error}>
    ${(a11y) => html`
    <input ...${a11y} ...${more.input ?? {}} value=${form[key]} onInput=${set(key)} autocomplete="off" />`}
      </${Field}>`;
  const work = () => ["worker.amend", { worker: row.worker, ...amended(base, form), based_on: base.changed }];
  return html`<${CommandForm} label=${t("ui.save")} done=${done} row=${row} work=${work}
    fields=${["call_sign"]}>${(errors) => html`<div class="form-row">
      <${Field} label=${t("people.role")}>
        ${(a11y) => html`<select ...${a11y} value=${form.role} onChange=${set("role")}>
        ${[...new Set([...ROLES, row.role])].map(
          (role) => html`<option value=${role}>${word("role", role)}
          </option>`,
        )}</select>`}</${Field}>
      ${text("organisation")}
      <${AreaField} label=${t("people.home")} value=${form.home_area}
        change=${(home_area) => setForm({ ...form, home_area })} />
      ${text("capacity", { input: { type: "number", min: 1, max: 1000, required: true } })}
      ${text("call_sign", { error: errors.call_sign, input: { maxlength: 24 } })}
      ${text("vehicle")}${text("skills", { hint: t("people.skills_hint") })}
      ${text("name", { hint: t("people.personal_hint") })}${text("phone", {
        hint: t("people.personal_hint"),
        input: { type: "tel" },
      })}
    </div>`}</${CommandForm}>`;
}
