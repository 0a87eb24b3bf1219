// The verdicts that stand on an entry, each with its author and reason, and a button to take it back.

import { t } from "../i18n.js";
import { short } from "../people/parts.js";
import { useSend } from "../people/send.js";
import { html } from "../preact.js";
import { who } from "../requests/history.js";
import { may } from "../store.js";
import { termName } from "../terms.js";
import { ErrorNote, Icon } from "../ui.js";

/** The verdicts of an entry. */
export function Verdicts({ row, source }) {
  const { busy, problem, send } = useSend();
  const rights = may("match.undo") && source.at === null;
  return html`<${ErrorNote} problem=${problem} /><ul class="folk-lines">${row.said.map(
    (one) => html`<li key=${one.match}><strong>${t(`verdict.${one.verdict}`)}</strong>
      <span>${one.enterprise}</span><span>${termName("match", one.reason)}</span>
      <span class="muted">${who(one.by)} · <time datetime=${one.at}>${short(one.at)}</time></span>
      ${
        rights &&
        html`<button type="button" class="button" aria-disabled=${busy ? "true" : undefined}
          onClick=${() => busy || send("match.undo", { match: one.match })}><${Icon} name="undo" />${t(
            "comparison.take_back",
          )}</button>`
      }</li>`,
  )}</ul>`;
}
