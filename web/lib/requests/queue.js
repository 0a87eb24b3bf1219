// The queue: the table of requests and actions on checked ones. Live changes do not move the view.

import { alertOf } from "../alerts.js";
import { Export } from "../export.js";
import { remPx, useWidth } from "../hooks.js";
import { lang, number, t } from "../i18n.js";
import { html, useEffect, useMemo, useRef, useState } from "../preact.js";
import { route } from "../router.js";
import { ENDED } from "../rules.js";
import { live, requests } from "../store.js";
import { Age, classes, Empty, ErrorNote, Icon, Loading } from "../ui.js";
import { isLife } from "../urgency.js";
import { VirtualTable } from "../virtual.js";
import { CARD, columns } from "./columns.js";
import { checked, element, mayOpen, panel, show, slow, toggle } from "./desk.js";
import { clearFilters, filtered, sortBy, underWay } from "./filter.js";
import { Filters } from "./filterbar.js";
import { PAGE } from "./queued.js";

/** Below this width, rows are cards. */
const TABLE_REM = 50;
/** Below this width, the table does without the time of receipt: what a row needs has its own age. */
const WHOLE_REM = 64;
/** Delay before new requests are announced together. */
const ANNOUNCE_MS = 2500;

/** The queue with its filters. */
export function Queue({ queue, narrow, phone }) {
  const { filters, order, rows, matching, ghost } = queue;
  const [box, width] = useWidth();
  const cards = width > 0 && width < TABLE_REM * remPx();
  const whole = width === 0 || width >= WHOLE_REM * remPx();
  const { id } = route.value;
  const fresh = useFresh(queue);
  const marked = (row) =>
    classes(
      row === ghost && "row-gone",
      fresh.ids.has(row.request) && "row-new",
      row.ended_at === null && isLife(row) && "row-life",
      row.ended_at === null && alertOf(row)
        ? `row-alert-${alertOf(row).level}`
        : !row.touched && row.ended_at === null && "row-untouched",
    );
  const code = lang.value;
  const under = order.key === "needs" && !filters.ended && rows.find((row) => underWay(row, queue.at));
  const divide = (row) => (row === under && row !== rows[0] ? t("requests.under_way") : null);
  const layout = useMemo(
    () => (cards ? CARD() : columns(filters.ended, whole)),
    [cards, whole, filters.ended, code],
  );
  const open = (row) => {
    show(row.request, { step: narrow });
    requestAnimationFrame(() => element(".detail-title")?.focus());
  };
  return html`<section class=${classes("queue", cards && "queue-cards")} ref=${box}
      aria-label=${t("requests.queue")}>
    <${Head} queue=${queue} fresh=${fresh} />
    <${Filters} queue=${queue} phone=${phone} cards=${cards} />
    ${filters.ended && html`<${ErrorNote} problem=${queue.ended.problem} retry=${queue.ended.again} />`}
    ${
      !live.value.has("requests") || (filters.ended && queue.ended.busy && !rows.length)
        ? html`<${Loading} />`
        : html`<${VirtualTable}
      rows=${rows} id=${(row) => row.request} columns=${layout} label=${t("requests.queue")}
      height=${cards ? 84 : 34} selected=${id} select=${(row) => (narrow ? open(row) : show(row.request))}
          open=${open} sorted=${order} sort=${sortBy}
      divide=${divide} marked=${marked} checked=${checked.value} check=${(row) => toggle(row.request)}
      empty=${html`<${Nothing}
          queue=${queue} />`} />`
    }
    ${
      filters.ended &&
      queue.ended.next &&
      html`<div class="toolbar"><button type="button" class="button" onClick=${queue.ended.more}
      aria-disabled=${queue.ended.busy ? "true" : undefined}>${t("requests.older", { n: PAGE })}</button>
      <span class="muted">${t("requests.shown_n", { n: number(matching.length) })}</span></div>`
    }
    <${Checked} />
  </section>`;
}

