// Forms that record something new, one after another and by keyboard alone. No form is sent twice or lost.

import { command, uuid } from "../api.js";
import { AreaBox, areaOf, areaPath } from "../areabox.js";
import { codeOf, OWN } from "../codeof.js";
import { lang, t, word } from "../i18n.js";
import { computed, html, signal, useEffect, useRef, useState } from "../preact.js";
import { reason } from "../refusals.js";
import { PRIORITIES } from "../rules.js";
import { NewTerm } from "../settings/newterm.js";
import { live } from "../store.js";
import { hhmm, now } from "../time.js";
import { classes, ErrorNote, Field, Icon, useAction } from "../ui.js";
import { checked } from "./checks.js";
import { draftOf, dropDraft, keepDraft } from "./drafts.js";
import { faults } from "./faults.js";

const KEPT = 8;

const all = signal([]);
/** Records of this jurisdiction since the page was loaded, newest first: {text, to, at}. */
export const recorded = computed(() =>
  all.value.filter((one) => one.jurisdiction === live.value?.jurisdiction),
);

function remember(said) {
  const entry = { ...said, at: now.peek(), jurisdiction: live.peek().jurisdiction, key: uuid() };
  all.value = [entry, ...all.value].slice(0, KEPT);
}

/** Remove "", null and undefined, so that the service uses defaults. */
export const filled = (data) =>
  Object.fromEntries(
    Object.entries(data).filter(([, value]) => value !== "" && value !== null && value !== undefined),
  );

/** Read the codes of areas from the form: {values, errors}. A text that means no area is an error. */
function areasIn(form) {
  const values = {};
  const errors = {};
  for (const { name, value } of form.querySelectorAll("input[data-area]")) {
    const code = value.trim() === "" ? "" : areaOf(value);
    if (code === null) errors[name] = t("people.area_bad");
    else values[name] = code;
  }
  return { values, errors };
}

function focusOn(form, names) {
  const inputs = [...form.elements].filter((one) => one.name && !one.disabled && one.offsetParent);
  const fitting = names.length ? inputs.filter((one) => names.includes(one.name)) : inputs;
  const first = fitting[0];
  const checked = first?.type === "radio" && inputs.find((one) => one.name === first.name && one.checked);
  (checked || first)?.focus();
}

/** Manage the state of a form.
 *
 * The steps of `make` are sent in order; the n-th has the id `idOf(n)`. Ids change only with the values, so a
 * retry after an unknown outcome records nothing twice.
 *
 * @param {object} options
 * @param {string} options.name The form, among the drafts.
 * @param {() => Record<string, any>} options.blank Returns the initial values.
 * @param {(values: any, idOf: (index: number) => string) => {
 *   errors: Record<string, string>,
 *   steps: { name: string, data: any }[],
 *   said: { text: string, to: string },
 * }} options.make Returns the commands, or errors by field.
 * @param {string[]} [options.keep] Values that the next form keeps.
 * @param {string[]} [options.first] Fields to focus in the next form, by default the first one.
 * @param {(said: { text: string, to: string }) => void} [options.after] Called after a record.
 * @param {boolean} [options.eager] Whether to take the focus before anything was recorded.
 */
