// The page of an institution: a list with filters in the address, one row beside it with its history, forms,
// pictures, paper and files. A part describes its own in a few lines; see docs/add-an-aggregate.md.

import { SETTLED_MS, useLater } from "../hooks.js";
import { lang, t } from "../i18n.js";
import { fromLocal, toLocal } from "../localtime.js";
import { asked, collator, useListKeys } from "../people/parts.js";
import { html, useEffect, useMemo, useState } from "../preact.js";
import { go, route } from "../router.js";
import { areas, live } from "../store.js";
import { now } from "../time.js";
import { classes, ErrorNote, Loading } from "../ui.js";
import { Detail } from "./detail.js";
import { Make } from "./form.js";
import { List } from "./list.js";
import { arranged, instantOf, orderOf, passer, textOf } from "./rows.js";
import { Chosen, manyOf, Several } from "./several.js";
import { said, sortable } from "./show.js";
import { useSource } from "./source.js";
import { Head } from "./tools.js";

/** @typedef {import("./types.js").Institution} Institution */
/** @typedef {import("./types.js").Source} Source */

/** Make the page of an institution, for the default export of a file in pages/.
 *
 * @param {Institution} institution
 */
export function institution(institution) {
  const views = [institution.view, ...(institution.also ?? [])];
  return function Page({ route: { id } }) {
    const at = institution.dated ? instantOf(asked("at")[0], toLocal(now.peek()), fromLocal) : null;
    const source = useSource(institution, views, at);
    return html`<${Shown} key=${live.value?.jurisdiction} institution=${institution} source=${source}
      id=${id} />`;
  };
}

/** Return all rows, those that match the address in its order, and the order.
 *
 * @param {Institution} institution
 * @param {Source} source
 */
function useRows(institution, source) {
  const query = route.value.query;
  const key = JSON.stringify(query);
  const language = lang.value;
  const text = useMemo(() => cachedText(institution), [language, areas.value.root, source.at]);
  const all = useMemo(() => [...source.rows(institution.view).values()], [source]);
  const order = orderOf(institution, query);
  const matching = useMemo(() => {
    const column = institution.columns.find((one) => one.key === order.key);
    const rows = all.filter(passer(institution.filters ?? [], query, source, text));
    return arranged(rows, (row) => sortable(column, row, source), order.down, collator.value);
  }, [all, key, text]);
  return { all, matching, order, text };
}

/** Return the text of a row that is searched, worked out once for each row. */
function cachedText(institution) {
  const known = new WeakMap();
  const text = textOf(institution, said);
  return (row, source) => {
    if (!known.has(row)) known.set(row, text(row, source));
    return known.get(row);
  };
}

function Shown({ institution, source, id }) {
  const { name, view } = institution;
  const rows = useRows(institution, source);
  const settled = useLater(id, SETTLED_MS);
  const [focused, setFocused] = useState(0);
  useListKeys();
  const query = route.value.query;
  const picture = institution.pictures?.find(({ key }) => key === query.as?.[0]);
  const making = institution.make?.find(({ command }) => command === query.do?.[0]);
  const show = (row, replace) => {
    if (institution.opens) location.hash = institution.opens(row);
    else go(name, { id: row.key, query: without(query, "do", "several"), replace });
  };
  const close = () => {
    go(name, { query: without(query, "do", "several"), replace: true });
    /** @type {HTMLElement} */ (document.querySelector(".institution .grid-body"))?.focus();
  };
  const open = (row) => {
    show(row, Boolean(id));
    setFocused((round) => round + 1);
  };
  const [chosen, choose] = useState(/** @type {Set<string>} */ (new Set()));
  const many = source.at === null && !picture ? manyOf(institution) : [];
  const several = many.find(({ command }) => command === query.several?.[0]);
  const beside = making || several || id;
  const look = classes("fills folk institution", `institution-${name}`, beside && "folk-with-panel");
  return html`<div class=${look}>
    <div class="people-list"><${Head} institution=${institution} source=${source} rows=${rows}
        picture=${picture} />
      <${ErrorNote} problem=${source.problem} retry=${source.reload} />
      ${
        many.length > 0 &&
        html`<${Chosen} institution=${institution} forms=${many} rows=${rows.matching} chosen=${chosen}
          choose=${choose} />`
      }
      ${
        picture
          ? html`<${Drawn} key=${picture.key} picture=${picture} institution=${institution} source=${source}
            rows=${rows} id=${id} open=${open} />`
          : html`<${List} institution=${institution} source=${source} rows=${rows} id=${id} show=${show}
            open=${open} chosen=${many.length > 0 ? chosen : null} choose=${choose} />`
      }</div>
    ${
      making
        ? html`<${Make} key=${making.command} institution=${institution} form=${making} source=${source}
          close=${close} />`
        : several
          ? html`<${Several} key=${several.command} institution=${institution} form=${several}
            source=${source}
            chosen=${chosen} choose=${choose} close=${close} />`
          : id &&
            settled &&
            html`<${Detail} key=${settled} institution=${institution} source=${source} id=${settled}
            row=${source.rows(view).get(settled)} close=${close} focus=${focused} />`
    }</div>`;
}

/** Return a query without some of its parameters. */
const without = (query, ...names) =>
  Object.fromEntries(Object.entries(query).filter(([name]) => !names.includes(name)));

/** A picture of the rows, loaded when it is opened. It gets {institution, source, rows, all, id, open}. */
function Drawn({ picture, institution, source, rows, id, open }) {
  const [body, setBody] = useState(null);
  const [failed, setFailed] = useState(null);
  useEffect(() => {
    picture.load().then(
      (module) => setBody(() => module.default),
      (error) => setFailed(error),
    );
  }, []);
  if (failed) throw failed;
  if (!body || !source.has(institution.view)) return html`<${Loading} />`;
  const label = `${t(`page.${institution.name}`)} · ${t(`${institution.name}.as_${picture.key}`)}`;
  return html`<div class="institution-picture" tabindex="0" role="region" aria-label=${label}><${body}
    institution=${institution} source=${source} rows=${rows.matching} all=${rows.all} id=${id}
    open=${open} /></div>`;
}
