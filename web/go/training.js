// Training: sessions to sign up for, my place or my turn, where I was, and my hours. Loaded when opened.

import { get } from "../lib/api.js";
import { number, t, word } from "../lib/i18n.js";
import { html } from "../lib/preact.js";
import { day, hhmm } from "../lib/time.js";
import { mine } from "./mine.js";
import { Button, Unsent } from "./parts.js";
import { acts, counts, served, who } from "./state.js";
import { act } from "./sync.js";

const UP = "session.sign_up";
const OFF = "session.sign_off";
const WORDS = [UP, OFF];

const useTraining = mine(
  "training",
  ({ jurisdiction }) => /** @type {Promise<MyTraining>} */ (get(`/${jurisdiction}/me/training`)),
  WORDS,
);

/** Return a session with what was said on this phone and the service's answer does not include yet.
 * @param {MySession} one
 * @param {Act[]} said
 * @param {number} position of the service's answer
 * @returns {MySession & {act?: Act}}
 */
export function withSaid(one, said, position) {
  const last = said.findLast(
    (each) => WORDS.includes(each.name) && counts(each, position) && each.data.session === one.session,
  );
  if (!last) return one;
  if (last.name === OFF) return { ...one, signed_up: false, turn: null, act: last };
  if (one.signed_up || one.turn) return { ...one, act: last };
  return one.room === 0 ? { ...one, turn: one.waits + 1, act: last } : { ...one, signed_up: true, act: last };
}

/** Return what can be said of a session: to come or to wait, not to come, or nothing.
 * @param {MySession} one
 * @param {number} now
 */
export function may({ state, begins, signed_up, turn }, now) {
  if (state !== "planned" || Date.parse(begins) <= now) return null;
  return signed_up || turn ? OFF : UP;
}

/** Return how it stands with me.
 * @param {MySession} one
 */
export function standing({ state, signed_up, turn, room, waits }) {
  if (state !== "planned") return t("go.session.called_off");
  if (signed_up) return t("go.session.signed_up");
  if (turn) return t("go.session.turn", { n: number(turn) });
  if (room === 0) return t("go.session.full", { n: number(waits) });
  return room === null ? t("go.session.open") : t("go.session.room", { n: number(room) });
}

/** Return a half-day in words.
 * @param {string} half
 */
const halfText = (half) => {
  const [date, part] = half.split(".");
  return `${date} ${t(`training.${part}`)}`;
};

/** When a session is: its times on one day, else its days.
 * @param {MySession} one
 */
const times = ({ begins, ends }) =>
  day(begins) === day(ends)
    ? `${day(begins)} ${hhmm(begins)} – ${hhmm(ends)}`
    : `${day(begins)} ${hhmm(begins)} – ${day(ends)} ${hhmm(ends)}`;

function Session({ one }) {
  const { worker } = who.value;
  const what = may(one, served(Date.now()));
  const tell = () => act(what, { session: one.session, worker }, { title: one.title });
  const name = what === UP && one.room === 0 ? "go.session.wait" : `go.${what}`;
  const halves = t("go.session.halves", { n: number(one.halves.length), hours: number(one.hours) });
  return html`<li data-session=${one.session}><span><b>${one.title}</b><br />${times(one)}<br />
    ${word("course_mode", one.mode)} · ${one.area_name ?? one.area} · ${halves}<br />
    <b>${standing(one)}</b><${Unsent} act=${one.act} /></span>
    ${what && html`<${Button} onClick=${tell}>${t(name)}</${Button}>`}</li>`;
}

/** The part's content. */
export function Body() {
  const said = useTraining();
  if (said === undefined) return html`<p class="muted">${t("go.training.offline")}</p>`;
  if (said === null) return html`<p role="status">${t("go.loading")}</p>`;
  const { year, hours, target, person_times, sessions, presence, position } = said;
  return html`<div class="stack">
    <dl class="sums"><div><dt>${t("go.training.hours", { year: String(year) })}</dt><dd data-figure="hours">${
      target === null ? number(hours) : t("go.training.of", { n: number(hours), target: number(target) })
    }</dd></div>
      <div><dt>${t("go.training.times")}</dt><dd>${number(person_times)}</dd></div></dl>
    <section class="stack" aria-label=${t("go.training.ahead")}><h3>${t("go.training.ahead")}</h3>
      <ul class="people">${sessions.map(
        (one) => html`<${Session} key=${one.session} one=${withSaid(one, acts.value, position)} />`,
      )}</ul>
      ${sessions.length === 0 && html`<p class="muted">${t("go.training.none")}</p>`}</section>
    ${
      presence.length > 0 &&
      html`<section class="stack" aria-label=${t("go.training.there")}><h3>${t("go.training.there")}</h3>
      <ul class="people">${presence.map(
        (one) => html`<li key=${one.session + one.half}><span><b>${one.title ?? one.session}</b><br />
          ${halfText(one.half)}</span><span class="end">${word("training_role", one.role)}<br />
          <small>${word("training_via", one.via)}</small></span></li>`,
      )}</ul></section>`
    }</div>`;
}
