// Dialog to amend a request. Sends only changed fields.

import { command, uuid } from "../api.js";
import { Conflict, isConflict } from "../conflict.js";
import { t, word } from "../i18n.js";
import { fromLocal, toLocal } from "../localtime.js";
import { html, useRef, useState } from "../preact.js";
import { route } from "../router.js";
import { PRIORITIES } from "../rules.js";
import { incidents, requests } from "../store.js";
import { codes } from "../terms.js";
import { Dialog, ErrorNote, Field, toast, useAction } from "../ui.js";
import { requestName } from "../urgency.js";
import { AreaPick } from "./area.js";
import { closePanel, rowOf } from "./desk.js";

const PERSONAL = ["contact_name", "contact_phone", "address", "text"];

const text = (value) => (value === null || value === undefined ? "" : String(value));
const whole = (value) => (value === "" ? null : Number(value));

/** Return the fields of a row as texts of the form. */
const formOf = (row) => ({
  priority: text(row.priority),
  category: row.category,
  area: row.area,
  incident: text(row.incident),
  quantity: text(row.quantity),
  slots: text(row.slots),
  due_at: row.due_at ? toLocal(row.due_at) : "",
  lon: text(row.lon),
  lat: text(row.lat),
  contact_name: "",
  contact_phone: "",
  address: "",
  text: "",
});
const VALUE = {
  priority: Number,
  quantity: Number,
  slots: whole,
  lon: whole,
  lat: whole,
  incident: (value) => value || null,
  due_at: (value) => (value ? fromLocal(value) : null),
};

/** Return the changed fields as data of the command. */
function changesOf(before, form) {
  const found = {};
  for (const [name, value] of Object.entries(form)) {
    if (value.trim() !== before[name]) found[name] = VALUE[name] ? VALUE[name](value.trim()) : value.trim();
  }
  return found;
}

/** Dialog to amend one request. */
export function Amend({ ids: [id] }) {
  const row = useRef(rowOf(id)).current;
  const before = useRef(formOf(row)).current;
  const [form, setForm] = useState(before);
  const action = useAction();
  const sent = useRef(/** @type {{ key?: string, id?: string }} */ ({}));
  const changed = changesOf(before, form);
  const count = Object.keys(changed).length;
  const set = (name) => (event) => setForm({ ...form, [name]: event.currentTarget.value });
  const submit = (event) => {
    event.preventDefault();
    if (count && !action.busy) amend({ ...changed, based_on: row.changed });
  };
  const amend = async (data) => {
    const key = JSON.stringify(data);
    if (sent.current.key !== key) sent.current = { key, id: uuid() };
    const work = () =>
      command(route.peek().jurisdiction, "request.amend", { request: id, ...data }, { id: sent.current.id });
    if (!(await action.run(work))) return;
    toast(t("requests.amended", { id: requestName(row) }));
    closePanel();
  };
  const categories = [
    ...new Set([...codes("category"), ...requests.value.map((one) => one.category), row.category]),
  ];
  const input = (name, props) => html`<${Field} label=${t(`requests.${name === "due_at" ? "due" : name}`)}
      hint=${PERSONAL.includes(name) ? personalHint(row[name]) : undefined}>
    ${(control) => html`<input ...${control} ...${props} value=${form[name]} onInput=${set(name)} />`}
      </${Field}>`;
  const personal = (name) =>
    input(name, {
      maxlength: 200,
      inputmode: name === "contact_phone" ? "tel" : undefined,
      autocomplete: "off",
    });
  const title = t("requests.amend_title", { id: requestName(row) });
  return html`<${Dialog} wide title=${title} close=${closePanel}><form
      class="form form-wide" onSubmit=${submit}>
    <fieldset class="plain"><legend>${t("requests.priority")}</legend><div class="toggles">${PRIORITIES.map(
      String,
    ).map(
      (value) => html`<label class="toggle toggle-radio"><input type="radio"
      name="priority" checked=${form.priority === value} autofocus=${form.priority === value}
          onChange=${() => setForm({ ...form, priority: value })} /><b>${value}</b> ${word("priority", value)}
            </label>`,
    )}</div></fieldset>
    <div class="form-row">
      <${Field} label=${t("requests.category")}>${(
        control,
      ) => html`<select ...${control} value=${form.category} onChange=${set("category")}>
        ${categories.map((one) => html`<option value=${one}>${word("category", one)}</option>`)}</select>`}
          </${Field}>
      <${Field} label=${t("requests.incident")}>${(
        control,
      ) => html`<select ...${control} value=${form.incident} onChange=${set("incident")}><option value="">
        ${t("word.none")}</option>
        ${incidents.value.map((one) => html`<option value=${one.incident}>${one.name}</option>`)}</select>`}
          </${Field}>
      ${input("due_at", { type: "datetime-local" })}</div>
    <${Field} label=${t("requests.area")}>${({ id: first }) => html`<${AreaPick} id=${first}
        value=${form.area} pick=${(area) => area && setForm({ ...form, area })} />`}</${Field}>
    <div class="form-row">
      ${input("slots", { type: "number", min: 1, max: 10000, placeholder: t("requests.open_ended") })}
      ${input("quantity", { type: "number", min: 1, required: true })}
      ${input("lon", { type: "number", step: "any", min: -180, max: 180 })}
      ${input("lat", { type: "number", step: "any", min: -90, max: 90 })}</div>
    <div class="form-row">
      ${PERSONAL.slice(0, 3).map(personal)}</div>
    <${Field} label=${t("requests.text")} hint=${personalHint(row.text)}>${(control) => html`<textarea
        ...${control} rows="2" maxlength="4000" value=${form.text} onInput=${set("text")}></textarea>`}
          </${Field}>
    ${
      isConflict(action.problem)
        ? html`<${Conflict} key=${action.problem.values.at} problem=${action.problem} data=${changed}
          row=${rowOf(id)} send=${amend} busy=${action.busy} />`
        : html`<${ErrorNote} problem=${action.problem} />`
    }
    <div class="form-actions"><button type="submit" class="button button-main"
        aria-disabled=${count && !action.busy ? undefined : "true"}>
          ${count ? t("requests.amend_do", { n: count }) : t("requests.amend_none")}</button>
      <button type="button" class="button" onClick=${closePanel}>${t("ui.cancel")}</button></div></form>
        </${Dialog}>`;
}

const personalHint = (masked) => (masked ? t("requests.keeps", { value: masked }) : undefined);
