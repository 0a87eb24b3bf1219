// Personal data of a request: masked until revealed. The service records each reveal.

import { get, send } from "../api.js";
import { called } from "../called.js";
import { number, t } from "../i18n.js";
import { html, useEffect, useState } from "../preact.js";
import { href, route } from "../router.js";
import { mayReveal } from "../store.js";
import { wall } from "../time.js";
import { classes, ErrorNote, Icon, State, useAction } from "../ui.js";

const SHOWN_MS = 60000;
/** Longest value, in characters, of a field that stands beside three others. */
const SHORT = 16;
const FIELDS = ["contact_name", "contact_phone", "address", "text", "note"];

/** Personal fields of a request, masked, or revealed for a minute. */
export function Contact({ row }) {
  const [open, setOpen] = useState(null);
  const action = useAction();
  const left = open ? Math.max(0, Math.ceil((open.until - wall.value) / 1000)) : 0;
  useEffect(() => {
    if (open && left === 0) setOpen(null);
  }, [left]);
  const known = FIELDS.filter((name) => row[name] !== null && row[name] !== undefined);
  if (!known.length) return html`<p class="muted">${t("requests.no_contact")}</p>`;
  const reveal = async () => {
    const data = await action.run(() =>
      get(`/${route.peek().jurisdiction}/requests/${encodeURIComponent(row.request)}`, { reveal: true }),
    );
    if (data) setOpen({ row: data, until: performance.now() + SHOWN_MS });
  };
  const shown = open?.row ?? row;
  const brief = !open && known.every((name) => shown[name].length <= SHORT);
  return html`<div class="contact">
    <dl class=${classes("facts", brief && "facts-masked")}>${known.map(
      (name) => html`<div class=${`fact fact-${name}`}><dt>${t(`requests.${name}`)}</dt>
      <dd>${
        name === "contact_phone" && open && shown[name]
          ? html`<a class="button button-main"
          href=${`tel:${shown[name]}`}><${Icon} name="phone" />${shown[name]}</a>`
          : shown[name]
      }</dd></div>`,
    )}</dl>
    ${
      mayReveal.value &&
      html`<div class="toolbar">${
        open
          ? html`<span class="muted" role="status">
            ${t("requests.revealed", { s: number(Math.ceil(left / 10) * 10) })}</span>
          <button type="button" class="button" onClick=${() => setOpen(null)}>${t("requests.hide")}</button>
          ${shown.contact_phone && html`<${SamePhone} phone=${shown.contact_phone} but=${row.request} />`}`
          : html`<button type="button" class="button" onClick=${reveal} aria-keyshortcuts="c"
          data-key="c"><${Icon} name="eye" />${t("requests.reveal")} <kbd>c</kbd></button>
          <span class="muted">${t("requests.reveal_recorded")}</span>`
      }</div>`
    }
    <${ErrorNote} problem=${action.problem} retry=${reveal} /></div>`;
}

/** Other requests and workers with the same phone number, loaded on demand. */
function SamePhone({ phone, but }) {
  const [found, setFound] = useState(null);
  const action = useAction();
  const find = async () => {
    const data = await action.run(() => send("POST", `/${route.peek().jurisdiction}/find`, { phone }));
    if (data) setFound(data);
  };
  if (!found) {
    return html`<button type="button" class="button" onClick=${find}><${Icon} name="search" />
      ${t("requests.same_phone")}</button>
      <${ErrorNote} problem=${action.problem} />`;
  }
  const others = found.requests.filter((row) => row.request !== but);
  return html`<div class="same-phone" role="status">
    ${others.length + found.workers.length === 0 ? t("requests.same_phone_none") : null}
    <ul>${others.map(
      (row) => html`<li><a href=${href("requests", { id: row.request })}>${called("request", row.request)}
      </a> <${State} domain="request_state" value=${row.state} /></li>`,
    )}
      ${found.workers.map(
        (row) => html`<li><a href=${href("workers", { id: row.worker })}>${called("worker", row.worker)}</a>
        </li>`,
      )}</ul></div>`;
}
