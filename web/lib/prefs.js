// What this screen remembers: theme only; the language is kept by i18n.js.
import { signal } from "./preact.js";

const KEPT = "muster.theme";

/** auto, light or dark. */
export const theme = signal(
  new URLSearchParams(location.search).get("theme") ?? localStorage.getItem(KEPT) ?? "auto",
);

/** Show a theme from now on. */
export function setTheme(name) {
  localStorage.setItem(KEPT, name);
  theme.value = name;
  document.documentElement.dataset.theme = name;
}

document.documentElement.dataset.theme = theme.value;
