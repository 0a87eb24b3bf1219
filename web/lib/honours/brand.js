// The brand of a trade: its mark on its colour, on every page that is about the trade.

import { all } from "../api.js";
import { html, signal, useEffect } from "../preact.js";
import { live, mayRead } from "../store.js";
import { useLoaded } from "../ui.js";

const MOST = 500;
/** How long brands are remembered, in ms. */
const KEPT = 60_000;
/** @type {Map<string, { at: number, rows: Promise<any[]> }>} Jurisdiction and instant -> its brands. */
const read = new Map();
/** The brands that were read last: those of a jurisdiction and an instant. */
const known = signal(/** @type {{ key: string, rows: any[] }} */ ({ key: "", rows: [] }));
const keyOf = (jurisdiction, at) => `${jurisdiction} ${at ?? ""}`;

/** Return the brands in use, read once a minute for all that shows them. */
function brands(jurisdiction, at) {
  const key = keyOf(jurisdiction, at);
  const last = read.get(key);
  if (last && performance.now() - last.at < KEPT) return last.rows;
  const asked = { state: "in_use", ...(at && { at }) };
  const rows = all(jurisdiction, "brands", asked, MOST).then(({ items }) => items);
  read.clear();
  read.set(key, { at: performance.now(), rows });
  rows.then(
    (found) => {
      known.value = { key, rows: found };
    },
    () => read.delete(key),
  );
  return rows;
}

/** A mark on its colour. The brand's name stands beside it, so that it needs none of its own. */
export const Mark = ({ brand }) =>
  html`<svg class="brand-mark" viewBox="-4 -4 32 32" aria-hidden="true"><rect x="-4" y="-4" width="32"
    height="32" rx="6" fill=${brand.colour} /><path d=${brand.mark} fill=${brand.ink} /></svg>`;

/** A brand with its mark, name and slogan. */
export const Brand = ({ brand }) =>
  html`<span class="brand" data-brand=${brand.brand}><${Mark} brand=${brand} /><span>
    <bdi class="brand-name">${brand.name}</bdi> <bdi class="muted">${brand.slogan ?? ""}</bdi></span></span>`;

/** A trade in a list: its word, after the mark of its brand if it has one. */
export function Trade({ trade, at, text }) {
  const jurisdiction = live.value?.jurisdiction;
  const asks = Boolean(jurisdiction && mayRead("brands"));
  const key = keyOf(jurisdiction, at);
  useEffect(() => {
    if (asks) brands(jurisdiction, at).catch(() => {}); // without its mark a trade reads as well
  }, [key, asks]);
  const brand = known.value.key === key && known.value.rows.find((one) => one.trade === trade);
  return html`<span class="trade">${brand && html`<${Mark} brand=${brand} />`}${text}</span>`;
}

/** The brand that a trade has, or had at an instant; nothing if it has none. */
export function BrandOf({ trade, at }) {
  const jurisdiction = live.value?.jurisdiction;
  const asks = Boolean(trade && jurisdiction && mayRead("brands"));
  const load = () => (asks ? brands(jurisdiction, at) : Promise.resolve([]));
  const { data } = useLoaded(load, [jurisdiction, asks, at]);
  const brand = data?.find((one) => one.trade === trade);
  return brand ? html`<${Brand} brand=${brand} />` : null;
}
