// Candidates for a request: free, able and near ones first. Arrow keys choose, Enter sends.

import { get } from "../api.js";
import { useLater } from "../hooks.js";
import { number, t, word } from "../i18n.js";
import { calledBy } from "../names.js";
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from "../preact.js";
import { route } from "../router.js";
import { areas } from "../store.js";
import { span, wall } from "../time.js";
import { classes, Empty, ErrorNote, Icon, Loading, Presence, State, useLoaded } from "../ui.js";
import { rowOf } from "./desk.js";
import { Place } from "./show.js";

const LIMIT = 60;
const TYPING_MS = 250;
/** Interval to load the list again, since units become free or busy. */
const FRESH_MS = 15000;

/** Return the group of a candidate: free and able, free, or the rest. */
const rank = (one) => (one.free && one.able ? "best" : one.free ? "free" : "rest");
/** Return the key of a candidate, unique among workers and teams. */
export const unitKey = (one) => `${one.kind}:${one.unit}`;
/** Return the name of a candidate. */
export const calledOf = (one) =>
  one.kind === "team" ? one.name : [one.name, calledBy(one.unit, one)].filter(Boolean).join(" ");

/** A list of candidates for a request. The best free one is chosen; without one, nobody is until somebody
 * chooses.
 *
 * chosen: key of the chosen candidate; choose(row): called with another; keys: actions by key, such as Enter;
 * round: a new number reloads the list; instead: they replace somebody, so no free slot is needed.
 */
