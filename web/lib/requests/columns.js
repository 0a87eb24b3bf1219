// The columns of the queue, and its one column of cards on narrow screens.

import { language, t } from "../i18n.js";
import { html } from "../preact.js";
import { stamp } from "../time.js";
import { Priority, State } from "../ui.js";
import { requestName } from "../urgency.js";
import { checked, toggle } from "./desk.js";
import { Due, OpenedAgo, Place, Slots, Standing, Units, What } from "./show.js";

const Check = ({ row }) => html`<input type="checkbox" tabindex="-1" checked=${checked.value.has(row.request)}
  aria-label=${t("requests.check", { id: row.request })} onMouseDown=${(event) => event.preventDefault()}
  onClick=${(event) => {
    event.stopPropagation();
    toggle(row.request);
  }} onDblClick=${(event) => event.stopPropagation()} />`;

/** Widths of columns in rem, by script of the language: the length of words differs. */
const WIDTHS = {
  wide: {
    priority: 5.4,
    needs: 11.6,
    id: 4,
    category: 4.6,
    area: 5,
    slots: 5,
    due: 4.4,
    age: 5.4,
    state: 4.1,
  },
  narrow: { priority: 6.6, needs: 11.4, id: 4, category: 6, area: 4.5, slots: 4.3, due: 4, age: 5, state: 6 },
};

export function columns(ended, whole) {
  const { script } = language.value;
  const column = (key, share, cell, more = {}) => ({
    key,
    label: t(`requests.${LABELS[key] ?? key}`),
    sort: true,
    width: `minmax(${WIDTHS[script][key]}rem, ${share}fr)`,
    cell,
    ...more,
  });
  return [
    {
      key: "check",
      label: t("keys.check"),
      quiet: true,
      width: "1.2rem",
      cell: (row) => html`<${Check} row=${row} />`,
    },
    column(
      "priority",
      0.1,
      (row) => html`<${Priority} value=${row.priority} short=${script === "narrow"} />`,
    ),
    ended
      ? column("ended", 0.3, (row) => stamp(row.ended_at), { width: "minmax(8.8rem, .3fr)" })
      : column("needs", 0.3, (row) => html`<${Standing} row=${row} />`),
    column("id", 0.1, (row) => html`<span title=${row.request}>${requestName(row)}</span>`, {
      class: "mono",
    }),
    column("category", 0.3, (row) => html`<${What} row=${row} />`),
    column("area", 2, (row) => html`<${Place} code=${row.area} short />`),
    column("slots", 2, (row) => html`<${Units} row=${row} />`),
    column("due", 0.1, (row) => html`<${Due} row=${row} />`, { class: "number" }),
    whole && column("age", 0.1, (row) => html`<${OpenedAgo} row=${row} />`, { class: "number" }),
    column("state", 0.1, (row) => html`<${State} domain="request_state" value=${row.state} />`),
  ].filter(Boolean);
}
/** Columns whose label has another key. */
export const LABELS = { age: "opened", slots: "unit", needs: "needs_act" };

/** The single column of cards, for narrow screens. */
export const CARD = () => [
  {
    key: "priority",
    label: t("requests.queue"),
    width: "minmax(0, 1fr)",
    cell: (row) => html`<div class="queue-card">
    <div class="queue-card-line"><${Priority} value=${row.priority} short /><strong><${What} row=${row} />
      </strong><span class="queue-card-end"><${OpenedAgo} row=${row} /></span></div>
    <div class="queue-card-line"><span class="queue-card-place"><${Place} code=${row.area} short /></span>
      <span class="queue-card-end mono">${requestName(row)}</span></div>
    <div class="queue-card-line"><${Standing} row=${row} />
      <span class="queue-card-end"><${State} domain="request_state" value=${row.state} />
        <${Slots} row=${row} />
      </span></div>
  </div>`,
  },
];
