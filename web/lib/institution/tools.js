// What is above the list of an institution: title, numbers, tools, pictures, filters and the date.

import { AreaBox } from "../areabox.js";
import { Export } from "../export.js";
import { BrandOf } from "../honours/brand.js";
import { number, t } from "../i18n.js";
import { toLocal } from "../localtime.js";
import { ask, asked, Choice, Filtering } from "../people/parts.js";
import { print } from "../people/print.js";
import { html, useEffect, useMemo, useRef, useState } from "../preact.js";
import { href, route } from "../router.js";
import { hasRight, may } from "../store.js";
import { localDate, now } from "../time.js";
import { Age, Icon } from "../ui.js";
import { Paper, usePrinted } from "./paper.js";
import { pastText } from "./past.js";
import { ALL, NONE, passer, tally, wanted } from "./rows.js";
import { coded, hint, say } from "./show.js";

/** Delay in ms after the last key before the search goes into the address. */
const TYPED_MS = 200;
/** Between codes of which a filter asks for several at once. */
const SEVERAL = "\n";

/** The head of the page. */
export function Head({ institution, source, rows, picture }) {
  const { name, view, make = [], imports, dated } = institution;
  const paper = () => html`<${Paper} institution=${institution} source=${source} rows=${rows.matching} />`;
  usePrinted(paper);
  return html`<header class="page-head"><h1>${t(`page.${name}`)}</h1>
      <p class="folk-sums"><span><strong>${number(rows.matching.length)}</strong>${" "}
        ${t("institution.of", { n: number(rows.all.length) })}</span>
        ${institution.sums?.(rows.matching, source)}
        <${BrandOf} trade=${onlyTrade(institution)} at=${source.at} />
        ${source.at === null && html`<${Age} views=${[view]} />`}</p>
      <div class="toolbar">${make
        .filter(({ command }) => may(command))
        .map(
          ({ command, icon = "plus" }) => html`<a class="button" key=${command}
            href=${href(name, { query: { ...route.value.query, do: command } })}><${Icon} name=${icon} />
            ${say(name, command)}</a>`,
        )}
        ${
          imports &&
          hasRight("import_files") &&
          html`<a class="button" href=${href("imports")}><${Icon} name="upload" />${t("page.imports")}</a>`
        }
        <${File} institution=${institution} source=${source} rows=${rows} />
        <button type="button" class="button button-plain" onClick=${() => print(paper())}
          title=${t("ui.print")} aria-label=${t("ui.print")}><${Icon} name="print" /></button></div></header>
    ${institution.pictures && html`<${Pictures} institution=${institution} picture=${picture} />`}
    <${Filters} institution=${institution} source=${source} rows=${rows} />
    ${dated && source.at !== null && html`<${Past} />`}`;
}

/** The trade that a page is about: the one that its filter asks for. */
function onlyTrade({ filters = [] }) {
  const chosen = filters.some(({ key }) => key === "trade") ? asked("trade") : [];
  return chosen.length === 1 ? chosen[0] : null;
}

/** The rows as a file: those shown; of a derived view those that its filters leave. */
function File({ institution: { view, load, derived, personal, filters = [] }, source, rows }) {
  if (load) return null;
  if (!derived) {
    const keys = () => rows.matching.map(({ key }) => key);
    return html`<${Export} view=${view} keys=${keys} at=${source.at} personal=${personal} />`;
  }
  const served = filters.filter((filter) => filter.served);
  const chosen = served.map((filter) => [filter.key, wanted(filter, route.value.query)]);
  const params = { ...Object.fromEntries(chosen), ...(source.at && { at: source.at }) };
  return html`<${Export} view=${view} params=${params} personal=${personal} />`;
}

/** Links to the list and to each picture, with the filters. */
function Pictures({ institution: { name, pictures }, picture }) {
  const to = (as) => href(name, { id: route.value.id, query: { ...route.value.query, as } });
  const link = (key, label) => html`<li key=${key}><a href=${to(key)}
    aria-current=${key === picture?.key ? "page" : undefined}>${label}</a></li>`;
  return html`<nav class="institution-pictures" aria-label=${t("institution.pictures")}><ul
    class="entry-tabs">
    ${link(undefined, t("institution.list"))}
    ${pictures.map(({ key }) => link(key, say(name, `as_${key}`)))}</ul></nav>`;
}

/** A band that says that the past is shown, and leads back. */
const Past = () => html`<p class="note institution-past" role="status"><${Icon} name="clock" />
  <span>${pastText()}</span>
  <button type="button" class="button" onClick=${() => ask({ at: undefined })}>${t("institution.present")}
  </button></p>`;

function Filters({ institution, source, rows }) {
  const { filters = [], dated, name } = institution;
  const today = dated === "instant" ? toLocal(now.value) : localDate(now.value);
  return html`<div class="people-filters"><${Filtering}
    names=${["q", ...filters.map(({ key }) => key), ...(dated ? ["at"] : [])]}>
    <${Search} label=${hint(name, "search") || t("institution.search")} />
    ${filters.map(
      (
        filter,
      ) => html`<${Choices} key=${filter.key} filter=${filter} institution=${institution} source=${source}
        rows=${rows} />`,
    )}
    ${
      dated &&
      html`<label class="institution-at">${t("institution.as_of")} <input
        type=${dated === "instant" ? "datetime-local" : "date"} max=${today}
        value=${asked("at")[0] ?? ""}
        onChange=${(event) => ask({ at: event.currentTarget.value || undefined })} /></label>`
    }</${Filtering}></div>`;
}

/** A text that is looked for. It goes into the address when typing pauses. */
function Search({ label }) {
  const written = asked("q")[0] ?? "";
  const [text, setText] = useState(written);
  const timer = useRef(0);
  useEffect(() => {
    if (!timer.current) setText(written);
  }, [written]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (value) => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      timer.current = 0;
      ask({ q: value });
    }, TYPED_MS);
  };
  return html`<input type="search" class="folk-filter-q" value=${text} data-filter aria-keyshortcuts="/"
    aria-label=${label} placeholder=${label} onInput=${(event) => type(event.currentTarget.value)} />`;
}

/** One filter, with the number of rows behind each choice. */
function Choices({ filter, institution, source, rows }) {
  const { key, kind, domain } = filter;
  const label = say(institution.name, key);
  const query = route.value.query;
  const chosen = wanted(filter, query).join(SEVERAL);
  const counts = useMemo(() => {
    if (kind === "area") return new Map();
    const passes = passer(institution.filters, query, source, rows.text, key);
    return tally(filter, rows.all.filter(passes), source);
  }, [rows.matching]);
  if (kind === "area") {
    return html`<${AreaBox} aria-label=${label} placeholder=${label} value=${chosen}
      change=${(area) => ask({ [key]: area })} />`;
  }
  const word = (code) =>
    filter.say && code !== NONE
      ? filter.say(code, source)
      : code === NONE
        ? t("word.none")
        : kind === "flag"
          ? t(`institution.${code}`)
          : coded(domain, code);
  const codes = filter.codes ?? (kind === "flag" ? ["true", "false"] : [...counts.keys()].sort());
  return html`<${Choice} label=${label} none=${t("institution.all", { what: label })} value=${chosen}
    change=${(value) => ask({ [key]: value || (filter.otherwise ? ALL : undefined) })} codes=${codes}
    say=${(code) => {
      const some = code.split(SEVERAL);
      const n = some.reduce((sum, one) => sum + (counts.get(one) ?? 0), 0);
      return t("institution.choice", { what: some.map(word).join(t("ledger.and")), n: number(n) });
    }} />`;
}
