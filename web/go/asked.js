// Where the page opens difficulties: the button and the part. What they show is loaded when first used.

import { learn, t } from "../lib/i18n.js";
import { html, signal, useState } from "../lib/preact.js";
import { Button, Part } from "./parts.js";

const loaded = signal(/** @type {typeof import("./difficulties.js") | null} */ (null));
const load = () =>
  Promise.all([import("./difficulties.js"), learn("go_later")]).then(
    ([module]) => {
      loaded.value = module;
    },
    (error) => console.warn(error.message),
  );

/** Tell the city about a difficulty, and those told before. */
export function Difficulties() {
  const [asking, setAsking] = useState(false);
  const ask = () => {
    load();
    setAsking(true);
  };
  return html`<${Part} icon="alert" title=${t("go.ask")} onOpen=${load}>
      ${loaded.value && html`<${loaded.value.Told} />`}</${Part}>
    <${Button} icon="alert" class="ask" onClick=${ask}>${t("go.ask.open")}</${Button}>
    ${asking && loaded.value && html`<${loaded.value.Ask} close=${() => setAsking(false)} />`}`;
}
