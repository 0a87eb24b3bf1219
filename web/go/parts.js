// Components of the courier's page.

import { refusal, t, word } from "../lib/i18n.js";
import { html, useEffect, useId, useRef } from "../lib/preact.js";
import { lingers } from "./state.js";

const PATHS = {
  check: "M4 12l5 6L20 6",
  close: "M5 5l14 14M19 5L5 19",
  pause: "M8 5v14M16 5v14",
  power: "M12 3v8M6.5 6.5a8 8 0 1 0 11 0",
  place: "M12 21s7-6.5 7-12a7 7 0 0 0-14 0c0 5.5 7 12 7 12zM12 11.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  target: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v4M12 18v4M2 12h4M18 12h4",
  qr: "M3 3h7v7H3zM14 3h7v7h-7zM3 14h7v7H3zM14 14h3v3h-3zM20 14v7h-6",
  chevron: "M9 5l7 7-7 7",
  back: "M15 5l-7 7 7 7",
  phone: "M6 3h4l2 5-2.5 2a12 12 0 0 0 4.5 4.5l2-2.5 5 2v4c0 1-1 2-2 2A16 16 0 0 1 4 5c0-1 1-2 2-2z",
  navigate: "M3 11 21 3l-8 18-2-8z",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  wait: "M6 3h12M6 21h12M7 3c0 5 5 6 5 9s-5 4-5 9M17 3c0 5-5 6-5 9s5 4 5 9",
  undo: "M4 9h10a6 6 0 0 1 0 12H8M4 9l5-5M4 9l5 5",
  alert: "M12 3 2 20h20L12 3zM12 10v4M12 17v.5",
  bell: "M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4",
  star: "M12 3l2.7 5.8 6.3.8-4.6 4.3 1.2 6.1L12 17l-5.6 3 1.2-6.1L3 9.6l6.3-.8z",
  team:
    "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2 20c0-4 3-6 6-6s6 2 6 6" +
    "M16 11a2.5 2.5 0 1 0 0-5M17 14.5c3 .3 5 2.3 5 5.5",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 2",
  gear: "M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4",
  camera: "M4 8h4l2-3h4l2 3h4v11H4zM12 9.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z",
  book: "M12 6C9 4 6 4 3 5v14c3-1 6-1 9 1 3-2 6-2 9-1V5c-3-1-6-1-9 1zM12 6v14",
  medal: "M8 3l4 7 4-7M12 10a5 5 0 1 0 0 10 5 5 0 0 0 0-10z",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 21 21",
};

/** A decorative icon, hidden from screen readers. */
export const Icon = ({ name }) =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${PATHS[name]} /></svg>`;

/** Join class names, without falsy ones. */
export const classes = (...names) => names.filter(Boolean).join(" ");

/** A large button with an icon. */
export const Button = ({ icon, kind, children, class: extra, ...rest }) =>
  html`<button type="button" class=${classes("button", kind && `button-${kind}`, extra)} ...${rest}>
    ${icon && html`<${Icon} name=${icon} />`}<span>${children}</span></button>`;

/** A presence as dot and word. */
export const Presence = ({ value }) =>
  html`<span class=${`presence presence-${value}`}><span class="dot" aria-hidden="true"></span>
    ${word("presence", value)}</span>`;

/** A note that an act is not sent yet. */
export const Unsent = ({ act }) =>
  lingers(act) && html`<p class="unsent"><${Icon} name="wait" />${t("go.unsent")}</p>`;

/** A modal sheet at the bottom. Closes on Escape and restores the focus. */
export function Sheet({ title, close, children }) {
  const box = useRef(/** @type {HTMLDialogElement} */ (null));
  const id = useId();
  useEffect(() => {
    const before = /** @type {HTMLElement} */ (document.activeElement);
    const element = box.current;
    if (!element.open) element.showModal();
    return () => {
      element.close();
      before?.focus?.();
    };
  }, []);
  return html`<dialog ref=${box} class="sheet" aria-labelledby=${id} onCancel=${(event) => {
    event.preventDefault();
    close();
  }}>
    <div class="sheet-head"><h2 id=${id}>${title}</h2>
      <button type="button" class="button button-plain" onClick=${close} aria-label=${t("go.close")}><${Icon}
          name="close" /></button></div>
    ${children}</dialog>`;
}

/** A collapsible section. `onOpen` is called when it opens. */
export const Part = ({ icon, title, more, onOpen, children }) =>
  html`<details class="part" onToggle=${(event) => event.currentTarget.open && onOpen?.()}>
    <summary><${Icon} name=${icon} /><h2>${title}</h2><span class="part-more">${more}</span><${Icon}
        name="chevron" /></summary>
    <div class="part-body">${children}</div></details>`;

/** Return why an act was refused, in words for workers. Codes that this version does not know show the detail
 * of the service.
 * @param {{code?: string, detail?: string}} refused
 */
export const reason = ({ code, detail }) => t(`code.${code}`, {}, refusal(code) ?? (detail || code));
