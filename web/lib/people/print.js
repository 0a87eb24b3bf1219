// What is printed beside what is shown: rendered when asked for, and gone afterwards.
import { html, render } from "../preact.js";

let box = null;
/** Whether print() is under way: then what is on the paper is what it was given. */
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

/** Print a page made for paper. */
export function print(content) {
  put(content);
  addEventListener("afterprint", take, { once: true });
  given = true;
  window.print();
  given = false;
}

/** Have the browser's own print command print what `make` gives; call what it returns when that is over. */
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

/** The head of a printed page: what it is, of which position and instant, and by which filter. */
export const PaperHead = ({ title, lines }) => html`<header class="paper-head"><h1>${title}</h1>
  ${lines.map((line) => html`<p>${line}</p>`)}</header>`;
