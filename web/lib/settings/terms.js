// Categories, incident kinds and reasons: rename, retire, ask for confirmation, and add new ones.

import { LANGUAGES, t } from "../i18n.js";
import { useSend } from "../people/send.js";
import { html, useState } from "../preact.js";
import { codeOf } from "../requests/reasons.js";
import { TERM_LISTS } from "../settings_rules.js";
import { lists, named } from "../terms.js";
import { classes, Dialog } from "../ui.js";
import { Check, Foot, Input, Select, sorted } from "./parts.js";

const CATEGORY = "category";
const ABOUT = { "term.unnamed": LANGUAGES[0].code };
const NAMES = Object.fromEntries(LANGUAGES.map(({ code }) => [code, ""]));

/** The part of the page. */
export function Terms() {
  const [list, setList] = useState(CATEGORY);
  const [edited, setEdited] = useState(null);
  const terms = Object.values(lists.value[list] ?? {});
  return html`<div class="entry-desk"><section class="entry-card"><${Select} label=${t("settings.list")}
      value=${list} change=${setList} options=${TERM_LISTS.map((one) => [one, t(`settings.list_${one}`)])} />
    <ul class="settings-rows">${terms.map(
      (term) => html`<li key=${term.code} class=${classes(term.retired && "settings-retired")}>
      <div class="settings-row"><div><b>${named(term)}</b> <code class="muted">${term.code}</code>
        <p class="muted">${marks(term)}</p></div><div class="toolbar"><button type="button" class="button"
        onClick=${() => setEdited(term)}>${t("settings.change")}</button></div></div></li>`,
    )}</ul></section>
    <div class="entry-aside"><section class="entry-card"><h2>${t("settings.new_term")}</h2><${Form}
      key=${list} list=${list} /></section></div>
    ${
      edited &&
      html`<${Dialog} title=${t("settings.change_who", { name: named(edited) })}
      close=${() => setEdited(null)}><${Form} list=${list} term=${edited} done=${() => setEdited(null)} />
      </${Dialog}>`
    }</div>`;
}

const marks = (term) =>
  [
    term.retired && t("settings.retired"),
    term.confirm && t("settings.confirms"),
    term.own ? t("settings.defined") : t("settings.built_in"),
  ]
    .filter(Boolean)
    .join(" · ");

function Form({ list, term = undefined, done = () => {} }) {
  const blank = { ...NAMES, code: "", confirm: false, retired: false };
  const given = term && { ...blank, ...term.names, ...term };
  const [form, setForm] = useState(given ?? blank);
  const [missing, setMissing] = useState(/** @type {Record<string, string>} */ ({}));
  const action = useSend();
  const set = (part) => {
    setForm((before) => ({ ...before, ...part }));
    setMissing({});
  };
  const code =
    term?.code ??
    (form.code.trim() ||
      Object.keys(NAMES)
        .map((one) => codeOf(form[one]))
        .find(Boolean));
  const { fields, rest } = sorted(action.problem, ABOUT);
  const errors = { ...fields, ...missing };
  const submit = async (event) => {
    event.preventDefault();
    if (action.busy) return;
    if (!code) {
      setMissing({ code: t("settings.code_needed") });
      return;
    }
    const names = Object.fromEntries(
      Object.keys(NAMES)
        .map((one) => [one, form[one].trim()])
        .filter(([, name]) => name),
    );
    const data = { list, code, names, confirm: form.confirm, retired: form.retired };
    if (!(await action.send("term.define", data))) return;
    if (!term) setForm(blank);
    done();
  };
  return html`<form class="settings-form" onSubmit=${submit}>
    ${LANGUAGES.map(
      ({ code: one, name }) => html`<${Input} key=${one} label=${t("settings.name_in", { language: name })}
      error=${errors[one]} maxlength="200" value=${form[one]} change=${(text) => set({ [one]: text })} />`,
    )}
    ${
      !term &&
      html`<${Input} label=${t("settings.code")} maxlength="64" error=${errors.code}
      hint=${code ? t("settings.code_as", { code }) : t("settings.code_hint")} value=${form.code}
      change=${(value) => set({ code: value })} />`
    }
    ${
      list === CATEGORY &&
      html`<${Check} label=${t("settings.confirm")} value=${form.confirm}
      change=${(confirm) => set({ confirm })} />`
    }
    ${
      term &&
      html`<${Check} label=${t("settings.retire")} value=${form.retired}
      change=${(retired) => set({ retired })} />`
    }
    <${Foot} action=${action} label=${term ? t("ui.save") : t("settings.add")} problem=${rest} /></form>`;
}
