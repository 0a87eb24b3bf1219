// What whoever asked showed or said aloud.

import { t } from "../i18n.js";
import { html } from "../preact.js";
import { Files } from "../sealed.js";
import { stamp } from "../time.js";

/** The photos and recordings of a difficulty. */
export const Shown = ({ row }) =>
  html`<${Files} files=${row.files.map(({ file, medium, at }) => ({
    file,
    name: `${t(`difficulties.${medium}`)} · ${stamp(at)}`,
    voice: medium !== "photo",
  }))} />`;
