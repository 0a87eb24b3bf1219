// The detail of one request: facts, contact, assignments, history and actions.

import { unfinished } from "../alerts.js";
import { all, get } from "../api.js";
import { called } from "../called.js";
import { SETTLED_MS, useLater } from "../hooks.js";
import { number, t, word } from "../i18n.js";
import { html, useEffect, useRef } from "../preact.js";
import { href, route } from "../router.js";
import { UNENDED } from "../rules.js";
import { live } from "../store.js";
import { now, since, span, stamp } from "../time.js";
import { Age, Alert, classes, ErrorNote, Icon, Loading, State, toast, useLoaded } from "../ui.js";
import { requestName } from "../urgency.js";
import { Contact } from "./contact.js";
import {
  assignmentsOf,
  mayOpen,
  panel,
  placePath,
  remember,
  rowOf,
  show,
  slow,
  tasksOf,
  useSettled,
} from "./desk.js";
import { History } from "./history.js";
import { Nearby } from "./nearby.js";
import { Standing, What } from "./show.js";
import { Tasks } from "./tasks.js";

/** Delay after a change before the rest loads again, once for several changes. */
const LATER_MS = 400;

/** The detail of a request. An ended one is fetched. */
export function Detail({ id, narrow }) {
  const row = rowOf(id);
  const gone = live.value.has("requests") && !live.value.rows("requests").has(id);
  const state = live.value.state.value;
  const fetched = useLoaded(
    () =>
      gone ? get(`/${route.peek().jurisdiction}/requests/${encodeURIComponent(id)}`) : Promise.resolve(null),
    [id, gone, gone && slow.value],
  );
  useEffect(() => {
    if (fetched.data) remember(fetched.data);
  }, [fetched.data]);
  const shown = row ?? fetched.data;
  if (!shown) {
    return html`<article class="detail">${narrow && html`<${Back} />`}${
      fetched.problem
        ? html`<${ErrorNote} problem=${fetched.problem} retry=${fetched.reload} />`
        : html`<${Loading} />`
    }</article>`;
  }
  return html`<article class="detail" aria-labelledby="detail-title">
    ${narrow && html`<${Back} />`}
    <${Title} row=${shown} narrow=${narrow} /><${Ended} row=${shown} /><${Actions} row=${shown} />
    <${Facts} row=${shown} />
    <section class="part"><h3>${t("requests.contact")}</h3><${Contact} key=${id} row=${shown} /></section>
    <${Rest} row=${shown} position=${gone ? state.position : null} />
  </article>`;
}

/** The number of another request, if it is known here, else its id. */
const nameOf = (request) => called("request", request);

/** A button that copies a number to the clipboard. */
function Copy({ text }) {
  if (!navigator.clipboard) return null;
  const copy = () => navigator.clipboard.writeText(text).then(() => toast(t("requests.copied", { text })));
  return html`<button type="button" class="button button-plain" onClick=${copy}
    aria-label=${t("requests.copy", { text })}>${t("requests.copy_short")}</button>`;
}

const Back = () => html`<button type="button" class="button button-plain detail-back"
      onClick=${() => show(null, { step: true })}><${Icon}
  name="chevron" />${t("requests.back")}</button>`;

function Title({ row, narrow }) {
  const heading = useRef();
  useEffect(() => {
    if (narrow) heading.current.focus();
  }, [row.request]);
  return html`<header class="detail-head">
    <h2 class="detail-title" id="detail-title" tabindex="-1" ref=${heading}><span
        class=${`detail-priority detail-priority-${row.priority}`}
      title=${word("priority", row.priority)}>${row.priority}<span
          class="visually-hidden"> ${word("priority", row.priority)}</span></span><${What} row=${row} /> <span
              class="mono detail-id" title=${row.request}>${requestName(row)}</span><${Copy}
                text=${requestName(row)} /></h2>
    <span>${word("priority", row.priority)}</span><${State} domain="request_state" value=${row.state} />
      <${Standing} row=${row} /><${Age} views=${["requests", "assignments"]} />
    ${
      !narrow &&
      html`<button type="button" class="button button-plain" onClick=${() => show(null)}
        aria-label=${t("ui.close")}><${Icon} name="close" /></button>`
    }
  </header>`;
}

/** Note for a request that has ended. */
function Ended({ row }) {
  if (unfinished(row)) return null;
  const state = word("request_state", row.state);
  return html`<div class="note" role="status"><p>
    ${t("requests.is_ended", { state, at: row.ended_at ? stamp(row.ended_at) : "" })}
    ${
      row.merged_into
        ? html` <a href=${href("requests", { id: row.merged_into })}>
          ${t("requests.goes_on", { id: nameOf(row.merged_into) })}</a>`
        : row.reason
          ? t("history.because", { reason: word("reason", row.reason) })
          : null
    }</p></div>`;
}

function Actions({ row }) {
  const shown = (unfinished(row) ? ["assign", "end", "merge", "amend"] : ["reopen"]).filter(mayOpen);
  if (shown.length === 0) return null;
  const open =
    (kind, more = {}) =>
    () => {
      panel.value = { kind, ids: [row.request], ...more };
    };
  if (!unfinished(row)) {
    return html`<div class="detail-actions"><button type="button" class="button" onClick=${open("reopen")}
        data-key="r">${t("requests.reopen")} <kbd>r</kbd></button></div>`;
  }
  return html`<div class="detail-actions">
    ${
      shown.includes("assign") &&
      html`<button type="button"
        class=${classes("button", (row.slots === null || row.taken < row.slots) && "button-main")}
            onClick=${open("assign")} aria-keyshortcuts="a">${t("requests.assign")} <kbd>a</kbd></button>`
    }
    ${
      shown.includes("end") &&
      html`<button type="button" class="button" onClick=${open("end")}
        aria-keyshortcuts="x">${t("requests.end")} <kbd>x</kbd></button>`
    }
    ${
      shown.includes("merge") &&
      html`<button type="button" class="button" onClick=${open("merge")}
        aria-keyshortcuts="m">${t("requests.merge")} <kbd>m</kbd></button>`
    }
    ${
      shown.includes("amend") &&
      html`<button type="button" class="button" onClick=${open("amend")}
        aria-keyshortcuts="e">${t("requests.amend")} <kbd>e</kbd></button>`
    }</div>`;
}

