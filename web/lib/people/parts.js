// Components shared by the pages of people: filters, fields, the panel.

import { AreaBox, areaPath } from "../areabox.js";
import { called } from "../called.js";
import { codeOf, OWN } from "../codeof.js";
import { useMedia } from "../hooks.js";
import { language, t, word } from "../i18n.js";
import { fromLocal, toLocal } from "../localtime.js";
import { calledBy } from "../names.js";
import { computed, effect, html, signal, useId, useLayoutEffect, useRef, useState } from "../preact.js";
import { go, href, route } from "../router.js";
import { NewTerm } from "../settings/newterm.js";
import { areas, live } from "../store.js";
import { codes, termName } from "../terms.js";
import { hhmm, localDate, now, stamp } from "../time.js";
import { Field, freshness, Icon, State } from "../ui.js";

const today = computed(() => localDate(now.value));

/** Whether the data on the page are stale. */
export const stale = computed(() => freshness().kind === "disconnected");

/** Format an instant: today as time, else as day and time. */
export const short = (instant) => (localDate(instant) === today.value ? hhmm(instant) : stamp(instant));

/** Return the values of a filter in the address. */
export const asked = (name) => route.value.query[name] ?? [];

/** Change filters in the address without a new entry in the history. Removes empty filters. */
export function ask(changes) {
  const { page, id, query } = route.peek();
  go(page, { id, query: { ...query, ...changes }, replace: true });
}

/** Return the address of a row on this page, with the current filters. */
export const rowHref = (id) => href(route.value.page, { id, query: route.value.query });

/** Create a text filter. It applies at once, and goes into the address of its page when typing pauses. */
export function typedFilter(page, name) {
  const text = signal("");
  let timer = null;
  effect(() => {
    const written = asked(name)[0] ?? "";
    if (timer === null) text.value = written;
  });
  const write = () => {
    timer = null;
    if (route.peek().page === page) ask({ [name]: text.peek() });
  };
  const type = (value) => {
    text.value = value;
    clearTimeout(timer);
    timer = setTimeout(write, 250);
  };
  return { text, type };
}

/** The name of an area, with its path as title. */
export const AreaName = ({ code }) =>
  code
    ? html`<span title=${`${areaPath(code)} ${code}`}>${areas.value.name(code)}</span>`
    : html`<span class="muted">${t("word.none")}</span>`;

/** A labelled combobox of areas. */
export const AreaField = ({ label, hint, value, change, required }) => html`<${Field} label=${label}
  hint=${value ? areaPath(value) : hint}>
    ${(a11y) => html`<${AreaBox} ...${a11y} value=${value} change=${change} required=${required} />`}
    </${Field}>`;

/** A field for the time of an event, empty for now. `change` gets YYYY-MM-DDTHH:MM. */
export const HappenedField = ({ value, change, hint = t("people.happened_hint") }) => html`<${Field}
  label=${t("people.happened")} hint=${hint}>
  ${(a11y) => html`<input ...${a11y} type="datetime-local" value=${value} max=${toLocal(now.peek())}
    onInput=${(event) => change(event.currentTarget.value)} />`}</${Field}>`;

/** Return the fields of a fact entered later: its time, by the service's clock, and that it was observed.
 *
 * @returns {{ at?: string, observed?: boolean }}
 */
export const happened = (text) => (text ? { at: fromLocal(text), observed: true } : {});

/** A select of codes. `say` returns the word of a code; `none` is the text for no choice. */
export const Choice = ({ label, value, change, codes, say, none = t("ui.all"), ...rest }) => html`<select
  aria-label=${label}
    title=${label} value=${value ?? ""} ...${rest} onChange=${(event) => change(event.currentTarget.value)}>
  <option value="">${none}</option>
  ${value && !codes.includes(value) && html`<option value=${value}>${say(value)}</option>`}
  ${codes.map((code) => html`<option key=${code} value=${code}>${say(code)}</option>`)}</select>`;

