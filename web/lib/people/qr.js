// QR codes as SVG: black on white in every theme, with the quiet zone that scanners need.

import { qrcode } from "../../vendor/qrcode/qrcode.mjs";
import { html, useMemo } from "../preact.js";

const QUIET = 4;

/** Return the dark modules of a code as one path, with horizontal runs joined: {path, size}. */
export function modules(text) {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  let path = "";
  for (let y = 0; y < count; y += 1) {
    for (let x = 0, run = 0; x < count; x += run || 1) {
      run = 0;
      while (x + run < count && code.isDark(y, x + run)) run += 1;
      if (run) path += `M${x + QUIET} ${y + QUIET}h${run}v1h-${run}z`;
    }
  }
  return { path, size: count + 2 * QUIET };
}

/** A QR code of a text. `label` describes its target. */
export function Qr({ text, label }) {
  const { path, size } = useMemo(() => modules(text), [text]);
  return html`<svg class="folk-qr" viewBox=${`0 0 ${size} ${size}`} role="img" aria-label=${label}
    shape-rendering="crispEdges">
    <rect width=${size} height=${size} fill="#fff" /><path d=${path} fill="#000" /></svg>`;
}
