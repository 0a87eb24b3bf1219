// Numbers and bars of the overview; the wall has the same bars.

import { number } from "../i18n.js";
import { html } from "../preact.js";
import { classes } from "../ui.js";

/** A number that links to its rows. Zero is faint and not a link. */
export const Count = ({ value, to, class: extra, ...rest }) =>
  value
    ? html`<a class=${classes("o-count", extra)} href=${to} ...${rest}>${number(value)}</a>`
    : html`<span class=${classes("o-count o-count-zero", extra)}>0</span>`;

/** A decorative bar of parts: [colour token, value]. The numbers are next to it. */
export const Bar = ({ parts, class: name = "o-bar" }) => html`<div class=${name}
  aria-hidden="true">${parts
    .filter(([, value]) => value > 0)
    .map(
      ([token, value]) =>
        html`<span key=${token} style=${{ flexGrow: value, background: `var(--${token})` }}></span>`,
    )}</div>`;
