// Preferences of this browser: theme and sound. i18n.js keeps the language.
import { signal } from "./preact.js";

const KEPT = "muster.theme";

/** The theme: auto, light or dark. */
export const theme = signal(
  new URLSearchParams(location.search).get("theme") ?? localStorage.getItem(KEPT) ?? "auto",
);

/** Switch the theme and remember it. */
export function setTheme(name) {
  localStorage.setItem(KEPT, name);
  theme.value = name;
  document.documentElement.dataset.theme = name;
}

document.documentElement.dataset.theme = theme.value;

const SOUND = "muster.sound";

/** Whether arrivals are heard. On unless somebody has turned it off here. */
export const soundOn = signal(localStorage.getItem(SOUND) !== "off");

/** Turn sound on or off and remember it. */
export function setSound(on) {
  localStorage.setItem(SOUND, on ? "on" : "off");
  soundOn.value = on;
}
