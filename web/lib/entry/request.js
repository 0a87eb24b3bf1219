// Form to open a request, in the order in which a caller tells it.

import { t, word } from "../i18n.js";
import { fromLocal, toLocal } from "../localtime.js";
import { html } from "../preact.js";
import { href, param } from "../router.js";
import { areas, incidents, requests } from "../store.js";
import { codes } from "../terms.js";
import { now } from "../time.js";
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
  Lines,
  Pick,
  Priorities,
  useEntry,
} from "./form.js";
import { noPlace, PlaceLine, PlaceOnMap, placed } from "./place.js";
import { SameNeed, SamePhone, useForgetting, usePhone } from "./same.js";

const SOURCES = ["hotline", "community_list", "paper", "app", "desk"];
const MOST_CATEGORIES = 16;
const SOON_HOURS = [1, 2, 4, 24];

const blank = () => ({
  category: "",
  category_other: "",
  priority: "3",
  text: "",
  area: param("area") ?? "",
  address: "",
  ...noPlace(),
  contact_phone: "",
  contact_name: "",
  quantity: "1",
  slots: "1",
  open_ended: false,
  due: "",
  incident: param("incident") ?? incidents.peek()[0]?.incident ?? "",
  source: "hotline",
  received: "",
  id: "",
});

/** Return the usual categories and those of unfinished requests. */
const categories = () =>
  [...new Set([...codes("category"), ...requests.value.map((row) => row.category)])].slice(
    0,
    MOST_CATEGORIES,
  );

function make(values, idOf) {
  const place = placed(values);
  const category = codeIn(values, "category");
  const { text, area, address, contact_phone, contact_name, incident, source, id } = values;
  const data = {
    ...filled({
      category,
      area,
      incident,
      source,
      request: id.trim(),
      text: text.trim(),
      address: address.trim(),
      contact_phone: contact_phone.trim(),
      contact_name: contact_name.trim(),
      due_at: values.due && fromLocal(values.due),
      at: values.received && fromLocal(values.received),
      ...place.data,
    }),
    priority: Number(values.priority),
    quantity: Number(values.quantity),
    slots: values.open_ended ? null : Number(values.slots),
  };
  const request = id.trim() || idOf(0);
  return {
    errors: {
      ...place.errors,
      ...codeFault(values, "category"),
      ...(area ? {} : { area: t("entry.fault.required") }),
    },
    steps: [{ name: "request.open", data }],
    said: {
      text: t("entry.said_request", { category: word("category", category), area: areas.peek().name(area) }),
      to: href("requests", { id: request }),
    },
  };
}

/** Coordinates, collapsed while empty: few callers know theirs. */
const Place = ({ entry }) => html`<details class="entry-fold"
  open=${entry.values.place !== "" || Boolean(entry.errors.place)}><summary>${t("entry.place")}</summary>
  <${PlaceLine} entry=${entry} /></details>
  <${PlaceOnMap} entry=${entry} />`;

/** The form, and cards of requests that may be duplicates. */
export function OpenRequest() {
  const entry = useEntry({ name: "request", blank, make, keep: ["incident", "source"] });
  const phone = usePhone();
  useForgetting(phone, entry.round);
  const soon = (hours) => () => entry.set({ due: toLocal(now.peek() + hours * 3600000) });
  return html`<div class="entry-desk"><${EntryForm} entry=${entry} label=${t("entry.open_request")}>
      <${Group} title=${t("entry.what")}><${Coded} entry=${entry} name="category"
        label=${t("entry.category")} domain="category" usual=${categories()} required />
        <${Priorities} entry=${entry} />
        <${Lines} entry=${entry} name="text" label=${t("entry.text")} maxlength="4000" rows="2" /></${Group}>
      <${Group} title=${t("entry.where")}><div class="form-row"><${AreaLine} entry=${entry} name="area"
        label=${t("entry.area")} hint=${t("entry.area_hint")} required />
          <${Line} entry=${entry} name="address" label=${t("entry.address")} maxlength="200" /></div>
            <${Place} entry=${entry} /></${Group}>
      <${Group} title=${t("entry.who")}><div class="form-row"><${Line} entry=${entry} name="contact_phone"
        label=${t("entry.phone")} type="tel" maxlength="200"
        onBlur=${(event) => phone.look(event.currentTarget.value)} />
          <${Line} entry=${entry} name="contact_name" label=${t("entry.name")} maxlength="200" /></div>
            </${Group}>
      <${Group} title=${t("entry.how_much")}><div class="entry-amounts"><${Line} entry=${entry}
        name="quantity" label=${t("entry.quantity")} type="number" min="1" max="1000000" required />
          <${Line} entry=${entry} name="slots" label=${t("entry.slots")} type="number" min="1" max="10000"
            required=${!entry.values.open_ended} disabled=${entry.values.open_ended} />
          <${Check} entry=${entry} name="open_ended" label=${t("entry.open_ended")} />
          <${Line} entry=${entry} name="due" label=${t("entry.due")} type="datetime-local" />
        <div class="entry-soon" role="group"
          aria-label=${t("entry.due_in")}>${SOON_HOURS.map(
            (hours) => html`<button type="button"
          class="button button-plain" onClick=${soon(hours)}>${t("entry.hours", { n: hours })}</button>`,
          )}</div></div></${Group}>
      <${Group} title=${t("entry.origin")}><div class="form-row">
          <${Pick} entry=${entry} name="incident" label=${t("entry.incident")}
            options=${[...incidents.value.map((one) => [one.incident, one.name]), ["", t("word.none")]]} />
          <${Pick} entry=${entry} name="source" label=${t("entry.source")}
            options=${SOURCES.map((one) => [one, word("source", one)])} />
          <${Line} entry=${entry} name="received" label=${t("entry.received")}
            hint=${t("entry.received_hint")} type="datetime-local" max=${toLocal(now.value)} />
          <${Line} entry=${entry} name="id" label=${t("entry.request_id")} hint=${t("ui.optional")}
            maxlength="64" pattern="[\\p{L}\\p{N}_][\\p{L}\\p{N}_.\\-]*" /></div></${Group}>
    </${EntryForm}>
    <div class="entry-aside"><${SamePhone} phone=${phone} /><${SameNeed}
      category=${codeIn(entry.values, "category")} values=${entry.values} /><${Earlier} /></div></div>`;
}
