// The latest events of the overview: what, who, where, and how late it was recorded.

import { get } from "../api.js";
import { called } from "../called.js";
import { t, word } from "../i18n.js";
import { computed, html, useEffect, useState } from "../preact.js";
import { Revealed } from "../revealed.js";
import { href } from "../router.js";
import { areas, live } from "../store.js";
import { hhmmss, span, stamp } from "../time.js";
import { classes, Empty, ErrorNote, Icon, Loading, Tile } from "../ui.js";

const EVENTS = 12;
const LEAST_PAUSE_MS = 2000;

const position = computed(() => live.value?.state.value.position ?? null);

/** @typedef {{items?: {position: number}[], problem?: import("../api.js").Problem}} Activity */

/** When the events were last loaded, by performance.now(). */
let lastLoad = 0;

/** Return the latest events. Loads them when the log position changes, at most every two seconds. */
function useActivity() {
  const [found, setFound] = useState(/** @type {Activity} */ ({}));
  const [round, setRound] = useState(0);
  const { jurisdiction } = live.value;
  const at = position.value;
  useEffect(() => {
    if (at === null) return undefined;
    const wait = Math.max(0, lastLoad + LEAST_PAUSE_MS - performance.now());
    let over = false;
    const timer = setTimeout(async () => {
      lastLoad = performance.now();
      try {
        const { items } = await get(`/${jurisdiction}/activity`, { limit: EVENTS });
        if (!over) setFound({ items });
      } catch (problem) {
        if (problem.code === undefined) throw problem;
        if (!over) setFound((before) => ({ ...before, problem }));
      }
    }, wait);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [jurisdiction, at, round]);
  return { ...found, retry: () => setRound((one) => one + 1) };
}

export function Events() {
  const { items, problem, retry } = useActivity();
  const body = () => {
    if (!items)
      return problem ? html`<${ErrorNote} problem=${problem} retry=${retry} />` : html`<${Loading} />`;
    if (!items.length) return html`<${Empty} text=${t("over.no_events")} />`;
    return html`<ol class="o-events" tabindex="0"
      aria-label=${t("over.events")}>${items.map(
        (one) => html`<${Happened} key=${one.position}
      event=${one} />`,
      )}</ol>`;
  };
  return html`<${Tile} title=${t("over.events")} class="over-events">${body()}</${Tile}>`;
}

const LATE_MS = 600000;
/** One event: what, who, where, and how late it was recorded. */
function Happened({ event }) {
  const late = Date.parse(event.recorded_at) - Date.parse(event.at);
  const { stage, presence } = event.detail;
  return html`<li class="o-event">
    <time datetime=${event.at}>${hhmmss(event.at)}</time>
    <span class="o-event-what"><b>${word("event", event.name)}
      </b>${stage && html` ${word("stage", stage)}`}${presence && html` ${word("presence", presence)}`}
      ${
        event.observed &&
        html` <span class="muted">${t("over.observed")}
        </span>`
      }${
        event.anomalies.length > 0 &&
        html` <span class="o-event-odd"><${Icon}
        name="alert" />${t("over.anomaly")}</span>`
      }</span>
    <span class=${classes("o-event-late", late > LATE_MS && "o-event-very-late")}
      title=${t("over.recorded", { at: stamp(event.recorded_at) })}>${
        late < 1000 ? t("over.at_once") : t("over.late", { age: span(late) })
      }</span>
    <span class="o-event-who">${event.name === "personal.revealed" && html`<${Revealed} event=${event} />`}${
      event.team &&
      html`<a
      href=${href("teams", { id: event.team })}>
        ${called("team", event.team)}
      </a>`
    }
      ${
        event.worker &&
        html`<a href=${href("workers", { id: event.worker })}>${called("worker", event.worker)}</a>`
      }
      ${
        event.request &&
        html`<a href=${href("requests", { id: event.request })}>${called("request", event.request)}</a>`
      }
      ${
        event.incident &&
        html`<a href=${href("incidents", { id: event.incident })}>
          ${live.value.rows("incidents").get(event.incident)?.name ?? event.incident}
        </a>`
      }
      ${
        event.area &&
        html`<a href=${href("requests", { query: { area: event.area } })}>${areas.value.name(event.area)}
        </a>`
      }</span></li>`;
}
