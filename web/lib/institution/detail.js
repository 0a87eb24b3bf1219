// One row beside the list: facts, forms, what its part adds, and its history from the log.

import { get } from "../api.js";
import { shortened } from "../called.js";
import { BrandOf } from "../honours/brand.js";
import { t, word } from "../i18n.js";
import { Acts, Panel, Part, short } from "../people/parts.js";
import { html } from "../preact.js";
import { reason } from "../refusals.js";
import { who } from "../requests/history.js";
import { live, may } from "../store.js";
import { stamp } from "../time.js";
import { Empty, ErrorNote, Icon, Loading, useLoaded } from "../ui.js";
import { Ask } from "./form.js";
import { say, Value } from "./show.js";

/** Events of a history that are shown. */
const MOST = 100;

/** The panel of one row. */
export function Detail({ institution, source, id, row, close, focus }) {
  if (!source.has(institution.view))
    return html`<${Panel} title=${shortened(id)} close=${close}><${Loading} /></${Panel}>`;
  if (!row) {
    return html`<${Panel} title=${shortened(id)} close=${close}><${Empty}
      text=${t(source.at === null ? "institution.unknown" : "institution.unknown_then")} /></${Panel}>`;
  }
  return html`<${Known} institution=${institution} source=${source} lean=${row} close=${close}
    focus=${focus} />`;
}

/** The row, once all of it is known. */
function Known({ institution, source, lean, close, focus }) {
  const { name, parts = [], links } = institution;
  const { row, problem, reload } = useWhole(institution, source, lean);
  const shown = parts.filter(({ when }) => !when || when(row, source));
  return html`<${Panel} title=${html`<bdi>${institution.title(row, source)}</bdi>`} close=${close}
      focus=${focus}>
    <${ErrorNote} problem=${problem} retry=${reload} />
    <${BrandOf} trade=${row.trade} at=${source.at} />
    <${Facts} institution=${institution} source=${source} row=${row} />
    ${
      source.at === null &&
      html`<${Doing} institution=${institution} source=${source} row=${row} links=${links} />`
    }
    ${shown.map(
      ({ key, body }) => html`<${Part} key=${key} title=${say(name, `part_${key}`)}><${body} row=${row}
        source=${source} /></${Part}>`,
    )}
    <${History} institution=${institution} source=${source} row=${row} /></${Panel}>`;
}

/** Return a row of a lean list with all that is known of it, as soon as it was read; until then as it is. */
function useWhole({ view, lean }, source, row) {
  const load = () =>
    lean
      ? get(`/${live.peek().jurisdiction}/${view}/${encodeURIComponent(row.key)}`, {
          ...(source.at && { at: source.at }),
        })
      : Promise.resolve(null);
  const { data, problem, reload } = useLoaded(load, [row, source.at]);
  return { row: data?.key === row.key ? data : row, problem, reload };
}

const Facts = ({
  institution: { name, columns, facts = columns },
  source,
  row,
}) => html`<dl class="folk-facts">
  ${facts.map(
    (one) => html`<div key=${one.key}><dt>${say(name, one.key)}</dt><dd><${Value} column=${one} row=${row}
      source=${source} /></dd></div>`,
  )}</dl>`;

function Doing({ institution, source, row, links }) {
  const { name, forms = [] } = institution;
  if (forms.length === 0 && !links) return null;
  const items = forms
    .filter(({ when }) => !when || when(row, source))
    .map((form) => ({
      key: form.command,
      label: say(name, form.command),
      icon: form.icon,
      main: form.main,
      may: may(form.command),
      form: (done) =>
        html`<${Ask} institution=${institution} form=${form} source=${source} row=${row} done=${done} />`,
    }));
  return html`<${Acts} items=${items} also=${links?.(row, source)} />`;
}

/** The events about one row, newest first, by the time they are about. */
function History({ institution, source, row }) {
  const { kind, about, sentence } = institution;
  const { jurisdiction } = live.peek();
  const subject = `${kind}/${about?.(row) ?? row.key}`;
  const load = () => get(`/${jurisdiction}/activity`, { subject, limit: MOST });
  const { data, problem, reload } = useLoaded(load, [row.key, source.at === null && row]);
  const items = (data?.items ?? [])
    .filter((one) => source.at === null || one.at <= source.at)
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return html`<${Part} title=${t("institution.history")}>
    <${ErrorNote} problem=${problem} retry=${reload} />
    ${!data && !problem && html`<${Loading} />`}
    ${data && items.length === 0 && html`<p class="muted">${t("institution.no_history")}</p>`}
    <ol class="folk-lines institution-history">${items.map(
      (one) => html`<li key=${one.key}><time class="folk-line-time" datetime=${one.at}>${short(one.at)}</time>
      <span>${sentence?.(one, source) ?? word("event", one.name)}</span>
      <span class="muted">${who(one.actor)}${
        late(one) ? ` · ${t("institution.entered", { at: stamp(one.recorded_at) })}` : ""
      }</span>
      ${
        one.anomalies.length > 0 &&
        html`<span class="history-anomaly"><${Icon} name="alert" />${one.anomalies
          .map((code) => t(`anomaly.${code}`, {}, "") || reason({ code }))
          .join(" ")}</span>`
      }</li>`,
    )}</ol>
    ${data?.next && html`<p class="muted">${t("institution.history_more", { n: MOST })}</p>`}
  </${Part}>`;
}

/** Whether an event was entered on a later day than it is about. */
const late = ({ at, recorded_at: recorded }) => Date.parse(recorded) - Date.parse(at) > 86400000;
