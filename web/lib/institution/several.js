// One form for several rows: chosen one by one or all that match, sent in parts, each with its own result.

import { commands, uuid } from "../api.js";
import { number, t } from "../i18n.js";
import { Panel } from "../people/parts.js";
import { html, useEffect, useRef, useState } from "../preact.js";
import { reason } from "../refusals.js";
import { go, route } from "../router.js";
import { live, may } from "../store.js";
import { ErrorNote, Icon, useAction } from "../ui.js";
import { Ask } from "./form.js";
import { say } from "./show.js";

/** Commands that are sent at once: few, so that progress is seen and can be stopped. */
const AT_ONCE = 50;
/** Results of one kind that are listed; the others are counted. */
const LISTED = 1000;

/** Return the forms that the token may send for several rows.
 *
 * @param {import("./types.js").Institution} institution
 */
export const manyOf = ({ forms = [] }) => forms.filter(({ many, command }) => many && may(command));

/** Send items in parts, in order. `tell` gets all results after each part; false stops.
 *
 * @param {any[]} items Each with {id, name, data} and what else its result should carry.
 * @param {(part: any[]) => Promise<any[]>} send
 * @param {(results: any[]) => boolean | void} tell
 * @param {number} [atOnce]
 */
export async function inParts(items, send, tell, atOnce = AT_ONCE) {
  const results = [];
  for (let from = 0; from < items.length; from += atOnce) {
    const part = items.slice(from, from + atOnce);
    const answers = await send(part.map(({ row: _, ...item }) => item));
    results.push(...part.map((item, index) => ({ ...item, ...answers[index] })));
    if (tell(results) === false) break;
  }
  return results;
}

/** What is chosen, and what can be done with it. */
export function Chosen({ institution, forms, rows, chosen, choose }) {
  const { name } = institution;
  const query = route.value.query;
  if (rows.length === 0 && chosen.size === 0) return null;
  const all = rows.length > 0 && rows.every(({ key }) => chosen.has(key));
  const to = (command) => go(name, { query: { ...query, do: undefined, several: [command] } });
  return html`<div class="several-bar" role="group" aria-label=${t("several.label")}>
    <strong aria-live="polite">${t("several.chosen", { n: number(chosen.size) })}</strong>
    ${
      chosen.size > 0 &&
      forms.map(
        ({ command }) =>
          html`<button type="button" class="button" key=${command} onClick=${() => to(command)}>
        ${say(name, command)}</button>`,
      )
    }
    ${
      !all &&
      rows.length > 0 &&
      html`<button type="button" class="button button-plain"
        onClick=${() => choose(new Set(rows.map(({ key }) => key)))}>
        ${t("several.all", { n: number(rows.length) })}</button>`
    }
    ${
      chosen.size > 0 &&
      html`<button type="button" class="button button-plain" onClick=${() => choose(new Set())}>
        ${t("several.none")}</button>`
    }</div>`;
}

/** The panel with the form for the chosen rows, and then with the result of each. */
export function Several({ institution, form, source, chosen, choose, close }) {
  const { name, view } = institution;
  const [picked, setPicked] = useState(() => rowsOf(source, view, chosen));
  const [sent, setSent] = useState(/** @type {(row: any) => any} */ (null));
  const box = useRef();
  useEffect(() => box.current?.querySelector("input, select, textarea")?.focus(), []);
  const over = (results) => {
    const bad = results.filter(({ outcome }) => ["refused", "pending"].includes(outcome));
    choose(new Set(bad.map(({ row }) => row.key)));
  };
  const again = (refused) => {
    setPicked(refused.map(({ row }) => row));
    setSent(null);
  };
  const title = t("several.title", { what: say(name, form.command), n: number(picked.length) });
  return html`<${Panel} title=${title} close=${close}><div ref=${box}>${
    picked.length === 0
      ? html`<p class="muted">${t("several.nothing")}</p>`
      : sent
        ? html`<${Results} institution=${institution} form=${form} source=${source} rows=${picked}
          work=${sent}
          over=${over} again=${again} close=${close} />`
        : html`<${Ask} institution=${institution} form=${form} source=${source} row=${picked[0]} done=${close}
          deliver=${(work) => setSent(() => work)} />`
  }</div></${Panel}>`;
}

const rowsOf = (source, view, keys) => [...keys].map((key) => source.rows(view).get(key)).filter(Boolean);
const of = (results, ...outcomes) => results.filter(({ outcome }) => outcomes.includes(outcome));

/** Sends the commands, and shows what became of each. What breaks off goes on where it stopped, and what may
 * have been recorded is sent under the same id. */
function Results({ institution, form, source, rows, work, over, again, close }) {
  const [results, setResults] = useState(/** @type {any[]} */ ([]));
  const { run, busy, problem } = useAction();
  const items = useRef(/** @type {any[]} */ (null));
  items.current ??= rows.map((row) => {
    const { at, ...data } = work(row);
    return { row, id: uuid(), name: form.command, data, ...(at && { at }) };
  });
  const stopped = useRef(false);
  const known = results.filter(({ outcome }) => outcome !== "pending");
  const ids = new Set(known.map(({ id }) => id));
  const left = items.current.filter(({ id }) => !ids.has(id));
  const start = async () => {
    stopped.current = false;
    const send = (part) => commands(live.peek().jurisdiction, part);
    const tell = (more) => {
      setResults([...known, ...more]);
      return !stopped.current;
    };
    const more = await run(() => inParts(left, send, tell));
    if (more) over([...known, ...more]);
  };
  useEffect(() => {
    start();
  }, []);
  const stop = () => {
    stopped.current = true;
  };
  const refused = of(known, "refused");
  const n = number(known.length);
  return html`<p role="status">${t("several.sent", { n, of: number(items.current.length) })}</p>
    <progress max=${items.current.length} value=${known.length} aria-label=${t("several.progress")} />
    <${ErrorNote} problem=${problem} />
    <div class="form-actions">${
      busy
        ? html`<button type="button" class="button" onClick=${stop}>${t("several.stop")}</button>`
        : html`${
            left.length > 0 &&
            html`<button type="button" class="button button-main" onClick=${start}>
            ${t("several.go_on", { n: number(left.length) })}</button>`
          }${
            left.length === 0 &&
            refused.length > 0 &&
            html`<button type="button" class="button" onClick=${() => again(refused)}>
            ${t("several.again", { n: number(refused.length) })}</button>`
          }<button type="button" class="button" onClick=${close}>${t("ui.close")}</button>`
    }</div>
    <${Group} name="refused" results=${refused} institution=${institution} source=${source} />
    <${Group} name="accepted" results=${of(known, "accepted", "known")} institution=${institution}
      source=${source} />
    <${Group} name="unchanged" results=${of(known, "unchanged")} institution=${institution}
      source=${source} />`;
}

/** Results of one kind, by row. */
function Group({ name, results, institution, source }) {
  if (results.length === 0) return null;
  const bad = name === "refused";
  return html`<details open=${bad} class="several-results"><summary>
      ${t(`several.${name}`, { n: number(results.length) })}</summary>
    <ol class="folk-lines">${results.slice(0, LISTED).map(
      ({ row, ...said }) => html`<li key=${row.key}><${Icon} name=${bad ? "close" : "done"} />
        <span><bdi>${institution.title(row, source)}</bdi></span>
        ${bad && html`<span class="several-why">${reason({ code: said.code, ...said })}</span>`}</li>`,
    )}</ol>
    ${
      results.length > LISTED &&
      html`<p class="muted">${t("several.more", { n: number(results.length - LISTED) })}</p>`
    }</details>`;
}