export function useEntry({ name, blank, make, keep = [], first = [], after, eager = true }) {
  const [values, setValues] = useState(() => ({ ...blank(), ...draftOf(name) }));
  const [errors, setErrors] = useState(/** @type {Record<string, string>} */ ({}));
  const [round, setRound] = useState(0);
  const action = useAction();
  const ids = useRef({ text: "", list: [] });
  const form = useRef();
  useEffect(() => {
    if (eager || round > 0) focusOn(form.current, round > 0 ? first : []);
  }, [round]);

  const set = (part) => {
    setValues((before) => {
      const after = { ...before, ...part };
      keepDraft(name, after, blank());
      return after;
    });
    setErrors((before) => Object.fromEntries(Object.entries(before).filter(([name]) => !(name in part))));
  };
  const wrong = (found) => {
    setErrors(found);
    requestAnimationFrame(() => form.current && focusOn(form.current, Object.keys(found)));
  };
  const idOf = (text) => (index) => {
    if (ids.current.text !== text) ids.current = { text, list: [] };
    ids.current.list[index] ??= uuid();
    return ids.current.list[index];
  };
  const next = (said, sent) => {
    remember(said);
    dropDraft(name);
    ids.current = { text: "", list: [] };
    setValues({ ...blank(), ...Object.fromEntries(keep.map((name) => [name, sent[name]])) });
    setErrors({});
    setRound((one) => one + 1);
    after?.(said);
  };
  const send = async (steps, id) => {
    for (const [index, { name, data }] of steps.entries()) {
      await command(live.peek().jurisdiction, name, data, { id: id(index) });
    }
    return true;
  };
  const submit = async (event) => {
    event.preventDefault();
    if (action.busy) return;
    const areas = areasIn(form.current);
    const sent = { ...values, ...areas.values };
    const id = idOf(JSON.stringify(sent));
    const made = make(sent, id);
    const found = { ...made.errors, ...checked(form.current), ...areas.errors };
    if (Object.keys(found).length) {
      wrong(found);
      return;
    }
    const names = [...form.current.elements].map((one) => one.name);
    const refused = await action.run(() =>
      send(made.steps, id).catch((problem) => {
        const at = faults(problem, names);
        if (!at) throw problem;
        return at;
      }),
    );
    if (refused === true) next(made.said, sent);
    else if (refused) wrong(refused);
  };
  const pending = action.problem?.code === "pending";
  return { ...action, values, errors, set, submit, form, round, pending, unlock: action.clear };
}

/** A form with its buttons and its Problem. */
export function EntryForm({ entry, label, children }) {
  const pressed = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) entry.form.current.requestSubmit();
    else if (event.key === "Escape" && !event.defaultPrevented) event.target.blur();
  };
  return html`<form class="entry-form" noValidate key=${entry.round} ref=${entry.form}
    onSubmit=${entry.submit} onKeyDown=${pressed}>
    <fieldset class="entry-fields" disabled=${entry.pending}>${children}</fieldset>
    <${ErrorNote} problem=${entry.problem} />
    <div class="form-actions entry-actions">
      <button type="submit" class="button button-main" aria-disabled=${entry.busy ? "true" : undefined}>${
        entry.busy ? t("people.sending") : entry.pending ? t("entry.again") : label
      }</button>
      ${
        entry.pending &&
        html`<button type="button" class="button"
        onClick=${entry.unlock}>${t("entry.edit")}</button>`
      }
      <span class="muted entry-keys">${t("entry.keys")}</span></div></form>`;
}

/** The latest record with a link to it, announced to screen readers. */
export function Latest() {
  const [last] = recorded.value;
  return html`<div class="entry-latest" role="status">${
    last &&
    html`<p key=${last.key} class="entry-done"><${Icon} name="done" /><time>${hhmm(last.at)}</time>
    <span>${t("entry.recorded")} ${last.text}</span><a href=${last.to}>${t("entry.open_it")}</a></p>`
  }</div>`;
}

/** Records before the latest one. */
export function Earlier() {
  const items = recorded.value.slice(1);
  if (!items.length) return null;
  return html`<section class="entry-card"><h2>${t("entry.earlier")}</h2><ul
    class="entry-lines">${items.map(
      (one) =>
        html`<li key=${one.key}><time class="muted">${hhmm(one.at)}</time> <a href=${one.to}>${one.text}</a>
      </li>`,
    )}</ul></section>`;
}

/** A group of fields. */
export const Group = ({ title, children }) => html`<fieldset class="entry-group">
  <legend>${title}</legend>${children}</fieldset>`;

/** An input of text, a number or a time. */
export function Line({ entry, name, label, hint, onBlur, ...rest }) {
  const bad = entry.errors[name];
  return html`<${Field} label=${label} hint=${hint}
    error=${bad}>${(a11y) => html`<input autocomplete="off" ...${a11y} ...${rest} name=${name}
    value=${entry.values[name]} aria-invalid=${bad ? "true" : undefined}
      onInput=${(event) => entry.set({ [name]: event.currentTarget.value })} onBlur=${onBlur}
      />`}</${Field}>`;
}

