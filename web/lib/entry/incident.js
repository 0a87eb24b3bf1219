// Form to declare an incident.

import { AreaBox, areaPath } from "../areabox.js";
import { dayWords } from "../clock.js";
import { t, word } from "../i18n.js";
import { dayNumber, fromLocal } from "../localtime.js";
import { html } from "../preact.js";
import { href } from "../router.js";
import { areas, incidents, place } from "../store.js";
import { codes } from "../terms.js";
import { now } from "../time.js";
import { Field, Icon } from "../ui.js";
import { Coded, codeFault, codeIn, Earlier, EntryForm, filled, Group, Line, useEntry } from "./form.js";

/** Largest expected number of days of an incident. */
export const MOST_DAYS = 3650;

const blank = () => ({
  name: "",
  kind: "lockdown",
  kind_other: "",
  area: "",
  areas: [],
  starts: "",
  expected_days: "",
  id: "",
});

function make(values, idOf) {
  const incident = values.id.trim() || idOf(0);
  const name = values.name.trim();
  const chosen = [...new Set([...values.areas, values.area].filter(Boolean))];
  const data = {
    ...filled({
      incident,
      name,
      kind: codeIn(values, "kind"),
      starts_at: values.starts && fromLocal(values.starts),
      expected_days: values.expected_days && Number(values.expected_days),
    }),
    areas: chosen,
  };
  return {
    errors: codeFault(values, "kind"),
    steps: [{ name: "incident.declare", data }],
    said: {
      text: t("entry.said_incident", { name, kind: word("incident_kind", codeIn(values, "kind")) }),
      to: href("incidents", { id: incident }),
    },
  };
}

/** A list of areas. Enter or the button adds the area `typed` to the list `value`. */
export function AreaList({ label, hint, error, value, typed, change, type }) {
  const add = () => {
    if (typed) change(value.includes(typed) ? value : [...value, typed]);
    type("");
  };
  const pressed = (event) => {
    if (event.key !== "Enter" || !typed || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    add();
  };
  return html`<${Field} label=${label} hint=${typed ? areaPath(typed) : hint}
    error=${error}>${(a11y) => html`<div class="entry-adding" onKeyDown=${pressed}>
      <${AreaBox} ...${a11y} name="area" value=${typed} change=${type} /><button type="button" class="button"
        onClick=${add}><${Icon} name="plus" />${t("entry.add")}</button></div>`}</${Field}>
    ${
      value.length > 0 &&
      html`<ul class="entry-chips"
      aria-label=${label}>${value.map(
        (code) => html`<li key=${code}
      title=${areaPath(code)}>${areas.value.name(code)}<button type="button" class="button button-plain"
      onClick=${() => change(value.filter((one) => one !== code))}
        aria-label=${t("entry.remove_who", { who: areas.value.name(code) })}><${Icon} name="close" /></button>
        </li>`,
      )}</ul>`
    }`;
}

/** The form. */
export function DeclareIncident() {
  const entry = useEntry({ name: "incident", blank, make });
  const { starts } = entry.values;
  const day = starts
    ? t("entry.starts_day", { n: dayNumber(fromLocal(starts), now.value) })
    : t("entry.starts_hint");
  return html`<div class="entry-desk"><${EntryForm} entry=${entry} label=${t("entry.declare")}>
      <${Group} title=${t("entry.the_incident")}><${Line} entry=${entry} name="name"
        label=${t("entry.incident_name")} maxlength="200" required />
        <${Coded} entry=${entry} name="kind" label=${t("entry.incident_kind")} domain="incident_kind"
          usual=${codes("incident_kind")} required /></${Group}>
      <${Group} title=${t("entry.where")}><${AreaList} label=${t("entry.areas")}
        hint=${t("entry.areas_hint", { place: place.value?.name ?? "" })}
        error=${entry.errors.area ?? entry.errors.areas} value=${entry.values.areas}
        typed=${entry.values.area} change=${(list) => entry.set({ areas: list })}
          type=${(area) => entry.set({ area })} /></${Group}>
      <${Group} title=${t("entry.when")}><div class="form-row"><${Line} entry=${entry} name="starts"
        label=${t("entry.starts")} hint=${day} type="datetime-local" />
        <${Line} entry=${entry} name="expected_days" label=${t("entry.expected_days")}
          hint=${t("entry.expected_days_hint")} type="number" min="1" max=${MOST_DAYS} step="1" />
        <${Line} entry=${entry} name="id" label=${t("entry.incident_id")} hint=${t("entry.id_hint")}
          maxlength="64" pattern="[\\p{L}\\p{N}_][\\p{L}\\p{N}_.\\-]*" /></div></${Group}>
    </${EntryForm}><div class="entry-aside"><section class="entry-card">
      <h2>${t("entry.open_incidents")}</h2>${
        incidents.value.length === 0
          ? html`<p class="muted">${t("entry.no_incident")}</p>`
          : html`<ul class="entry-lines">${incidents.value.map(
              (one) => html`<li key=${one.incident}><a
        href=${href("incidents", { id: one.incident })}>${one.name}</a>
        <span class="muted">${dayWords(one)}</span>
          </li>`,
            )}</ul>`
      }</section><${Earlier} /></div></div>`;
}
