// What the stations are short of and have too much of, added up by item, with the most urgent priority.

import { get } from "../api.js";
import { number, t, word } from "../i18n.js";
import { coded } from "../institution/show.js";
import { asked } from "../people/parts.js";
import { html } from "../preact.js";
import { live } from "../store.js";
import { ErrorNote, Loading, useLoaded } from "../ui.js";

const SIDES = ["short", "surplus"];

export default function Shortage({ source, all }) {
  const [area] = asked("area");
  const { jurisdiction } = live.peek();
  const params = { area, at: source.at ?? undefined };
  const load = () => get(`/${jurisdiction}/needs/sums`, params);
  const { data, problem, reload } = useLoaded(load, [JSON.stringify(params), source.at === null && all]);
  return html`<div class="ledger-funnel"><${ErrorNote} problem=${problem} retry=${reload} />
    ${!data && !problem && html`<${Loading} />`}
    ${data && html`<${Sums} data=${data} />`}</div>`;
}

/** Return the items of one side, as they came: the most urgent first.
 * @param {any[]} items
 * @param {string} side
 */
const ofSide = (items, side) => items.filter((one) => one.side === side);

function Sums({ data }) {
  if (data.items.length === 0) return html`<p class="muted">${t("stations.no_needs")}</p>`;
  const most = Math.max(...data.items.map((one) => one.open));
  return html`${SIDES.filter((side) => ofSide(data.items, side).length > 0).map(
    (side) => html`<section key=${side}><h2>${word("need_side", side)}</h2>
      <ul class="station-bars">${ofSide(data.items, side).map(
        (one) => html`<li key=${one.item}><span>${coded("need_item", one.item)}</span>
        <progress max=${most} value=${one.open} aria-label=${coded("need_item", one.item)}></progress>
        <span>${t("stations.need_sum", {
          n: number(one.stations),
          p: one.priority,
        })}${one.quantity > 0 && ` · ${number(one.quantity)}`}</span></li>`,
      )}</ul></section>`,
  )}${data.more && html`<p class="muted">${t("stations.more_needs")}</p>`}`;
}