function Head({ queue, fresh }) {
  const { matching, total, filters } = queue;
  const count =
    total === null
      ? number(matching.length)
      : t("requests.n_of_m", { n: number(matching.length), m: number(total) });
  return html`<header class="queue-head"><h1>${t("page.requests")}</h1>
    <span class="queue-count" title=${t("requests.count_of")}>${count}</span>
    ${
      fresh.count > 0 &&
      !filters.ended &&
      html`<button type="button" class="button queue-fresh"
        onClick=${fresh.look}>${t("requests.new_n", { n: fresh.count })}</button>`
    }
    <span class="visually-hidden" role="status" aria-live="polite">${fresh.said}</span>
    <${Age} views=${["requests"]} />
    <${Exported} filters=${filters} matching=${matching} />
    <button type="button" class="button button-plain" onClick=${() => print()} title=${t("ui.print")}
        aria-label=${t("ui.print")}><${Icon} name="print" /></button>
  </header>`;
}

/** Export of what the list shows. Ended requests are loaded page by page: the service has the others too. */
function Exported({ filters, matching }) {
  if (!filters.ended || filters.text || filters.alert.length || filters.unit) {
    const keys = () => matching.map((row) => row.request);
    return html`<${Export} view="requests" keys=${keys} personal />`;
  }
  const { area, category, priority, incident, touched, state } = filters;
  const ended = state.filter((one) => ENDED.includes(one));
  const states = ended.length ? ended : ENDED;
  const params = { area, category, priority, incident, touched, state: states, sort: "-ended_at" };
  return html`<${Export} view="requests" params=${params} personal />`;
}

/** Track requests that arrived since the page was opened: announce them together, mark them until viewed. */
function useFresh({ matching, rows, filters }) {
  const seen = useRef(null);
  const [ids, setIds] = useState(new Set());
  const [said, setSaid] = useState("");
  const all = requests.value;
  const ready = live.value.has("requests");
  useEffect(() => {
    if (!ready) return;
    const known = seen.current;
    seen.current = new Set(known ?? []);
    for (const row of all) seen.current.add(row.request);
    if (!known) return;
    const came = all.filter(
      (row) => !known.has(row.request) && Date.parse(row.opened_at) > slow.peek() - 3600000,
    );
    if (came.length) setIds((before) => new Set([...before, ...came.map((row) => row.request)]));
  }, [all, ready]);
  const shown = filters.ended ? [] : matching.filter((row) => ids.has(row.request));
  const count = shown.length;
  useEffect(() => {
    if (!count) return undefined;
    const timer = setTimeout(
      () => setSaid(t("requests.new_said", { n: count, m: number(rows.length) })),
      ANNOUNCE_MS,
    );
    return () => clearTimeout(timer);
  }, [count]);
  const { id } = route.value;
  useEffect(() => {
    if (ids.has(id)) setIds((before) => new Set([...before].filter((one) => one !== id)));
  }, [id]);
  const look = () => {
    show(shown[0].request);
    setIds(new Set());
    element(".queue .grid-body")?.focus();
  };
  return { ids, count, said, look };
}

function Nothing({ queue }) {
  if (queue.filters.ended) return html`<${Empty} text=${t("requests.none_ended")} />`;
  if (!filtered(queue.filters)) return html`<${Empty} text=${t("requests.none")} />`;
  return html`<${Empty} text=${t("requests.none_here", { m: number(queue.total) })}>
    <button type="button" class="button" onClick=${clearFilters}>${t("requests.filters_clear")}</button>
      </${Empty}>`;
}

/** Actions on all checked requests. */
function Checked() {
  const ids = checked.value;
  if (!ids.size) return null;
  return html`<div class="checked" role="region" aria-label=${t("requests.checked_n", { n: ids.size })}>
    <strong>${t("requests.checked_n", { n: ids.size })}</strong>
    ${
      mayOpen("merge") &&
      html`<button type="button" class="button" onClick=${() => {
        panel.value = { kind: "merge", ids: [...ids] };
      }} aria-keyshortcuts="m">${t("requests.merge_checked")} <kbd>m</kbd></button>`
    }
    ${
      mayOpen("many") &&
      html`<button type="button" class="button" onClick=${() => {
        panel.value = { kind: "many", ids: [...ids] };
      }} aria-keyshortcuts="x">${t("requests.many_checked")} <kbd>x</kbd></button>`
    }
    <button type="button" class="button button-plain" onClick=${() => {
      checked.value = new Set();
    }}>${t("requests.uncheck")}</button>
  </div>`;
}
