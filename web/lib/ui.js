// Small components and hooks that all pages use.

import { t, word } from "./i18n.js";
import { html, signal, useEffect, useId, useRef, useState } from "./preact.js";
import { reason } from "./refusals.js";
import { href } from "./router.js";
import { live } from "./store.js";
import { span, wall } from "./time.js";

/** Join class names, without false ones. */
export const classes = (...names) => names.filter(Boolean).join(" ");

/** An icon of icons/sheet.svg, hidden from screen readers. */
export const Icon = ({ name }) => html`<span class=${`icon icon-${name}`} aria-hidden="true"></span>`;

/** Return how fresh the page is, with a text that says so.
 *
 * @returns {{ kind: "live" | "behind" | "disconnected" | "connecting", text: string }}
 */
export function freshness() {
  const state = live.value?.state.value;
  if (!state) return { kind: "connecting", text: t("live.connecting") };
  const age = wall.value - state.heard;
  if (state.phase === "refused") return { kind: "disconnected", text: reason(state.problem) };
  if (state.phase === "connecting") return { kind: "connecting", text: t("live.connecting") };
  if (state.phase === "disconnected") {
    return { kind: "disconnected", text: t("live.disconnected", { age: span(age) }) };
  }
  const behind = Math.max(state.behind * 1000, age > 7000 ? age : 0);
  if (behind >= 2000) return { kind: "behind", text: t("live.behind", { age: span(behind) }) };
  return { kind: "live", text: t("live.live") };
}

/** State of the stream, in the header. */
export function LiveBadge() {
  const { kind, text } = freshness();
  return html`<span class=${`live live-${kind}`} role="status"><span class="live-dot" aria-hidden="true">
    </span>${text}</span>`;
}

/** Age of the data in a tile. Names those of its `views` that are degraded.
 *
 * @param {{ views?: string[] }} props
 */
export function Age({ views = [] }) {
  const state = live.value?.state.value;
  const { kind, text } = freshness();
  const stuck = views.filter((view) => state?.degraded?.[view] !== undefined);
  if (stuck.length) {
    return html`<span class="age age-degraded"><${Icon} name="alert" />${t("live.degraded", {
      views: stuck.map((view) => word("view", view)).join(", "),
    })}</span>`;
  }
  if (kind === "live")
    return html`<span class="age">${t("live.age", { age: span(Math.max(0, wall.value - state.heard)) })}
      </span>`;
  return html`<span class=${`age age-${kind}`}>${text}</span>`;
}

/** A tile of the board: heading, age of its data, and content. */
export function Tile({ title, views = [], more, actions, class: extra, children }) {
  const id = useId();
  const loading = views.length > 0 && live.value && !views.every((view) => live.value.has(view));
  const stale = freshness().kind === "disconnected";
  return html`<section class=${classes("tile", stale && "tile-stale", extra)} aria-labelledby=${id}>
    <header class="tile-head"><h2 id=${id}>${more ? html`<a href=${more}>${title}</a>` : title}</h2>
      ${actions}<${Age} views=${views} /></header>
    ${loading ? html`<${Loading} />` : children}
  </section>`;
}

/** Placeholder while something loads. */
export const Loading = () =>
  html`<div class="loading" role="status"><span class="skeleton"></span><span class="skeleton"></span>
    <span class="skeleton"></span><span class="visually-hidden">${t("ui.loading")}</span></div>`;

/** Note for an empty list: why it is empty, and what to do. */
export const Empty = ({ text, children }) => html`<div class="empty"><p>${text}</p>${children}</div>`;

/** Note for a Problem, with a button to retry. */
export const ErrorNote = ({ problem, retry }) =>
  problem &&
  html`<div class="note note-error" role="alert">
  <${Icon} name="alert" /><p>${reason(problem)}</p>
  ${retry && html`<button type="button" class="button" onClick=${retry}>${t("ui.retry")}</button>`}</div>`;

/** Presence: mark and word. */
export const Presence = ({ value }) =>
  html`<span class=${`mark presence-${value}`}><span class="mark-dot" aria-hidden="true"></span>
    ${word("presence", value)}</span>`;

/** State of a request, team or assignment. */
export const State = ({ domain, value }) =>
  html`<span class=${`state state-${value}`}>${word(domain, value)}</span>`;

