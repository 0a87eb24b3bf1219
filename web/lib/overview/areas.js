// The areas of the overview: a tree with the people, requests and alerts of each.

import { alertsIn } from "../alerts.js";
import { lang, number, t, word } from "../i18n.js";
import { html, signal } from "../preact.js";
import { href } from "../router.js";
import { ON_DUTY } from "../rules.js";
import { areas, hasRight } from "../store.js";
import { askedIn, peopleIn, uncoveredAt, uncoveredFrom, uncoveredIn } from "../sums.js";
import { flatten, TreeGrid } from "../treegrid.js";
import { Alert } from "../ui.js";
import { Count } from "./parts.js";

const ANY_ALERT = ["any"];
const MODES = ["all", "asked", "uncovered"];
const mode = signal("all");
const turned = signal(new Set());

const bare = (area) => !peopleIn(area).all && !askedIn(area).unfinished;
const shows = {
  all: (node) => !node.closed || !bare(node.area),
  asked: (node) => askedIn(node.area).unfinished > 0,
  uncovered: uncoveredAt,
};

/** Return whether a node is open. Without a filter only the root is open, with one all are; `turned` inverts
 * that.
 */
const isOpen = (node, level) => (level === 1 || mode.value !== "all") !== turned.value.has(node.area);

function toggle(node) {
  const next = new Set(turned.value);
  if (!next.delete(node.area)) next.add(node.area);
  turned.value = next;
}

export function Areas() {
  const { root } = areas.value;
  const rows = flatten(root, isOpen, (node) => node.children.filter(shows[mode.value]));
  const waiting = root ? uncoveredFrom(root).length : 0;
  const seek = (one) => {
    mode.value = one;
    turned.value = new Set();
  };
  if (root && !root.children.length) return html`<${NoAreas} />`;
  return html`<div class="o-seek" role="group" aria-label=${t("over.areas")}>${MODES.map(
    (one) => html`<button
    type="button" class="o-seek-one"
      aria-pressed=${mode.value === one ? "true" : "false"}
        onClick=${() => seek(one)}>${t(`over.seek_${one}`)}${
          one === "uncovered" && waiting > 0 && html` <b>${number(waiting)}</b>`
        }</button>`,
  )}</div>
    <${TreeGrid} rows=${rows} columns=${columns(lang.value)} label=${t("over.areas")} toggle=${toggle} />`;
}

const NoAreas = () => html`<div class="o-hint"><p>${t("over.no_areas")}</p>
  ${hasRight("import_files") && html`<a class="button" href=${href("imports")}>${t("over.import_areas")}</a>`}
    </div>`;

const isRoot = (node) => node.area === areas.value.root.area;
const inside = (node, query) => ({ ...query, area: isRoot(node) ? undefined : node.area });
const workersOf = (node, query) => href("workers", { query: inside(node, query) });
const requestsOf = (node, query) => href("requests", { query: inside(node, query) });

/** Return the columns of the tree in a language. */
const columns = (language) => [
  {
    key: `area-${language}`,
    label: t("over.area"),
    cell: (node, more) => html`<a href=${workersOf(node, {})}
      title=${node.name} ...${more}>${node.name || node.area}</a>`,
  },
  {
    key: "on",
    label: t("over.on_duty"),
    class: "number tree-on",
    cell: (node, more) => html`<${Count} value=${peopleIn(node.area).on}
      to=${workersOf(node, { presence: "on_duty" })} ...${more} />`,
  },
  ...ON_DUTY.map((presence) => ({
    key: presence,
    label: word("presence", presence),
    class: "number tree-presence",
    cell: (node, more) => html`<${Count} value=${peopleIn(node.area).presence[presence]}
      to=${workersOf(node, { presence })} ...${more} />`,
  })),
  {
    key: "asked",
    label: t("over.asked"),
    class: "number tree-asked",
    cell: (node, more) => html`<${Count} value=${askedIn(node.area).unfinished}
      to=${requestsOf(node, {})} ...${more} />`,
  },
  {
    key: "alerts",
    label: t("over.alerts"),
    class: "tree-alerts",
    cell: (node, more) => html`<${AreaAlerts}
    node=${node} more=${more} />`,
  },
];

/** Problems in an area: waiting requests without anybody on duty, and alerts. The worst sets the colour. */
function AreaAlerts({ node, more }) {
  const nobody = uncoveredIn(node.area);
  const { total: count, worst } = alertsIn(node.area);
  if (!nobody && !count) return null;
  const level = Math.min(nobody ?? 4, worst ?? 4);
  const said = [
    word("alert", level),
    nobody && t("over.seek_uncovered"),
    count && `${t("over.alerts")} ${number(count)}`,
  ]
    .filter(Boolean)
    .join(", ");
  return html`<a class="o-alert-link"
    href=${requestsOf(node, nobody ? { state: "open" } : { alert: ANY_ALERT })} title=${said} ...${more}>
    <${Alert} level=${level}>
      ${nobody ? t("over.nobody") : word("colour", level)}${count > 0 && ` ${number(count)}`}
      </${Alert}></a>`;
}
