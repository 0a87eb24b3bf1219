// Forms of an institution: each sends one command, with errors beside the fields.

import { AreaBox, areaPath } from "../areabox.js";
import { Conflict, isConflict } from "../conflict.js";
import { draftOf, dropDraft, keepDraft } from "../entry/drafts.js";
import { faults } from "../entry/faults.js";
import { AreaList } from "../entry/incident.js";
import { t } from "../i18n.js";
import { fromLocal, toLocal } from "../localtime.js";
import { HappenedField, Panel, ReasonField } from "../people/parts.js";
import { useSend } from "../people/send.js";
import { html, useLayoutEffect, useRef, useState } from "../preact.js";
import { go, route } from "../router.js";
import { PICTURES, TYPES, upload } from "../sealed.js";
import { codes } from "../terms.js";
import { now } from "../time.js";
import { ErrorNote, Field, Loading } from "../ui.js";
import { FirmBox } from "./firmbox.js";
import { PickBox } from "./pickbox.js";
import { coded, hint, say } from "./show.js";
import { changed, dataOf, edited, first, missing } from "./values.js";

/** A panel with a form that makes a new row, and then shows it. */
export function Make({ institution, form, source, close }) {
  const { name, kind, id = kind } = institution;
  const { do: _, ...query } = route.value.query;
  const done = (data, answer) =>
    answer && !form.stays ? go(name, { id: data[id] ?? answer.id, query, replace: true }) : close();
  const box = useRef();
  const ready = source.has(institution.view); // its first values may be those of other rows
  useLayoutEffect(() => {
    box.current.querySelector("input, select, textarea")?.focus();
  }, [ready]);
  return html`<${Panel} title=${say(name, form.command)} close=${close}><div ref=${box}>${
    ready
      ? html`<${Ask} institution=${institution} form=${form} source=${source} done=${done} />`
      : html`<${Loading} />`
  }</div></${Panel}>`;
}

/** Where the values hold when it happened. */
const HAPPENED = " at";

/** A form. `done(data, answer)` is called once it was recorded, and without them if it was given up.
 *
 * What was typed is kept until then, also while another page is shown. `deliver`, if given, gets the function
 * that returns the data for a row, and sends them itself.
 */
export function Ask({ institution, form, source, row, done, deliver }) {
  const { name, kind, id = kind } = institution;
  const base = useRef(row).current;
  const draft = `${name}/${form.command}/${deliver ? "*" : (row?.key ?? "")}`;
  const blank = useRef(/** @type {any} */ (null));
  blank.current ??= { ...first(form, base, source, toLocal), [HAPPENED]: "" };
  const [values, setValues] = useState(() => ({ ...blank.current, ...draftOf(draft) }));
  const [wrong, setWrong] = useState(/** @type {Record<string, string>} */ ({}));
  const { busy, problem, send, clear, run } = useSend();
  const box = useRef();
  const fields = form.fields.filter(({ when }) => !when || when(values, row));
  const at = values[HAPPENED];
  const set = (part) => {
    const after = { ...values, ...part };
    setValues(after);
    keepDraft(draft, edited(after, blank.current), blank.current);
    setWrong((before) => Object.fromEntries(Object.entries(before).filter(([field]) => !(field in part))));
    if (problem) clear();
  };
  const over = (...said) => {
    dropDraft(draft);
    done(...said);
  };
  const work = (one = row) => {
    const made = dataOf(fields, values, fromLocal);
    const said = form.data ? form.data(made, one) : form.amends ? changed(fields, made, base) : made;
    return {
      ...(one && { [id]: one.key }),
      ...said,
      ...(form.amends && base?.changed !== undefined && { based_on: base.changed }),
      ...(at && { at: fromLocal(at) }),
    };
  };
  const sent = async (data) => {
    const answer = await send(form.command, data);
    if (answer) over(data, answer);
  };
  /** Upload what is to be named. Null if it could not be. */
  const uploaded = (data) =>
    run(async () => {
      const files = fields.filter((field) => field.kind === "file" && data[field.name]);
      const named = files.map(async (field) => [
        field.name,
        await upload(`${kind}/${row.key}`, data[field.name]),
      ]);
      return { ...data, ...Object.fromEntries(await Promise.all(named)) };
    });
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    const found = missing(fields, values, box.current);
    setWrong(found);
    const [worst] = Object.keys(found);
    if (worst) box.current.elements[worst]?.focus?.();
    else if (deliver) deliver(work);
    else {
      const data = await uploaded(work());
      if (data) await sent(data);
    }
  };
  const names = fields.map((one) => one.name);
  const about = Object.fromEntries(
    fields.flatMap((one) => (one.codes ?? []).map((code) => [code, [one.name]])),
  );
  const refused = problem && !isConflict(problem) ? faults(problem, names, work(), about) : null;
  const errors = { ...refused, ...wrong };
  return html`<form class="folk-small-form institution-form" ref=${box} onSubmit=${submit} noValidate>
    ${form.note && html`<p class="muted">${say(name, form.note)}</p>`}
    ${fields.map(
      (field) => html`<${Asked} key=${field.name} field=${field} page=${name} values=${values} set=${set}
        error=${errors[field.name]} source=${source} row=${row} />`,
    )}
    ${
      form.fact &&
      html`<${HappenedField} value=${at} change=${(one) => set({ [HAPPENED]: one })}
        hint=${t("institution.happened_hint")} />`
    }
    ${
      isConflict(problem)
        ? html`<${Conflict} key=${problem.values.at} problem=${problem} data=${work()} row=${row} send=${sent}
          busy=${busy} />`
        : !refused && html`<${ErrorNote} problem=${problem} />`
    }
    <div class="form-actions"><button type="submit" class="button button-main"
      aria-disabled=${busy ? "true" : undefined}>${busy ? t("people.sending") : say(name, form.command)}
      </button><button type="button" class="button button-plain" onClick=${() => over()}>${t("ui.cancel")}
      </button></div>
  </form>`;
}