/** Priority 1 to 4: digit and word. Life safety has a shape of its own, and its word at every width. */
export const Priority = ({ value, short }) =>
  html`<span class=${`priority priority-${value}`} title=${word("priority", value)}>${value}${
    short && value > 1
      ? html`<span class="visually-hidden"> ${word("priority", value)}</span>`
      : html`<span> ${word("priority", value)}</span>`
  }</span>`;

/** An alert of level 1 (red) to 4 (blue): icon, colour and word. */
export const Alert = ({ level, children }) =>
  html`<span class=${`alert alert-${level}`}><${Icon} name=${`level-${level}`} />${children}</span>`;

/** A link into a list. */
export const Rows = ({ page, query, children, ...rest }) =>
  html`<a href=${href(page, { query })} ...${rest}>${children}</a>`;

/** A labelled control. `children` is a function of {id, "aria-describedby"}. */
export function Field({ label, hint, error, children, class: extra }) {
  const id = useId();
  return html`<div class=${classes("field", error && "field-bad", extra)}>
    <label for=${id}>${label}</label>
      ${children({ id, "aria-describedby": hint || error ? `${id}-hint` : undefined })}
    ${(error || hint) && html`<p class="field-hint" id=${`${id}-hint`}>${error || hint}</p>`}
  </div>`;
}

/** A modal dialog. Closes on Escape and restores the focus. */
export function Dialog({ title, close, children, wide }) {
  const box = useRef();
  const id = useId();
  useEffect(() => {
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    const element = box.current;
    if (!element.open) element.showModal();
    return () => {
      if (element.open) element.close();
      before?.focus?.();
    };
  }, []);
  return html`<dialog ref=${box} class=${classes("dialog", wide && "dialog-wide")} aria-labelledby=${id}
    onCancel=${(event) => {
      event.preventDefault();
      close();
    }}>
    <header class="dialog-head"><h2 id=${id}>${title}</h2>
      <button type="button" class="button button-plain" onClick=${close} aria-label=${t("ui.close")}><${Icon}
          name="close" /></button>
    </header>${children}</dialog>`;
}

/** @type {import("./preact.js").Signal<{ id: number, text: string, kind: string }[]>} */
const toasts = signal([]);
let nextToast = 1;

/** Show a short message for some seconds.
 *
 * @param {string} text
 * @param {"done" | "error"} [kind]
 */
export function toast(text, kind = "done") {
  const id = nextToast++;
  toasts.value = [...toasts.value, { id, text, kind }];
  setTimeout(
    () => {
      toasts.value = toasts.value.filter((one) => one.id !== id);
    },
    kind === "error" ? 12000 : 5000,
  );
}

/** The current toasts. The shell shows them once. */
export const Toasts = () => html`<div class="toasts" role="status" aria-live="polite">
  ${toasts.value.map(
    ({ id, text, kind }) => html`<p key=${id} class=${`toast toast-${kind}`}><${Icon}
    name=${kind === "error" ? "alert" : "done"} />${text}</p>`,
  )}</div>`;

/** Run work that the service may refuse. `run` resolves to its result, or to undefined after a Problem.
 *
 * @returns {{
 *   busy: boolean,
 *   problem: import("./api.js").Problem | null,
 *   run: (work: () => any) => Promise<any>,
 *   clear: () => void,
 * }}
 */
export function useAction() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const run = async (work) => {
    setBusy(true);
    setProblem(null);
    try {
      return await work();
    } catch (error) {
      if (error.code === undefined) throw error;
      setProblem(error);
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, run, clear: () => setProblem(null) };
}

/** Load data now, and again when `keys` change. After a Problem the last data stay.
 *
 * @param {() => Promise<any>} load
 * @param {any[]} keys
 * @returns {{ data?: any, problem?: import("./api.js").Problem, reload: () => void }}
 */
export function useLoaded(load, keys) {
  const [found, setFound] = useState({});
  const [round, setRound] = useState(0);
  useEffect(() => {
    let over = false;
    load().then(
      (data) => {
        if (!over) setFound({ data });
      },
      (problem) => {
        if (problem.code === undefined) throw problem;
        if (!over) setFound((before) => ({ ...before, problem }));
      },
    );
    return () => {
      over = true;
    };
  }, [...keys, round]);
  return { ...found, reload: () => setRound((one) => one + 1) };
}