const Fact = ({ name, children }) =>
  html`<div class="fact"><dt>${t(`requests.${name}`)}</dt><dd>${children}</dd></div>`;
const When = ({ at }) =>
  html`<time datetime=${at}>${stamp(at)}</time> <span class="muted">${since(at)}</span>`;

function Due({ row }) {
  const left = Date.parse(row.due_at) - now.value;
  const late = unfinished(row) && left < 0;
  return html`<time datetime=${row.due_at}>${stamp(row.due_at)}</time> ${
    late
      ? html`<${Alert} level=${row.priority}>${t("requests.overdue", { age: span(-left) })}</${Alert}>`
      : unfinished(row) && html`<span class="muted">${t("requests.due_in", { left: span(left) })}</span>`
  }`;
}

function Facts({ row }) {
  const n = number(row.taken);
  const slots =
    row.slots === null
      ? t("requests.slots_open", { n })
      : t("requests.slots_of", { n, m: number(row.slots) });
  return html`<dl class="facts facts-main">
    <${Fact} name="place">${placePath(row.area).map(
      (node, index) => html`${index > 0 && html`<span class="crumb" aria-hidden="true"> › </span>`}<a
      href=${href("requests", { query: { area: node.area } })}>${node.name}</a>`,
    )}${placePath(row.area).length === 0 && row.area}
      ${
        row.lon !== null &&
        html` <span class="muted mono">${row.lon.toFixed(5)}, ${row.lat.toFixed(5)}
        </span>`
      }</${Fact}>
    <${Fact} name="opened"><${When} at=${row.opened_at} />${
      row.reopened > 0 &&
      html` <span class="muted">
      ${t("requests.reopened_n", { n: row.reopened })}</span>`
    }</${Fact}>
    ${row.due_at && html`<${Fact} name="due"><${Due} row=${row} /></${Fact}>`}
    <${Fact} name="first_assigned">${
      row.first_assigned_at
        ? html`<time datetime=${row.first_assigned_at}>${stamp(row.first_assigned_at)}</time>
      <span class="muted">
        ${t("requests.after", { span: span(Date.parse(row.first_assigned_at) - Date.parse(row.opened_at)) })}
          </span>`
        : t("requests.not_yet")
    }</${Fact}>
    ${
      row.first_on_scene_at &&
      html`<${Fact} name="first_on_scene"><time datetime=${row.first_on_scene_at}>
      ${stamp(row.first_on_scene_at)}</time></${Fact}>`
    }
    <${Fact} name="slots">
      ${slots}${
        row.offers.length > 0 && html` · ${t("requests.asked_n", { n: row.offers.length })}`
      }</${Fact}>
    ${row.source && html`<${Fact} name="source">${word("source", row.source)}</${Fact}>`}
    ${
      row.incident &&
      html`<${Fact} name="incident"><a href=${href("incidents", { id: row.incident })}>
      ${called("incident", row.incident)}</a></${Fact}>`
    }
    ${
      row.merged_from.length > 0 &&
      html`<${Fact} name="merged_from">${row.merged_from.map(
        (id) => html`<a
        class="mono" href=${href("requests", { id })}>${called("request", id)}</a> `,
      )}</${Fact}>`
    }
  </dl>`;
}

/** Assignments, duplicates and history. Loads when the selection has settled, and again after changes. */
function Rest({ row, position }) {
  const settled = useSettled(SETTLED_MS);
  const now = tasksOf.value.get(row.request) ?? [];
  const change = useLater(`${JSON.stringify(row)}${JSON.stringify(now)}${position}`, LATER_MS);
  const jurisdiction = route.value.jurisdiction;
  const tasks = useLoaded(
    () => (settled ? assignmentsOf(jurisdiction, row.request) : Promise.resolve(null)),
    [row.request, settled, change],
  );
  const history = useLoaded(
    () => (settled ? all(jurisdiction, "activity", { request: row.request }, 2000) : Promise.resolve(null)),
    [row.request, settled, change],
  );
  const ids = new Set(now.map((one) => one.assignment));
  const rows = [...now, ...(tasks.data ?? []).filter((one) => !ids.has(one.assignment) && !isOpen(one))];
  return html`<section class="part"><h3>${t("requests.tasks")}</h3><${ErrorNote} problem=${tasks.problem}
      retry=${tasks.reload} />
      ${tasks.data || now.length ? html`<${Tasks} rows=${rows} />` : html`<${Loading} />`}</section>
    ${
      unfinished(row) &&
      html`<section class="part"><h3>${t("requests.nearby")}</h3><${Nearby} row=${row} />
      </section>`
    }
    <section class="part"><h3>${t("requests.history")}</h3><${ErrorNote} problem=${history.problem}
        retry=${history.reload} />
      ${history.data ? html`<${History} items=${history.data.items} />` : html`<${Loading} />`}</section>`;
}

const isOpen = (task) => UNENDED.includes(task.state);
