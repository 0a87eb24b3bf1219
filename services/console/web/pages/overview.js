// The overview: what a command centre would put on the wall.
import { html } from "../lib/preact.js";
import { live } from "../lib/store.js";
import { Figure, Tile } from "../lib/ui.js";
import { t } from "../lib/i18n.js";

export default function Overview() {
  const rows = [...live.value.rows("headcount").values()];
  const on = rows.filter((row) => row.presence !== "off_duty").reduce((sum, row) => sum + row.count, 0);
  return html`<h1 class="visually-hidden">${t("page.overview")}</h1>
    <${Tile} title=${t("page.workers")} views=${["headcount"]}><${Figure} value=${on} label=${t("presence.available")} /></${Tile}>`;
}