/** Several lines of text. */
export function Lines({ entry, name, label, hint, ...rest }) {
  const bad = entry.errors[name];
  return html`<${Field} label=${label} hint=${hint}
    error=${bad}>${(a11y) => html`<textarea ...${a11y} ...${rest} name=${name}
    value=${entry.values[name]} aria-invalid=${bad ? "true" : undefined}
      onInput=${(event) => entry.set({ [name]: event.currentTarget.value })}></textarea>`}</${Field}>`;
}

/** An area by name or code, with its path below. */
export function AreaLine({ entry, name, label, hint, required }) {
  const value = entry.values[name];
  return html`<${Field} label=${label} hint=${value ? areaPath(value) : hint}
    error=${entry.errors[name]}>${(a11y) => html`
    <${AreaBox} ...${a11y} name=${name} value=${value} required=${required}
      change=${(code) => entry.set({ [name]: code })} />`}</${Field}>`;
}

/** A select. `options`: [[value, text]]. */
export function Pick({ entry, name, label, hint, options }) {
  return html`<${Field} label=${label} hint=${hint}
    error=${entry.errors[name]}>${(a11y) => html`<select ...${a11y} name=${name} value=${entry.values[name]}
    onChange=${(event) => entry.set({ [name]: event.currentTarget.value })}>${options.map(
      ([value, text]) => html`<option value=${value}>${text}</option>`,
    )}</select>`}</${Field}>`;
}

/** Radio buttons. `options`: [{value, text, hint}]. */
function Radios({ entry, name, label, options, required, wide }) {
  return html`<fieldset class=${classes(
    "entry-radios",
    wide && "entry-radios-wide",
    entry.errors[name] && "field-bad",
  )}><legend>${label}</legend>
    <div>${options.map(
      ({ value, text, hint, mark }) => html`<label class="entry-radio"><input type="radio"
      name=${name} value=${value} required=${required}
      checked=${entry.values[name] === value} onChange=${() => entry.set({ [name]: value })} />
        <span>${mark && html`<b>${mark}</b> `}${text}${hint && html`<small>${hint}</small>`}</span>
        </label>`,
    )}</div>
    ${entry.errors[name] && html`<p class="field-hint">${entry.errors[name]}</p>`}</fieldset>`;
}

/** A coded value: a usual one or one that the user types. Read its code with `codeIn`. */
export function Coded({ entry, name, label, domain, usual, required }) {
  const other = `${name}_other`;
  const options = [
    ...usual.map((value) => ({ value, text: word(domain, value) })),
    { value: OWN, text: t("entry.other") },
  ];
  const code = codeOf(entry.values[other]);
  return html`<div class="entry-coded"><${Radios} entry=${entry} name=${name} label=${label}
    options=${options} required=${required} />
    ${
      entry.values[name] === OWN &&
      html`<${Line} entry=${entry} name=${other}
      label=${t("entry.other_code")} required maxlength="64"
      hint=${code ? t("entry.other_as", { code }) : t("entry.other_hint")} />
      <${NewTerm} list=${domain} added=${(added) => entry.set({ [name]: added })} />`
    }</div>`;
}

/** Return the code of a `Coded` field, "" if the typed text makes no code. */
export const codeIn = (values, name) =>
  values[name] === OWN ? codeOf(values[`${name}_other`]) : values[name];

/** Return the errors of a `Coded` field: one if the typed text makes no code, else none. */
export const codeFault = (values, name) =>
  codeIn(values, name) ? {} : { [`${name}_other`]: t("entry.other_hint") };

/** A checkbox. */
export const Check = ({ entry, name, label, hint }) => html`<label class="entry-check"><input type="checkbox"
  name=${name} checked=${entry.values[name]}
  onChange=${(event) => entry.set({ [name]: event.currentTarget.checked })} />
    <span>${label}${hint && html`<small>${hint}</small>`}</span></label>`;

/** Radio buttons of the four priorities, each with its meaning. */
export const Priorities = ({ entry, name = "priority" }) => html`<${Radios} wide entry=${entry} name=${name}
  label=${t("entry.priority")}
  options=${PRIORITIES.map(String).map((value) => ({
    value,
    mark: value,
    text: word("priority", value),
    hint: t(`entry.priority_${value}`),
  }))} />`;

/** The reason of a failed lookup, in small print. */
export const Quiet = ({ problem }) =>
  problem && html`<p class="muted" lang=${lang.value}>${reason(problem)}</p>`;
