// Content for printing only. Rendered on demand and removed afterwards.
import { html, render } from "../preact.js";

let box = null;
/** Whether print() is running. Then its content is printed, not that of `printing`. */
let given = false;

function put(content) {
  box ??= document.body.appendChild(Object.assign(document.createElement("div"), { id: "paper" }));
  render(content, box);
}

function take() {
  if (!box) return;
  render(null, box);
  box.remove();
  box = null;
}

/** Print the given content. */
export function print(content) {
  put(content);
  addEventListener("afterprint", take, { once: true });
  given = true;
  window.print();
  given = false;
}

/** Print the content of `make` when the user prints with the browser. Returns a function that ends this. */
export function printing(make) {
  const before = () => {
    if (!given) put(make());
  };
  addEventListener("beforeprint", before);
  addEventListener("afterprint", take);
  return () => {
    removeEventListener("beforeprint", before);
    removeEventListener("afterprint", take);
  };
}

/** Head of a printed page: its title, and lines such as position, time and filter. */
export const PaperHead = ({ title, lines }) => html`<header class="paper-head"><h1>${title}</h1>
  ${lines.map((line) => html`<p>${line}</p>`)}</header>`;
