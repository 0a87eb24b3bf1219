// Search for people by name or phone. Sent in the body, so that personal data stays out of addresses.

import { send } from "../api.js";
import { t, word } from "../i18n.js";
import { calledBy } from "../names.js";
import { html, useRef, useState } from "../preact.js";
import { href } from "../router.js";
import { live } from "../store.js";
import { ErrorNote, Icon, Presence, State, useAction } from "../ui.js";
import { requestName } from "../urgency.js";
import { AreaName, rowHref } from "./parts.js";

const isPhone = (text) => /^[+\d][\d\s()-]{4,}$/.test(text);

/** Find {workers, requests} by part of a name or by exact phone number. Throws Problem. */
export function find(text, limit = 20) {
  const said = text.trim();
  const body = isPhone(said) ? { phone: said } : { name: said };
  return send("POST", `/${live.peek().jurisdiction}/find`, { ...body, limit });
}

/** A search field for a name or phone number. `give` gets the result, null when the field is cleared. */
export function FindField({ give, label = t("people.find") }) {
  const [text, setText] = useState("");
  const { busy, problem, run, clear } = useAction();
  const input = useRef();
  const submit = async (event) => {
    event.preventDefault();
    if (!text.trim()) {
      give(null);
      return;
    }
    const found = await run(() => find(text));
    if (found) give({ ...found, text: text.trim() });
  };
  const emptied = (event) => {
    setText(event.currentTarget.value);
    if (event.currentTarget.value === "") {
      clear();
      give(null);
    }
  };
  return html`<form class="folk-find" role="search" onSubmit=${submit}>
    <input ref=${input} type="search" aria-label=${label} placeholder=${label} value=${text}
        onInput=${emptied}
      autocomplete="off" maxlength="200" />
    <button type="submit" class="button" aria-disabled=${busy ? "true" : undefined}><${Icon} name="search" />
      ${busy ? t("people.finding") : t("people.find_go")}</button>
    <${ErrorNote} problem=${problem} /></form>`;
}

/** The result, masked. Includes requests, since a caller may be a worker or in need. */
export function Found({ found, close }) {
  const { workers, requests, text, building } = found;
  return html`<section class="folk-found" aria-label=${t("people.found_title")}>
    <header class="folk-part-head"><p role="status">
      ${t("people.found", { text, workers: workers.length, requests: requests.length })}
      ${building && t("search.building", { n: building.names })}</p>
      <button type="button" class="button button-plain" onClick=${close}
          aria-label=${t("people.found_close")}>
        <${Icon} name="close" /></button></header>
    <ul class="folk-lines">${workers.map(
      (row) => html`<li key=${row.key}>
      <a class="folk-person" href=${rowHref(row.worker)}>${row.name} <span class="folk-person-id">
        ${calledBy(row.worker, row)}
      </span></a>
      <span>${row.phone}</span><span>${word("role", row.role)}</span><${Presence} value=${row.presence} />
        <${AreaName} code=${row.area} /></li>`,
    )}
    ${requests.map(
      (row) => html`<li key=${row.key}><a href=${href("requests", { id: row.request })}>
      ${t("people.found_request", { name: row.contact_name ?? requestName(row) })}</a>
      <span>${row.contact_phone}</span><span>${word("category", row.category)}</span>
        <${State} domain="request_state" value=${row.state} /><${AreaName} code=${row.area} /></li>`,
    )}</ul>
        </section>`;
}
