// Parts whose content comes when they are opened: the page starts without.

import { learn, t } from "../lib/i18n.js";
import { calledBy } from "../lib/names.js";
import { html, signal } from "../lib/preact.js";
import { Part } from "./parts.js";
import { shown } from "./state.js";

/** Return a part of the page. `load` imports the module that has its content, `Body`; `more` is said beside
 * the title.
 * @param {string} icon
 * @param {string} title
 * @param {() => Promise<{Body: any}>} load
 * @param {() => string} [more]
 */
export function later(icon, title, load, more = undefined) {
  const loaded = signal(/** @type {{Body: any, opened: number} | null} */ (null));
  const open = () =>
    Promise.all([load(), learn("go_later")]).then(
      ([{ Body }]) => {
        loaded.value = { Body, opened: Date.now() }; // opened again, it is read again
      },
      (error) => console.warn(error.message),
    );
  return () =>
    html`<${Part} icon=${icon} title=${t(title)} more=${more?.()} onOpen=${open}>${
      loaded.value
        ? html`<${loaded.value.Body} key=${loaded.value.opened} />`
        : html`<p role="status">${t("go.loading")}</p>`
    }</${Part}>`;
}

/** My home community, my service and its hours. */
export const Service = later("star", "go.service", () => import("./service.js"));
/** Training sessions, and my hours. */
export const Training = later("book", "go.training", () => import("./training.js"));
/** Awards, and where I am named. */
export const Recognition = later("medal", "go.recognition", () => import("./naming.js"));
export const Settings = later(
  "gear",
  "go.settings",
  () => import("./settings.js"),
  () => shown.value.worker.name ?? calledBy(shown.value.worker.worker, shown.value.worker),
);
