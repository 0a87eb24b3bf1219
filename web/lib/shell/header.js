// The header of the board, in one row at every width: place, menu, clock, state of the stream, tools.

import { arrived } from "../alerts.js";
import { send } from "../api.js";
import { dayWords } from "../clock.js";
import { waitingNotes } from "../entry/notes.js";
import { useMedia } from "../hooks.js";
import { next as other, speak, t } from "../i18n.js";
import { html } from "../preact.js";
import { setTheme, soundOn, theme } from "../prefs.js";
import { href, route } from "../router.js";
import { attend, incidents, jurisdictions, place, session } from "../store.js";
import { hhmmss, now, scenario } from "../time.js";
import { classes, Icon, LiveBadge } from "../ui.js";
import { Menu } from "./menu.js";

/** Below this width the tools are in the menu. */
const NARROW = "(max-width: 60rem)";

/** Time of the service, and the newest open incident where there is room. */
function Clock() {
  const [incident] = incidents.value;
  return html`<div class="clock">
    <time class="clock-time">${hhmmss(now.value)}</time>
    ${scenario.value && html`<span class="clock-scenario">${t("clock.scenario")}</span>`}
    ${
      incident &&
      html`<a class="clock-day" href=${href("incidents", { id: incident.incident })}
        title=${`${incident.name} ${dayWords(incident)}`}>
      <span class="clock-name">${incident.name}</span> <span>${dayWords(incident)}</span></a>`
    }
  </div>`;
}

/** @param {{ count: number, said: string, urgent?: boolean }} props */
const Count = ({ count, said, urgent }) =>
  count > 0 &&
  html`<span class=${classes("top-count", urgent && "top-count-urgent")} title=${said}>${count}
    <span class="visually-hidden"> ${said}</span></span>`;

async function leave() {
  await send("DELETE", "/session", {});
  session.value = null;
  attend(null);
}

/** Language, theme, keys, wall, sign-out: icons in the header, with words in the folded menu. */
function Tools({ help, prefer, search, words }) {
  const next = { auto: "light", light: "dark", dark: "auto" }[theme.value];
  const tool = (icon, label, act) => html`<button type="button" class="button button-plain" onClick=${act}
    aria-label=${words ? undefined : label} title=${label}><${Icon} name=${icon} />
    ${words && label}</button>`;
  return html`<div class="top-tools">
    <button type="button" class="button button-plain" onClick=${() => speak(other.value.code)}
      lang=${other.value.tag}>${words ? other.value.name : other.value.short}</button>
    ${tool(`theme-${theme.value}`, t(`theme.${theme.value}`), () => setTheme(next))}
    ${tool("search", t("search.title"), search)}
    ${tool(soundOn.value ? "sound" : "muted", t("preferences.title"), prefer)}
    ${tool("help", t("keys.title"), help)}
    <a class="button button-plain" href=${`/wall#/${route.value.jurisdiction}`}
      aria-label=${words ? undefined : t("ui.wall")} title=${t("ui.wall")}><${Icon} name="wall" />${
        words && t("ui.wall")
      }</a>
    ${tool("leave", t("sign_in.leave", { who: session.value.actor }), leave)}
  </div>`;
}

/** The header.
 *
 * @param {object} props
 * @param {import("./pages.js").Entry[]} props.pages Those that the token may use, in order.
 * @param {() => void} props.help
 * @param {() => void} props.prefer
 * @param {() => void} props.search
 */
export function Header({ pages, help, prefer, search }) {
  const narrow = useMedia(NARROW);
  const marks = {
    requests: html`<${Count} count=${arrived.value.length} said=${t("arrival.waiting")} urgent />`,
    notes: html`<${Count} count=${waitingNotes.value} said=${t("ui.notes_waiting")} />`,
  };
  return html`<header class="top">
    <a class="skip" href="#main" onClick=${(event) => {
      event.preventDefault();
      document.getElementById("main").focus();
    }}>${t("ui.skip")}</a>
    <a class="top-name" href=${jurisdictions.value.length > 1 ? "#/" : href("overview")}>
      <span class="top-mark" aria-hidden="true"></span>
      <span class="top-place">${place.value?.name ?? route.value.jurisdiction}</span></a>
    <${Menu} pages=${pages} marks=${marks}
      tools=${narrow && html`<${Tools} help=${help} prefer=${prefer} search=${search} words />`} />
    <${Clock} /><${LiveBadge} />
    ${!narrow && html`<${Tools} help=${help} prefer=${prefer} search=${search} />`}</header>`;
}
