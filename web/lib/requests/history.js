// The history of a request, in words.

import { called } from "../called.js";
import { t, word } from "../i18n.js";
import { html } from "../preact.js";
import { href } from "../router.js";
import { ACTORS } from "../rules.js";
import { areas } from "../store.js";
import { day, hhmm, hhmmss, localDate, stamp } from "../time.js";
import { Icon } from "../ui.js";

const unit = (event) =>
  event.team ? called("team", event.team) : event.worker ? called("worker", event.worker) : t("word.none");
const because = ({ detail }) =>
  detail.reason ? t("history.because", { reason: word("reason", detail.reason) }) : "";

/** Formats of changed fields. */
const CHANGED = {
  priority: (value) => `${value} ${word("priority", value)}`,
  category: (value) => word("category", value),
  area: (value) => areas.value.name(value),
  due_at: (value) => (value ? stamp(value) : t("word.none")),
  slots: (value) => value ?? t("requests.open_ended"),
  incident: (value) => (value ? called("incident", value) : t("word.none")),
  quantity: (value) => value,
};

function changes({ detail }) {
  const told = Object.keys(CHANGED)
    .filter((name) => name in detail)
    .map((name) =>
      t("history.change", { field: t(`history.field_${name}`), value: CHANGED[name](detail[name]) }),
    );
  return told.length ? told.join(t("history.and")) : t("history.personal");
}

/** Values of the sentences of events, by name. */
const SAID = {
  "request.opened": ({ detail }) => ({
    category: word("category", detail.category),
    priority: word("priority", detail.priority),
    source: detail.source ? t("history.through", { source: word("source", detail.source) }) : "",
  }),
  "request.amended": (event) => ({ changes: changes(event) }),
  "request.merged": ({ detail }) => ({ into: detail.into ? called("request", detail.into) : "" }),
  "assignment.progressed": (event) => ({
    unit: unit(event),
    stage: word("assignment_state", event.detail.stage),
  }),
  "assignment.proof_attached": (event) => ({
    unit: unit(event),
    kind: word("proof", event.detail.kind),
  }),
  "assignment.offered": (event) => ({
    unit: unit(event),
    until: event.detail.expires_at ? hhmm(event.detail.expires_at) : "",
  }),
};
const KNOWN = new Set([
  "request.opened",
  "request.acknowledged",
  "request.amended",
  "request.cancelled",
  "request.completed",
  "request.failed",
  "request.merged",
  "request.reopened",
  "request.erased",
  "assignment.offered",
  "assignment.accepted",
  "assignment.declined",
  "assignment.expired",
  "assignment.dispatched",
  "assignment.progressed",
  "assignment.done",
  "assignment.released",
  "assignment.given_back",
  "assignment.proof_attached",
  "personal.revealed",
  "worker.taken_back",
]);

/** Return the sentence of an event. */
export function sentence(event) {
  if (!KNOWN.has(event.name)) return event.name;
  if (event.name === "request.merged" && !event.detail.into) return t("history.request.merged_plain");
  if (event.name === "request.completed" && event.detail.automatic) {
    return t("history.request.completed_itself") + because(event);
  }
  const said = SAID[event.name]?.(event) ?? { unit: unit(event) };
  return t(`history.${event.name}`, said) + because(event);
}

/** The number of another request, if it is on the board, else its id. */
const nameOf = (request) => called("request", request);

/** Format an actor as role and name. */
export function who(actor) {
  const [scope, ...rest] = actor.split("/");
  return ACTORS.includes(scope) ? t(`actor.${scope}`, { name: rest.join("/") }) : actor;
}

/** Events of a request by day, newest first. */
export function History({ items }) {
  let date = null;
  return html`<ol class="history">${items.map((event) => {
    const own = localDate(event.at);
    const heading = own === date ? null : html`<li class="history-day">${day(event.at)}</li>`;
    date = own;
    return html`${heading}<li key=${event.key} class=${`history-${event.name.split(".")[0]}`}>
      <time datetime=${event.at}
          title=${t("history.recorded", { at: `${day(event.recorded_at)} ${hhmmss(event.recorded_at)}` })}>
            ${hhmm(event.at)}</time>
      <div><p>${sentence(event)}${
        event.name === "request.merged" && event.detail.into && event.detail.into !== event.request
          ? html` <a href=${href("requests", { id: event.detail.into })}>${nameOf(event.detail.into)}</a>`
          : null
      }</p>
        <p class="history-who">${who(event.actor)}${event.observed ? ` · ${t("history.observed")}` : ""}</p>
        ${
          event.anomalies.length > 0 &&
          html`<p class="history-anomaly"><${Icon} name="alert" />${t("history.anomaly", {
            codes: event.anomalies.map((code) => word("anomaly", code)).join(t("history.and")),
          })}</p>`
        }</div></li>`;
  })}</ol>`;
}
