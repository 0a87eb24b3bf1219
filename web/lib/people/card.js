// A printed card with the QR code of an area, a team or a station.

import { html, useMemo } from "../preact.js";
import { place } from "../store.js";
import { classes } from "../ui.js";
import { Both } from "./both.js";
import { Qr } from "./qr.js";

/** Cards on a sheet of paper, by size. */
export const PER_SHEET = { poster: 1, card: 8, label: 24, roll: 1 };

/** Return the link in a code.
 * @param {"area" | "team" | "station"} kind
 * @param {string} id
 */
export const link = (kind, id) => `${location.origin}/go#${kind}=${encodeURIComponent(id)}`;

export function Card({ card }) {
  const address = link(card.kind, card.id);
  return html`<article class=${classes("folk-card", `folk-card-${card.kind}`)}>
    <${Qr} text=${address} label=${address} />
    <div class="folk-card-text"><p class="folk-card-above">${card.above || place.value?.name}</p>
      <h2 class="folk-card-name">${card.name}</h2>
      <p class="folk-card-sort">${card.sort.filter(Boolean).join(" ")} <span class="folk-card-id">${card.sign}
        </span></p>
      <${Both} text=${`people.card.${card.kind}`} /></div></article>`;
}

/** The cards on paper, sheet by sheet, with cutting lines. */
export function Sheets({ cards, size }) {
  const sheets = useMemo(() => {
    const found = [];
    for (let begin = 0; begin < cards.length; begin += PER_SHEET[size])
      found.push(cards.slice(begin, begin + PER_SHEET[size]));
    return found;
  }, [cards, size]);
  return sheets.map(
    (some, index) => html`<section key=${index} class=${`paper-sheet paper-${size}`}>
    ${some.map((card) => html`<${Card} key=${card.key} card=${card} />`)}</section>`,
  );
}
