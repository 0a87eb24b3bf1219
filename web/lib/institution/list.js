// The list of an institution: columns, or cards on a narrow screen.

import { useWidth } from "../hooks.js";
import { lang, t } from "../i18n.js";
import { ask, layout, stale, useOpening } from "../people/parts.js";
import { html, useEffect, useMemo, useState } from "../preact.js";
import { go, href, route } from "../router.js";
import { may } from "../store.js";
import { classes, Icon, Loading } from "../ui.js";
import { VirtualTable } from "../virtual.js";
import { valueIn } from "./rows.js";
import { said, say, Value } from "./show.js";

/** Classes of columns by kind. */
const CLASSES = { number: "number", share: "number" };
/** Height of a card's lines and of the space around them, in px. */
const LINE_PX = 22;
const AROUND_PX = 12;

const identity = (row) => row.key;

/** The list. */
export function List({ institution, source, rows, id, show, open, chosen, choose }) {
  const { name, view } = institution;
  const [box, width] = useWidth();
  const { lines, wide } = layout(width);
  const [cursor, setCursor] = useState(id);
  useEffect(() => {
    if (id) setCursor(id);
  }, [id]);
  const opening = useOpening((row) => show(row, Boolean(id)));
  const select = (row) => {
    setCursor(row.key);
    opening.note(row);
    if (id) show(row, true);
  };
  const cards = lines > 1;
  const language = lang.value;
  const check = chosen ? (row) => choose(toggled(chosen, row.key)) : undefined;
  const columns = useMemo(() => {
    const box = check && checkbox(institution, source, chosen, check);
    return cards
      ? [card(institution, source, box?.cell)]
      : [...(box ? [box] : []), ...table(institution, source, wide)];
  }, [cards, wide, language, source, chosen]);
  const old = stale.value && source.at === null;
  return html`<div class=${classes("people-table", old && "folk-stale")} ref=${box}
      onClick=${opening.onClick}>
    ${
      source.has(view)
        ? html`<${VirtualTable} key=${cards ? "cards" : "table"} rows=${rows.matching} id=${identity}
          columns=${columns} label=${t(`page.${name}`)} height=${cards ? columns[0].height : 34}
          selected=${cursor} select=${select} open=${open} sorted=${rows.order}
          checked=${chosen ?? undefined} check=${check}
          sort=${(key) => sortBy(rows.order, key)}
          empty=${html`<${Nothing} institution=${institution} rows=${rows} source=${source} />`} />`
        : !source.problem && html`<${Loading} />`
    }</div>`;
}

/** Return a set with a key that it did not have, or without it. */
function toggled(keys, key) {
  const after = new Set(keys);
  if (!after.delete(key)) after.add(key);
  return after;
}

/** The column of boxes that choose rows. In the table Space does so too. */
function checkbox({ title }, source, chosen, check) {
  return {
    key: " chosen",
    width: "2rem",
    label: t("several.choose_one"),
    quiet: true,
    cell: (row) => html`<input type="checkbox" tabindex="-1" checked=${chosen.has(row.key)}
      aria-label=${t("several.choose", { what: title(row, source) })}
      onMouseDown=${(event) => event.preventDefault()} onClick=${(event) => {
        event.stopPropagation();
        check(row);
      }} onDblClick=${(event) => event.stopPropagation()} />`,
  };
}

const sortBy = (order, key) => ask({ sort: order.key === key && !order.down ? `-${key}` : key });

function table({ name, columns }, source, wide) {
  return columns
    .filter((one) => wide || !one.wide)
    .map((one) => ({
      key: one.key,
      width: one.width,
      class: CLASSES[one.kind],
      sort: true,
      label: say(name, one.key),
      cell: (row) => html`<${Value} column=${one} row=${row} source=${source} />`,
    }));
}

/** Whether a card says it: nothing that is empty, and no flag that is not set. */
const tells = (column, row, source) =>
  column.kind === "flag" ? Boolean(valueIn(column, row, source)) : said(column, row, source) !== "";

/** Return columns by line: two in each, a long one alone. */
function paired(columns) {
  const lines = [];
  for (const one of columns) {
    const last = lines.at(-1);
    if (one.long || last?.length !== 1 || last[0].long) lines.push([one]);
    else last.push(one);
  }
  return lines;
}

/** One column of cards: the first value is the title, the others follow, labelled, two in a line.
 *
 * @param {any} institution
 * @param {any} source
 * @param {(row: any) => any} [box] The box that chooses a row.
 */
function card({ name, columns }, source, box) {
  const [first, ...others] = columns.filter((one) => !one.bare);
  const lines = paired(others);
  const part = (
    one,
    row,
  ) => html`<span class="institution-part"><span class="muted">${say(name, one.key)}</span>${" "}
      <${Value} column=${one} row=${row} source=${source} /></span>`;
  return {
    key: first.key,
    label: t(`page.${name}`),
    height: LINE_PX * (1 + lines.length) + AROUND_PX,
    cell: (row) => html`<div class="folk-stacked institution-card"><div class="folk-stacked-line">
      ${box?.(row)}<strong><${Value} column=${first} row=${row} source=${source} /></strong></div>
      ${paired(others.filter((one) => tells(one, row, source))).map(
        (pair) => html`<div class="folk-stacked-line">${pair.map((one) => part(one, row))}</div>`,
      )}</div>`,
  };
}

/** Why the list is empty, and what to do. */
function Nothing({ institution, rows, source }) {
  const { name, make = [] } = institution;
  if (rows.all.length > 0) {
    const clear = () =>
      go(name, { id: route.peek().id, query: { at: route.peek().query.at }, replace: true });
    return html`<div class="empty"><p>${t("institution.none_fit")}</p><button type="button" class="button"
      onClick=${clear}>${t("institution.clear")}</button></div>`;
  }
  const [first] = make.filter(({ command }) => may(command));
  return html`<div class="empty"><p>${say(name, source.at === null ? "none" : "none_then")}</p>
    ${
      first &&
      source.at === null &&
      html`<a class="button button-main" href=${href(name, { query: { do: first.command } })}><${Icon}
        name="plus" />${say(name, first.command)}</a>`
    }</div>`;
}
