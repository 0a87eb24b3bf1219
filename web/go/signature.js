// A pad to sign on with finger, pen or mouse.

import { t } from "../lib/i18n.js";
import { blank, encoded } from "../lib/picture.js";
import { html, useEffect, useRef, useState } from "../lib/preact.js";
import { Button } from "./parts.js";

const INK = "#111";
const WIDE = 3;

/** Where a pointer is on the canvas, in its pixels.
 * @returns {[number, number]}
 */
function spot(canvas, event) {
  const box = canvas.getBoundingClientRect();
  return [
    ((event.clientX - box.left) * canvas.width) / box.width,
    ((event.clientY - box.top) * canvas.height) / box.height,
  ];
}

/** The pad. `take` gets the signature as a PNG. */
export function Signature({ take, back }) {
  const pad = useRef(/** @type {HTMLCanvasElement} */ (null));
  const [signed, setSigned] = useState(false);
  const clear = () => {
    const canvas = pad.current;
    canvas.getContext("2d").drawImage(blank(canvas.width, canvas.height), 0, 0);
    setSigned(false);
  };
  useEffect(clear, []);
  const begin = (event) => {
    const pen = pad.current.getContext("2d");
    pad.current.setPointerCapture(event.pointerId);
    pen.strokeStyle = INK;
    pen.lineWidth = WIDE;
    pen.lineCap = "round";
    pen.beginPath();
    pen.moveTo(...spot(pad.current, event));
  };
  const draw = (event) => {
    if (!pad.current.hasPointerCapture(event.pointerId)) return;
    const pen = pad.current.getContext("2d");
    pen.lineTo(...spot(pad.current, event));
    pen.stroke();
    setSigned(true);
  };
  return html`<div class="stack"><p>${t("go.proof.sign_here")}</p>
    <canvas ref=${pad} class="pad" width="640" height="320" role="img" aria-label=${t("go.proof.pad")}
      onPointerDown=${begin} onPointerMove=${draw}></canvas>
    <div class="choices"><${Button} icon="undo" onClick=${clear}>${t("go.proof.clear")}</${Button}>
      <${Button} icon="back" onClick=${back}>${t("go.back")}</${Button}></div>
    <${Button} kind="main" icon="check" disabled=${!signed}
      onClick=${async () => take(await encoded(pad.current, "image/png"))}>${t("go.proof.save")}</${Button}>
      </div>`;
}
