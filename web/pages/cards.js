// QR cards: printable codes that link to an area or a team.

import { areaPath } from "../lib/areabox.js";
import { inside } from "../lib/areas.js";
import { shortened } from "../lib/called.js";
import { number, t, word } from "../lib/i18n.js";
import { both } from "../lib/people/both.js";
import { Card, PER_SHEET, Sheets } from "../lib/people/card.js";
import { Loopback } from "../lib/people/code.js";
import { AreaField, ask, asked, collator } from "../lib/people/parts.js";
import { print, printing } from "../lib/people/print.js";
import { computed, html, useEffect, useState } from "../lib/preact.js";
import { areas, live, teams } from "../lib/store.js";
import { Empty, Field, Icon, Loading } from "../lib/ui.js";

/** Card sizes, for A4 sheets or a roll of labels. */
const SIZES = ["poster", "card", "label", "roll"];
/** Number of codes drawn between two frames, because drawing is slow. */
const A_FRAME = 12;

const one = (name, otherwise = "") => asked(name)[0] ?? otherwise;

const areaCards = (outer, level) =>
  [...areas.value.nodes.values()]
    .filter(
      (node) =>
        !node.closed && (!outer || inside(node.area, outer)) && (!level || String(node.level) === level),
    )
    .sort((a, b) => (a.area < b.area ? -1 : 1))
    .map((node) => ({
      key: node.area,
      kind: "area",
      name: node.name,
      id: node.area,
      sign: node.area,
      sort: both(`level.${node.level}`),
      above: node.parent ? areaPath(node.parent) : "",
    }));

/** The levels below the root, as text. */
const levels = computed(() => {
  const found = new Set([...areas.value.nodes.values()].map((node) => node.level));
  return [...found]
    .filter((level) => level > 0)
    .sort((a, b) => a - b)
    .map(String);
});

const teamCards = (outer, team) =>
  [...teams.value.values()]
    .filter((row) => (team ? row.team === team : !outer || inside(row.area, outer)))
    .sort((a, b) => collator.value.compare(a.name, b.name))
    .map((row) => ({
      key: row.team,
      kind: "team",
      name: row.name,
      id: row.team,
      sign: row.call_sign ?? shortened(row.team),
      sort: both(`kind.${row.kind}`),
      above: areaPath(row.area),
    }));

export default function Cards() {
  const [of, size] = [one("of", "area"), one("size", "card")];
  const [outer, level, team] = [one("area"), one("level", levels.value.at(-1) ?? "all"), one("team")];
  const cards = of === "team" ? teamCards(outer, team) : areaCards(outer, level === "all" ? "" : level);
  const drawn = useGrowing(cards.length, `${of} ${outer} ${level} ${team}`);
  const ready = drawn >= cards.length;
  const paper = () => html`<${Sheets} cards=${cards} size=${size} />`;
  useEffect(() => printing(paper));
  if (!live.value.has("areas")) return html`<${Loading} />`;
  return html`<div class="cards-page folk">
    <header class="page-head"><h1>${t("page.cards")}</h1><p class="muted">${t("people.cards_note")}</p>
      </header><${Loopback} />
    <form class="toolbar cards-bar" onSubmit=${(event) => event.preventDefault()}>
      <${Switch} label=${t("people.cards_of")} value=${of} codes=${["area", "team"]}
        say=${(code) => t(`people.cards_of.${code}`)} change=${(value) => ask({ of: value, team: undefined })}
        />
      <${Switch} label=${t("people.cards_size")} value=${size} codes=${SIZES}
        say=${(code) => t(`people.cards_size.${code}`)} change=${(value) => ask({ size: value })} />
      <${AreaField} label=${t("people.cards_under")} value=${outer}
        change=${(area) => ask({ area, team: undefined })} />
      ${
        of === "area" &&
        html`<${Field} label=${t("people.cards_level")}>
        ${(a11y) => html`<select ...${a11y} value=${level}
        onChange=${(event) => ask({ level: event.currentTarget.value })}>
        ${levels.value.map((code) => html`<option value=${code}>${word("level", code)}</option>`)}<option
            value="all">
          ${t("ui.all")}</option></select>`}</${Field}>`
      }
      <div class="cards-print"><button type="button" class="button button-main"
        aria-disabled=${cards.length === 0 ? "true" : undefined}
        onClick=${() => cards.length && print(paper())}><${Icon} name="print" />
        ${t("people.cards_print", { n: number(cards.length) })}</button>
        <span class="muted" role="status">${
          ready
            ? t("people.cards_sheets", {
                n: Math.ceil(cards.length / PER_SHEET[size]),
                address: location.host,
              })
            : t("people.cards_drawing", { n: number(drawn), m: number(cards.length) })
        }</span></div>
    </form>
    ${location.protocol === "http:" && html`<p class="note">${t("people.cards_http")}</p>`}
    ${
      cards.length === 0
        ? html`<${Empty} text=${t(of === "team" ? "people.cards_no_teams" : "people.cards_no_areas")} />`
        : html`<div class=${`folk-sheet-view folk-sheet-view-${size}`}>
      ${cards.slice(0, drawn).map((card) => html`<${Card} key=${card.key} card=${card} />`)}</div>`
    }</div>`;
}

/** Return a number that grows to `length` in steps, and restarts if `what` changes.
 * @param {number} length
 * @param {string} what
 */
function useGrowing(length, what) {
  const [state, setState] = useState({ what, drawn: A_FRAME });
  const drawn = state.what === what ? state.drawn : A_FRAME;
  useEffect(() => {
    if (drawn >= length) return undefined;
    const timer = setTimeout(() => setState({ what, drawn: drawn + A_FRAME }), 0);
    return () => clearTimeout(timer);
  }, [drawn, length, what]);
  return Math.min(drawn, length);
}

const Switch = ({ label, value, codes, say, change }) => html`<fieldset class="folk-switch"><legend>${label}
  </legend><div class="folk-switch-row">${codes.map(
    (code) => html`<button type="button" key=${code}
  class="button" aria-pressed=${code === value ? "true" : "false"} onClick=${() => change(code)}>${say(code)}
    </button>`,
  )}</div></fieldset>`;
