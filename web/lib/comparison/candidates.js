// The enterprises that an entry may be, each side by side with it, and a verdict by key or button.

import { t } from "../i18n.js";
import { coded } from "../institution/show.js";
import { AreaName, collator } from "../people/parts.js";
import { html, useEffect, useRef, useState } from "../preact.js";
import { go, route } from "../router.js";
import { may } from "../store.js";
import { codes, termName } from "../terms.js";
import { classes, ErrorNote } from "../ui.js";
import { nextOf, useJudging, VERDICTS, verdictOf } from "./judging.js";
import { marked } from "./marking.js";

const TYPING = "input, textarea, select, dialog, a, summary";

/** The candidates of an entry, of which one is chosen: the keys act on it. */
export function Candidates({ row, source }) {
  const [chosen, choose] = useState(0);
  const [reason, setReason] = useState("");
  const { busy, problem, judge } = useJudging();
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const rights = may("match.judge") && source.at === null;
  const at = Math.min(chosen, row.candidates.length - 1);
  const say = (index, verdict) => {
    choose(index);
    setReason("");
    if (!busy) judge(row, row.candidates[index], verdict, reason);
  };
  const next = () => {
    const found = nextOf(source.rows("comparison").values(), row, collator.value.compare);
    if (found) go("comparison", { id: found.key, query: route.peek().query });
  };
  useEffect(() => {
    if (!rights || row.candidates.length === 0) return undefined;
    const pressed = (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest(TYPING)) return;
      const verdict = verdictOf(event.key);
      const digit = Number(event.key);
      if (verdict) say(at, verdict);
      else if (digit >= 1 && digit <= row.candidates.length) choose(digit - 1);
      else if (event.key === "n") next();
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  });
  useEffect(() => {
    box.current?.children[at]?.scrollIntoView({ block: "nearest" });
  }, [at]);
  return html`${rights && row.candidates.length > 0 && html`<p class="muted">${t("comparison.keys")}</p>`}
    <${ErrorNote} problem=${problem} />
    <ol class="compared" ref=${box}>${row.candidates.map(
      (one, index) => html`<li key=${one.enterprise}
        class=${classes("compared-one", rights && index === at && "compared-chosen")}>
        <${Beside} row=${row} candidate=${one} number=${index + 1} />
        ${
          rights &&
          html`<${Verdict} candidate=${one} busy=${busy} say=${(verdict) => say(index, verdict)}
          chosen=${index === at} reason=${index === at ? reason : ""} setReason=${(code) => {
            choose(index);
            setReason(code);
          }} />`
        }</li>`,
    )}</ol>
    ${row.elsewhere > 0 && html`<p class="note">${t("comparison.elsewhere", { n: row.elsewhere })}</p>`}
    ${
      rights &&
      html`<p><button type="button" class="button" onClick=${next} aria-keyshortcuts="n">${t(
        "comparison.next",
      )} <kbd>n</kbd></button></p>`
    }`;
}

/** An entry and an enterprise in two columns, with what differs in their names marked. */
function Beside({ row, candidate, number }) {
  const [left, right] = marked(row.name, candidate.name);
  const lines = [
    ["name", html`<${Marked} parts=${left} />`, html`<${Marked} parts=${right} />`],
    ["code", row.code, candidate.code],
    ["area", html`<${AreaName} code=${row.area} />`, html`<${AreaName} code=${candidate.area} />`],
    ["trade", row.trade && coded("trade", row.trade), candidate.trade && coded("trade", candidate.trade)],
    ["state", null, t(`enterprise_state.${candidate.state}`)],
  ];
  const none = html`<span class="muted">${t("word.none")}</span>`;
  const why = t(`comparison.why_${candidate.why}`);
  return html`<table class="compared-table"><caption>${number}. ${why}</caption>
    <thead><tr><td></td><th scope="col">${t("comparison.in_list")}</th>
      <th scope="col">${t("comparison.in_ledger")}</th></tr></thead>
    <tbody>${lines.map(
      ([key, one, other]) => html`<tr key=${key}><th scope="row">${t(`comparison.${key}`)}</th>
        <td>${key === "state" ? null : one || none}</td><td>${other || none}</td></tr>`,
    )}</tbody></table>`;
}

const Marked = ({ parts }) =>
  parts.map(({ text, differs }) => (differs ? html`<mark>${text}</mark>` : html`<span>${text}</span>`));

/** Buttons for a verdict, and its reason. */
function Verdict({ candidate, busy, say, chosen, reason, setReason }) {
  return html`<div class="compared-verdict">${Object.entries(VERDICTS).map(
    ([verdict, [key]]) => html`<button type="button" key=${verdict}
      class="button"
      aria-keyshortcuts=${key} aria-disabled=${busy ? "true" : undefined}
      aria-label=${t("comparison.judge", { what: t(`verdict.${verdict}`), name: candidate.name })}
      onClick=${() => say(verdict)}>${t(`verdict.${verdict}`)}${chosen && html` <kbd>${key}</kbd>`}</button>`,
  )}
    <label class="compared-reason">${t("comparison.reason")} <select value=${reason}
      onChange=${(event) => setReason(event.currentTarget.value)}><option value="">${t(
        "comparison.usual",
      )}</option>${codes("match").map(
        (code) => html`<option key=${code} value=${code}>${termName("match", code)}</option>`,
      )}</select></label></div>`;
}
