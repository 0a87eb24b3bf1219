// What the pages of recognition share: deeds with what the log shows of them, and the papers of an award.

import { called } from "../called.js";
import { number, t, word } from "../i18n.js";
import { html } from "../preact.js";
import { href } from "../router.js";
import { live } from "../store.js";
import { stamp, worked } from "../time.js";
import { State } from "../ui.js";

/** What the log shows of a deed: at the last review, else when it was entered. */
const latest = (deed) => deed.reviewed ?? deed.evidence;

/** Return what a deed links to, in words. */
function link(deed) {
  if (deed.since) return `${stamp(deed.since)} – ${stamp(deed.until)}`;
  if (deed.visit)
    return html`<a href=${href("visits", { id: deed.visit })}>${called("visit", deed.visit)}</a>`;
  if (deed.activity)
    return html`<a href=${href("activities", { id: deed.activity })}>
      ${called("activity", deed.activity)}</a>`;
  return "";
}

const times = ({ person_times: count = 0, seconds = 0 }) =>
  seconds > 0 &&
  html`<strong>${t("nominations.served", { n: number(count), time: worked(seconds) })}</strong>`;

/** The deeds of a nomination, each with what the log shows. A claim is marked. */
export const Deeds = ({ row }) =>
  html`<ul class="folk-lines honour-deeds">${row.deeds.map(
    (deed) => html`<li key=${deed.evidence.number}><span>${word("deed", deed.deed)}</span> ${link(deed)}
      <bdi>${deed.note ?? ""}</bdi> ${times(latest(deed))}
      <${State} domain="deed_shown" value=${latest(deed).shown} /></li>`,
  )}</ul>`;

const served = (path) => `/api/v1/${live.value?.jurisdiction}/${path}`;

/** Links to the paper of an award and to its badge. A revoked one has none. */
export const Papers = ({ row }) =>
  html`<ul class="folk-lines"><li><a href=${served(`papers/awards/${row.key}`)} download>
      ${t("awards.paper")}</a></li>
    <li><a href=${served(`badges/${row.key}`)} download>${t("awards.badge")}</a></li></ul>`;
