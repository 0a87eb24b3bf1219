// Activities of my community and of larger areas: sign up, or not come after all. Loaded with my service.

import { get } from "../lib/api.js";
import { number, t } from "../lib/i18n.js";
import { html } from "../lib/preact.js";
import { day, hhmm } from "../lib/time.js";
import { mine } from "./mine.js";
import { Button, Unsent } from "./parts.js";
import { acts, served, who } from "./state.js";
import { act } from "./sync.js";

const UP = "activity.sign_up";
const OFF = "activity.sign_off";
const WORDS = [UP, OFF];

const useActivities = mine(
  "activities",
  ({ jurisdiction }) =>
    /** @type {Promise<{items: MyActivity[], position: number}>} */ (get(`/${jurisdiction}/me/activities`)),
  WORDS,
);

/** Return an activity with what was said on this phone and is not known yet.
 * @param {MyActivity} one
 * @param {Act[]} said
 * @returns {MyActivity & {waits?: Act}}
 */
export function withSaid(one, said) {
  const last = said.findLast(
    ({ name, state, data }) => WORDS.includes(name) && state !== "refused" && data.activity === one.activity,
  );
  return last ? { ...one, signed_up: last.name === UP, waits: last } : one;
}

/** Return what can be said about an activity: to sign up, to stay away, or nothing.
 * @param {MyActivity} one
 * @param {number} now
 */
export function may({ state, begins, signed_up: mine, room }, now) {
  if (state !== "announced" || Date.parse(begins) <= now) return null;
  if (mine) return OFF;
  return room === 0 ? null : UP;
}

/** How it stands with me.
 * @param {MyActivity} one
 * @param {number} now
 */
export function standing(one, now) {
  if (one.state !== "announced") return "called_off";
  if (one.came) return "came";
  if (one.signed_up) return Date.parse(one.begins) <= now ? "was_signed_up" : "signed_up";
  if (one.room === null) return "no_limit";
  return one.room === 0 ? "full" : "room";
}

function Item({ one }) {
  const now = served(Date.now());
  const what = may(one, now);
  const { worker } = who.value;
  const text = t(`go.activity.${standing(one, now)}`, { n: number(one.room ?? 0) });
  const tell = () => act(what, { activity: one.activity, worker }, { title: one.title });
  return html`<li><span><b>${one.title}</b><br />${day(one.begins)} ${hhmm(one.begins)}${
    one.ends ? ` – ${hhmm(one.ends)}` : ""
  } · ${one.area_name ?? one.area}<br /><small>${text}${
    one.serves ? ` · ${t("go.activity.serves")}` : ""
  }</small><${Unsent} act=${one.waits} /></span>
    ${what && html`<${Button} onClick=${tell}>${t(`go.${what}`)}</${Button}>`}</li>`;
}

/** Those that I can come to, and those that I came to. */
export function Activities() {
  const found = useActivities();
  if (!found) return null;
  return html`<section class="stack" aria-label=${t("go.activities")}><h3>${t("go.activities")}</h3>
    ${found.items.length === 0 && html`<p class="muted">${t("go.activity.none")}</p>`}
    <ul class="people">${found.items.map(
      (one) => html`<${Item} key=${one.activity} one=${withSaid(one, acts.value)} />`,
    )}</ul></section>`;
}
