// Team, hours, outbox and looks.

import { get } from "../lib/api.js";
import { LANGUAGES, lang, speak, t, word } from "../lib/i18n.js";
import { calledBy } from "../lib/names.js";
import { html, signal } from "../lib/preact.js";
import { setTheme, theme } from "../lib/prefs.js";
import { day, hhmm, now, span, worked } from "../lib/time.js";
import { areaName, needAreas } from "./areas.js";
import { Button, Icon, Part, Presence, reason } from "./parts.js";
import { push, subscribe, words } from "./push.js";
import { lingers, me, refused, served, shown, waiting, who } from "./state.js";
import { dismiss } from "./sync.js";

/** Describe an act in lists.
 * @param {Act} act
 */
export function deed({ name, data, about }) {
  const key =
    name === "assignment.progress"
      ? `act.${data.stage}`
      : name === "worker.set_presence"
        ? `act.${data.presence}`
        : `act.${name}`;
  return [t(key), about.place ?? about.title].filter(Boolean).join(" · ");
}

/** Refused acts and why, until dismissed. */
export const Refused = () =>
  refused.value.map(
    (act) => html`<article key=${act.id} class="refused" role="alert">
  <p><${Icon} name="alert" /><b>${t("go.refused", { what: deed(act), time: hhmm(served(act.at)) })}</b></p>
  <p>${reason(act)}</p><${Button} onClick=${() => dismiss(act)}>${t("go.dismiss")}</${Button}></article>`,
  );

/** Acts that are not sent yet. */
export const Waiting = () =>
  waiting.value.some(lingers) &&
  html`<section class="waiting" aria-labelledby="waiting">
  <h2 id="waiting"><${Icon} name="wait" />${t("go.waiting", { n: waiting.value.length })}</h2>
  <ul>${waiting.value.map(
    (act) => html`<li key=${act.id}><time>${hhmm(served(act.at))}</time><span>
    ${deed(act)}</span></li>`,
  )}</ul></section>`;

export function Team() {
  const { team } = shown.value;
  return html`<${Part} icon="team" title=${t("go.team")} more=${team ? team.name : t("go.no_team")}>
    ${
      team
        ? html`<p class="muted">${[word("kind", team.kind), team.area_name ?? team.area].join(" · ")}</p>
      <ul class="people">${team.members.map(
        (one) => html`<li key=${one.worker}>
        <span><bdi>${one.name ?? calledBy(one.worker, one)}</bdi>${
          one.worker === who.value.worker &&
          html` <small>
          ${t("go.me")}</small>`
        }
          ${
            one.worker === team.leader &&
            html` <small class="leader"><${Icon} name="star" />${t("go.leader")}
            </small>`
          }</span>
        <${Presence} value=${one.worker === who.value.worker ? shown.value.worker.presence : one.presence} />
          </li>`,
      )}</ul>`
        : html`<p class="muted">${t("go.no_team_hint")}</p>`
    }</${Part}>`;
}

const late = signal(new Map());
const LATE_S = 120;

/** Load by how many seconds the records of duties are late. */
async function needLate() {
  needAreas();
  const params = { worker: who.peek().worker, sort: "-since", limit: 50 };
  const found = await get(`/${who.peek().jurisdiction}/intervals`, params).catch(() => ({ items: [] }));
  late.value = new Map(found.items.map((one) => [Date.parse(one.since), one.late_seconds]));
}

const Late = ({ seconds }) =>
  seconds > LATE_S &&
  html`<br /><small class="late">${t("go.hours.late", { age: span(seconds * 1000) })}</small>`;

/** Hours on duty: today, this week, and each interval. */
export function Hours() {
  const said = me.value.hours;
  const running = said.on_since ? Math.max(0, (now.value - Date.parse(me.value.now)) / 1000) : 0;
  return html`<${Part} icon="clock" title=${t("go.hours")} more=${worked(said.today_seconds + running)}
      onOpen=${needLate}>
    <dl class="sums"><div><dt>${t("go.hours.today")}</dt><dd>${worked(said.today_seconds + running)}</dd>
      </div>
      <div><dt>${t("go.hours.week")}</dt><dd>${worked(said.week_seconds + running)}</dd></div></dl>
    ${
      lingers(shown.value.worker.act) &&
      html`<p class="unsent"><${Icon} name="wait" />${t("go.hours.unsent")}
      </p>`
    }
    <ul class="people">${[...said.intervals].reverse().map(
      (one) => html`<li key=${one.since}>
      <span>${day(one.since)}<br /><b>
        ${hhmm(one.since)} – ${one.until ? hhmm(one.until) : t("go.hours.running")}</b>
        <br /><small>${areaName(one.area)}</small></span>
      <span class="end">${worked(one.until ? one.seconds : one.seconds + running)}
        <${Late} seconds=${late.value.get(Date.parse(one.since))} /></span></li>`,
    )}</ul>
    ${said.intervals.length === 0 && html`<p class="muted">${t("go.hours.none")}</p>`}</${Part}>`;
}

/** The browser's offer to install the page as an app. */
export const installing = signal(/** @type {BeforeInstallPromptEvent | null} */ (null));
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  installing.value = event;
});

/** A prompt to allow notifications. */
export const NotifyNudge = () =>
  push.value === "asking" &&
  html`<${Button} icon="bell" onClick=${subscribe}>${t("go.push.ask")}</${Button}>`;

/** A group of buttons of which one is pressed. */
const Choice = ({ label, of, value, set }) =>
  html`<div class="choice" role="group" aria-label=${label}>${of.map(
    ([code, name, tag]) =>
      html`<button type="button" key=${code} class="button" aria-pressed=${String(code === value)}
    lang=${tag} onClick=${() => set(code)}>${name}</button>`,
  )}</div>`;

/** Language and theme; also shown before sign-in. */
export function Looks() {
  const languages = LANGUAGES.map((one) => [one.code, one.name, one.tag]);
  const looks = ["auto", "light", "dark"].map((code) => [code, t(`go.look.${code}`)]);
  const talk = async (code) => {
    await speak(code, "go");
    if (push.value === "on") words();
  };
  return html`<${Choice} label=${t("go.language")} of=${languages} value=${lang.value} set=${talk} />
    <${Choice} label=${t("go.look")} of=${looks} value=${theme.value} set=${setTheme} />`;
}
