// Settings of a jurisdiction for admins: tokens, lists, limits of alerts, and who sees what.

import { t } from "../lib/i18n.js";
import { html } from "../lib/preact.js";
import { href } from "../lib/router.js";
import { Sights } from "../lib/settings/sights.js";
import { Terms } from "../lib/settings/terms.js";
import { Timers } from "../lib/settings/timers.js";
import { Tokens } from "../lib/settings/tokens.js";
import { hasRight, may, place } from "../lib/store.js";
import { Empty, Loading } from "../lib/ui.js";

/** Parts in order, and whether the token may use them.
 * @type {[name: string, part: () => any, mayUse: () => boolean][]}
 */
const PARTS = [
  ["tokens", Tokens, () => hasRight("manage_tokens")],
  ["lists", Terms, () => may("term.define")],
  ["timers", Timers, () => may("jurisdiction.set_timers")],
  ["sights", Sights, () => may("jurisdiction.set_disclosure")],
];

export default function Settings({ route }) {
  const parts = PARTS.filter(([, , mayUse]) => mayUse());
  const [name, Part] = parts.find(([one]) => one === route.id) ?? parts[0] ?? [""];
  if (!Part) return html`<${Empty} text=${t("settings.admins")} />`;
  if (!place.value) return html`<${Loading} />`;
  return html`<div class="entry settings">
    <header class="page-head"><h1>${t("page.settings")}</h1><nav aria-label=${t("page.settings")}><ul
      class="entry-tabs">${parts.map(
        ([one]) => html`<li key=${one}><a href=${href("settings", { id: one })}
        aria-current=${one === name ? "page" : undefined}>${t(`settings.${one}`)}</a></li>`,
      )}</ul></nav></header>
    <p class="muted">${t(`settings.${name}_what`)}</p><${Part} key=${name} /></div>`;
}