/** A field for a coded reason: one of a list, or a new one. */
export function ReasonField({ label, value, change, list }) {
  const [own, setOwn] = useState(false);
  const [typed, setTyped] = useState("");
  const pick = (choice) => {
    setOwn(choice === OWN);
    change(choice === OWN ? codeOf(typed) : choice);
  };
  const type = ({ currentTarget: input }) => {
    const code = codeOf(input.value);
    input.setCustomValidity(code ? "" : t("requests.reason_letters"));
    setTyped(input.value);
    change(code);
  };
  return html`<${Field} label=${label}>${(a11y) => html`
    <select ...${a11y} value=${own ? OWN : value} required
        onChange=${(event) => pick(event.currentTarget.value)}>
      <option value="">${t("requests.reason_choose")}</option>
      ${codes(list).map((code) => html`<option value=${code}>${termName(list, code)}</option>`)}
      <option value=${OWN}>${t("requests.reason_other")}</option></select>`}</${Field}>
    ${
      own &&
      html`<${Field} label=${t("requests.reason_own")}
      hint=${value ? t("requests.reason_as", { code: value }) : t("requests.reason_hint")}>${(a11y) => html`
      <input ...${a11y} value=${typed} required maxlength="64" autocomplete="off"
        onInput=${type} />`}</${Field}>
      <${NewTerm} list=${list} added=${pick} />`
    }`;
}

/** The load of a unit: live assignments and capacity. */
export const Load = ({ count, capacity }) => html`<span
  class=${count === 0 ? "folk-load folk-load-none" : "folk-load"}
  title=${t("people.load_title", { n: count, capacity: capacity ?? t("people.open_ended") })}>${count}
    <span class="folk-load-of"> / ${capacity ?? "∞"}</span></span>`;

/** A link to a team, by name. */
export function TeamLink({ id }) {
  if (!id) return html`<span class="muted">${t("word.none")}</span>`;
  return html`<a href=${href("teams", { id })}>${called("team", id)}</a>`;
}

/** A link to a worker, by masked name and id. */
export function WorkerLink({ id }) {
  const row = live.value.rows("roster").get(id);
  return html`<a href=${href("workers", { id })} class="folk-person">
    ${row?.name && html`<span>${row.name} </span>`}<span class="folk-person-id"
      title=${id}>${calledBy(id, row)}</span></a>`;
}

/** Assignments as short lines with links to their requests. */
export const Assignments = ({ items, empty }) =>
  items.length === 0
    ? html`<p class="muted">${empty}</p>`
    : html`<ul class="folk-lines">
  ${items.map(
    (one) => html`<li key=${one.assignment}><a href=${href("requests", { id: one.request })}>
    ${called("request", one.request)}</a>
    <${State} domain="assignment_state" value=${one.state} /><${AreaName} code=${one.area} />
      ${
        one.team &&
        route.value.id !== one.team &&
        html`<span class="folk-tag">${called("team", one.team)}</span>`
      }
    ${one.reason && html`<span class="muted">${word("reason", one.reason)}</span>`}
    <time class="muted folk-line-end">${short(
      one.ended_at ??
        one.on_scene_at ??
        one.en_route_at ??
        one.dispatched_at ??
        one.accepted_at ??
        one.offered_at,
    )}</time></li>`,
  )}</ul>`;