export function Candidates({ request, chosen, choose, keys, round, instead }) {
  const [kind, setKind] = useState("");
  const [typed, setTyped] = useState("");
  const q = useLater(typed.trim(), TYPING_MS);
  const [beat, setBeat] = useState(0);
  const box = useRef();
  const list = useLoaded(
    async () => ({
      ...(await get(`/${route.peek().jurisdiction}/candidates`, {
        request,
        kind: kind || undefined,
        q: q || undefined,
        limit: LIMIT,
      })),
      of: request,
      at: performance.now(),
    }),
    [request, kind, q, round, beat, rowOf(request)?.taken, rowOf(request)?.offers.length],
  );
  const data = list.data?.of === request ? list.data : null;
  useEffect(() => {
    const timer = setInterval(() => setBeat((one) => one + 1), FRESH_MS);
    return () => clearInterval(timer);
  }, []);
  useLayoutEffect(() => {
    box.current?.focus();
  }, [request, data === null]);
  const items = useMemo(() => data?.items.toSorted((a, b) => order(a) - order(b)) ?? [], [data]);
  const index = items.findIndex((one) => unitKey(one) === chosen);
  // Before anything is shown: a key pressed meanwhile would be undone by an effect that comes later.
  useLayoutEffect(() => {
    if (data && index < 0) choose(items.find((one) => one.free) ?? null);
  }, [data]);
  useEffect(() => {
    box.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [chosen, data]);
  const pressed = (event) => {
    const step = {
      ArrowDown: 1,
      j: 1,
      ArrowUp: -1,
      k: -1,
      PageDown: 8,
      PageUp: -8,
      Home: -items.length,
      End: items.length,
    }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (step !== undefined && items.length)
      choose(items[Math.min(items.length - 1, Math.max(0, index + step))]);
    else if (event.key === "/") box.current.parentElement.querySelector("input").focus();
    else if (keys[event.key] && index >= 0 && !event.repeat) keys[event.key](items[index]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<div class="candidates">
    <div class="toolbar candidates-tools">
      <div class="toggles" role="group" aria-label=${t("requests.kinds")}>${["", "worker", "team"].map(
        (one) => html`<button type="button" key=${one} class="toggle"
        aria-pressed=${kind === one ? "true" : "false"} onClick=${() => setKind(one)}>
          ${one ? t(`requests.kind_${one}`) : t("ui.all")}</button>`,
      )}</div>
      <label class="filters-text"><span class="visually-hidden">${t("requests.candidates_search")}</span>
        <${Icon} name="search" />
        <input type="search" placeholder=${t("requests.candidates_search")} value=${typed}
            onInput=${(event) => setTyped(event.currentTarget.value)}
          onKeyDown=${(event) => {
            if (["Enter", "ArrowDown"].includes(event.key)) {
              event.preventDefault();
              box.current?.focus();
            }
          }} /></label>
      ${
        data &&
        html`<span class="age">${t("live.age", { age: span(Math.max(0, wall.value - data.at)) })}
        </span>`
      }
    </div>
    <${ErrorNote} problem=${list.problem} retry=${list.reload} />
    ${
      data?.takes === 0 &&
      !instead &&
      html`<p class="note candidates-full" role="status">
      ${t("requests.takes_none")}</p>`
    }
    ${
      data &&
      items.length > 0 &&
      !items.some((one) => one.free) &&
      html`<p class="note candidates-full" role="status">${t("requests.nobody_free")}</p>`
    }
    ${
      data?.needs &&
      html`<p class="muted candidates-needs">
      ${t("requests.needs", { what: needs(data.needs) })}</p>`
    }
    ${!data && !list.problem && html`<${Loading} />`}
    <div class="candidates-list" role="listbox" tabindex="0" ref=${box} aria-label=${t("requests.candidates")}
        onKeyDown=${pressed}
        aria-activedescendant=${index >= 0 ? `unit-${chosen}` : undefined}>
      ${["best", "free", "rest"].map(
        (name) => html`<${Group} key=${name} name=${name} items=${items.filter((one) => rank(one) === name)}
        here=${rowOf(request)?.area} chosen=${chosen} choose=${choose} />`,
      )}
    </div>
    ${
      data &&
      !items.length &&
      html`<${Empty}
        text=${t(q ? "requests.candidates_none_q" : "requests.candidates_none")} />`
    }
  </div>`;
}

const ORDER = { best: 0, free: 1, rest: 2 };
const order = (one) => ORDER[rank(one)];

function needs({ roles = [], skills = [], vehicles = [], team_kinds = [] }) {
  const said = [
    ...roles.map((one) => word("role", one)),
    ...skills.map((one) => word("skill", one)),
    ...vehicles,
    ...team_kinds.map((one) => word("kind", one)),
  ];
  return [...new Set(said)].join(t("history.and"));
}

function Group({ name, items, here, chosen, choose }) {
  if (!items.length) return null;
  return html`<div role="group" aria-labelledby=${`units-${name}`} class="candidates-group">
    <div class="candidates-heading" id=${`units-${name}`} role="presentation">
      ${t(`requests.units_${name}`)} <span class="toggle-count">${number(items.length)}</span></div>
    ${items.map(
      (one) => html`<${Candidate} key=${unitKey(one)} one=${one} here=${here}
        chosen=${unitKey(one) === chosen} choose=${choose} />`,
    )}</div>`;
}

function Candidate({ one, here, chosen, choose }) {
  const capacity = one.capacity === null ? "∞" : number(one.capacity);
  return html`<div role="option" id=${`unit-${unitKey(one)}`} aria-selected=${chosen ? "true" : "false"}
      onClick=${() => choose(one)}
      class=${classes("candidate", chosen && "candidate-chosen", !one.free && "candidate-busy")}>
    <span class="candidate-line"><${Icon} name=${one.kind} /><strong>${
      one.name ?? calledBy(one.unit, one)
    }</strong>
      ${one.name && html`<span class="mono muted" title=${one.unit}>${calledBy(one.unit, one)}</span>`}
      <span class="candidate-near">${nearness(one, here)}</span></span>
    <span class="candidate-line candidate-more">${
      one.kind === "team"
        ? html`<${State} domain="team_state" value=${one.state} /><span>${word("kind", one.team_kind)}</span>
          <span>${t("requests.manned", { n: number(one.members_on_duty), m: number(one.members) })}</span>`
        : html`<${Presence} value=${one.presence} /><span>${word("role", one.role)}</span>
          ${one.vehicle && html`<span>${one.vehicle}</span>`}`
    }
      <span class=${classes("load", one.capacity !== null && one.live >= one.capacity && "load-full")}>
        ${t("requests.load", { n: number(one.live), m: capacity })}
          </span>
      ${why(one)}</span>
    <span class="candidate-line candidate-more muted"><${Place} code=${one.area} />
      ${one.organisation && html`<span>${one.organisation}</span>`}${
        one.skills?.length > 0 &&
        html`<span>${one.skills.map((skill) => word("skill", skill)).join(t("history.and"))}</span>`
      }</span>
  </div>`;
}

/** Show why a candidate is not among the best. */
function why(one) {
  if (one.why === "nobody_on_duty")
    return html`<span class="candidate-why candidate-nobody"><${Icon} name="alert" />
      ${t("requests.nobody_on_duty")}</span>`;
  if (one.asked) return html`<span class="candidate-why">${t("requests.already_asked")}</span>`;
  if (one.in_team)
    return html`<span class="candidate-why">${t("requests.goes_with", { team: one.in_team })}</span>`;
  if (!one.able) return html`<span class="candidate-why">${t("requests.other_work")}</span>`;
  return null;
}

function nearness(one, here) {
  if (one.distance !== null)
    return one.distance < 950
      ? t("requests.metres", { n: number(Math.round(one.distance / 10) * 10) })
      : t("requests.km", { n: number(one.distance / 1000, { maximumFractionDigits: 1 }) });
  return sameLevel(one, here);
}

/** Return the smallest common area by its level: same community, same street, same county. */
function sameLevel(one, here) {
  const node = here && areas.value.path(here).at(-1 - one.steps);
  if (!node) return t("requests.steps", { n: one.steps });
  return node.level === 0
    ? t("requests.far")
    : t("requests.same_level", { level: word("level", node.level).toLowerCase() });
}
