// Preferences of this browser: the theme. i18n.js keeps the language.
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