/** One field, by its kind. */
function Asked({ field, page, values, set, error, source, row }) {
  const { name, kind = "text", list, required } = field;
  const label = required ? say(page, name) : t("institution.optional", { what: say(page, name) });
  const value = values[name];
  const change = (one) => set({ [name]: one });
  const note = hint(page, `${name}_hint`);
  if (kind === "flag") {
    return html`<label class="folk-check"><input type="checkbox" name=${name} checked=${Boolean(value)}
      onChange=${(event) => change(event.currentTarget.checked)} /> ${say(page, name)}</label>`;
  }
  if (kind === "reason") {
    return html`<${ReasonField} label=${label} value=${value} change=${change} list=${list} />
      ${error && html`<p class="field-hint field-bad" role="alert">${error}</p>`}`;
  }
  if (kind === "areas") {
    return html`<${AreaList} label=${label} hint=${note} error=${error} value=${value}
      typed=${values[`${name}_typed`] ?? ""} change=${change}
      type=${(typed) => set({ [`${name}_typed`]: typed })} />`;
  }
  const path = kind === "area" && value ? areaPath(value) : note;
  return html`<${Field} label=${label} hint=${path} error=${error}>${(a11y) => {
    const common = { ...a11y, name, required, "aria-invalid": error ? "true" : undefined };
    return html`<${Control} field=${field} common=${common} value=${value} change=${change} source=${source}
      row=${row} />`;
  }}</${Field}>`;
}

/** From more choices than this one is found by typing. */
const SCROLLED = 40;
const INPUTS = { text: "text", number: "number", date: "date", instant: "datetime-local" };

function Control({ field, common, value, change, source, row }) {
  const { kind = "text", list, options, most, least, required } = field;
  const input = (event) => change(event.currentTarget.value);
  if (kind === "enterprise") {
    return html`<${FirmBox} ledger=${field.ledger} but=${field.but?.(row)} value=${value} change=${change}
      common=${common} />`;
  }
  if (kind === "area") return html`<${AreaBox} ...${common} value=${value} change=${change} />`;
  if (kind === "lines") {
    return html`<textarea ...${common} rows="3" maxlength=${most} value=${value}
      onInput=${input}></textarea>`;
  }
  if (kind === "code" || kind === "pick") {
    const choices = options
      ? options(source, row)
      : codes(list).map((code) => /** @type {[string, string]} */ ([code, coded(list, code)]));
    if (choices.length > SCROLLED) {
      return html`<${PickBox} options=${choices} value=${value} change=${change} common=${common} />`;
    }
    return html`<select ...${common} value=${value} onChange=${input}>
      <option value="">${t(required ? "institution.choose" : "word.none")}</option>
      ${choices.map(([code, text]) => html`<option key=${code} value=${code}>${text}</option>`)}</select>`;
  }
  if (kind === "file") {
    return html`<input ...${common} type="file" accept=${field.pictures ? PICTURES : TYPES}
      onChange=${(event) => change(event.currentTarget.files[0] ?? "")} />`;
  }
  const limits =
    kind === "number"
      ? { min: least, max: most, step: "any" }
      : kind === "date"
        ? {}
        : kind === "instant"
          ? { max: field.planned ? undefined : toLocal(now.peek()) }
          : { maxlength: most ?? 200 };
  return html`<input ...${common} ...${limits} type=${INPUTS[kind]} value=${value} autocomplete="off"
    onInput=${input} />`;
}
