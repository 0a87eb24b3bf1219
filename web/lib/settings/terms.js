// Categories, incident kinds and reasons: rename, retire, ask for confirmation, and add new ones.

import { t } from "../i18n.js";
import { html, useState } from "../preact.js";
import { TERM_LISTS } from "../settings_rules.js";
import { lists, named } from "../terms.js";
import { classes, Dialog } from "../ui.js";
import { TermFields, useTerm } from "./newterm.js";
import { Check, Foot, Select } from "./parts.js";

const CATEGORY = "category";

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
  const entry = useTerm(list, term);
  const { form, set, action, rest } = entry;
  const submit = async (event) => {
    event.preventDefault();
    if (await entry.define()) done();
  };
  return html`<form class="settings-form" onSubmit=${submit}><${TermFields} term=${term} entry=${entry} />
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