/** A panel beside a list, or instead of it on a narrow screen. Escape closes it, `focus` focuses it. */
export function Panel({ title, sub, close, focus, children }) {
  const heading = useRef();
  const id = useId();
  const alone = useMedia("(max-width: 60rem)");
  useLayoutEffect(() => {
    if (focus) heading.current.focus();
  }, [focus]);
  const pressed = (event) => {
    if (!close || event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    close();
  };
  return html`<aside class="folk-panel" aria-labelledby=${id} onKeyDown=${pressed}>
    <header class="folk-panel-head"><div><${alone ? "h1" : "h2"} id=${id} class="folk-panel-title"
      ref=${heading} tabindex="-1">${title}</${alone ? "h1" : "h2"}>${sub}</div>
      ${
        close &&
        html`<button type="button" class="button button-plain" onClick=${close} aria-label=${t("ui.close")}
        title=${`${t("ui.close")} (Esc)`}><${Icon} name="close" /></button>`
      }
    </header><div class="folk-panel-body">${children}</div></aside>`;
}

/** A part of a panel. */
export function Part({ title, tools, children }) {
  const level = useMedia("(max-width: 60rem)") ? "h2" : "h3";
  return html`<section class="folk-part"><header class="folk-part-head"><${level}>${title}</${level}>${tools}
    </header>${children}</section>`;
}

/** Buttons that each open a form below.
 *
 * items: [{key, label, icon?, may, form(done)}], shown only if `may` is true; also: links beside them.
 */
export function Acts({ items: all, also }) {
  const items = all.filter((item) => item.may);
  const [open, setOpen] = useState(null);
  const box = useRef();
  const bar = useRef();
  const chosen = items.find((item) => item.key === open);
  useLayoutEffect(() => {
    box.current?.querySelector("input, select, textarea, button")?.focus();
  }, [open]);
  const done = () => {
    setOpen(null);
    bar.current?.querySelector(`[data-act="${open}"]`)?.focus();
  };
  const pressed = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    done();
  };
  if (items.length === 0) return html`<p class="muted">${t("people.read_only")}</p>`;
  return html`<div class="folk-acts" ref=${bar}><div class="folk-acts-bar">
    ${items.map(
      (item) => html`<button type="button" key=${item.key}
      data-act=${item.key} class=${`button${item.main ? " button-main" : ""}`}
        aria-expanded=${open === item.key ? "true" : "false"}
      onClick=${() => setOpen(open === item.key ? null : item.key)}>
        ${item.icon && html`<${Icon} name=${item.icon} />`}${item.label}</button>`,
    )}${also}</div>
    ${
      chosen &&
      html`<div class="folk-acts-form" ref=${box} key=${open} role="group" aria-label=${chosen.label}
      onKeyDown=${pressed}>${chosen.form(done)}</div>`
    }</div>`;
}

/** Open rows of a table with a single click. Call `note` on selection and pass `onClick` to the parent. */
export function useOpening(open) {
  const last = useRef(null);
  return {
    note: (row) => {
      last.current = row;
    },
    onClick: (event) => {
      if (
        last.current &&
        event.target.closest(".grid-body .grid-row") &&
        !event.target.closest("a, button, input")
      )
        open(last.current);
    },
  };
}

/** The BCP 47 tag of the current language. */
export const tag = computed(() => language.value.tag);
/** Collator of the current language. */
export const collator = computed(() => new Intl.Collator(tag.value, { numeric: true }));

const MOVES = ["j", "k", "ArrowDown", "ArrowUp"];
const LEAVES = ["Enter", "Escape", "ArrowDown"];

/** Add keys for lists: "/" focuses the filter, Enter or Esc there focuses the list.
 *
 * While nothing has the focus, keys that move go to the list.
 */
export function useListKeys() {
  useLayoutEffect(() => {
    const act = (event) => {
      const { key, target } = event;
      /** @type {HTMLElement | null} */
      const field = document.querySelector("[data-filter]");
      /** @type {HTMLElement | null} */
      const list = document.querySelector(".people-table .grid-body");
      if (target === field && LEAVES.includes(key)) list?.focus();
      else if (target === document.body && MOVES.includes(key) && list) {
        list.focus();
        list.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      } else if (key === "/" && field && !target.closest("input, textarea, select, dialog")) {
        field.closest("details")?.setAttribute("open", "");
        field.focus();
      } else return;
      event.preventDefault();
    };
    const pressed = (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey) act(event);
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}

/** A row of filters. On a narrow screen it is collapsed and shows how many are set. */
export function Filtering({ names, children }) {
  const set = names.filter((name) => asked(name).length > 0).length;
  const narrow = useMedia("(max-width: 40rem)");
  const row = html`<div class="toolbar" role="group" aria-label=${t("ui.filter")}>${children}</div>`;
  if (!narrow) return row;
  return html`<details class="folk-fold"><summary class="button">
    ${set ? t("people.filters_set", { n: set }) : t("ui.filter")}</summary>${row}</details>`;
}

/** Return the layout of a list of a width in px: lines per row (1 means columns) and height of a row in px.
 *
 * @param {number} width
 * @returns {{ lines: number, height: number, wide?: boolean }}
 */
export function layout(width) {
  if (width > 0 && width < 520) return { lines: 4, height: 98 };
  if (width > 0 && width < 860) return { lines: 3, height: 76 };
  return { lines: 1, height: 34, wide: width >= 1000 };
}
