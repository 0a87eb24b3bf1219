// Entry of paper attendance lists. The lines are sent as observed facts.

import { commands, uuid } from "../api.js";
import { AreaBox, areaOf } from "../areabox.js";
import { t, word } from "../i18n.js";
import { fromLocal } from "../localtime.js";
import { html, useEffect, useRef, useState } from "../preact.js";
import { reason } from "../refusals.js";
import { live, may } from "../store.js";
import { localDate, now } from "../time.js";
import { ErrorNote, Field, Icon, useAction } from "../ui.js";
import { find } from "./find.js";
import { blank, dayAfter, facts, fault, identified, isBlank, outcome, pasted, timeOfDay } from "./lines.js";
import { AreaField } from "./parts.js";

const LINES = 8;
/** Lines per batch: a line has up to two facts, a batch up to 500 commands. */
const AT_ONCE = 250;

let next = 1;
const blanks = (count) => Array.from({ length: count }, () => blank(next++));

const known = (who) => live.value.rows("roster").get(who.trim());

/** The page for a paper list. */
export function Paper({ close }) {
  const [date, setDate] = useState(() => localDate(now.peek()));
  const [area, setArea] = useState("");
  const [lines, setLines] = useState(() => blanks(LINES));
  const [people, setPeople] = useState(/** @type {Record<string, any>} */ ({}));
  const [outcomes, setOutcomes] = useState(/** @type {Record<number, any>} */ ({}));
  const { busy, problem, run } = useAction();
  const ids = useRef(new Map());
  const table = useRef();
  const heading = useRef();
  useEffect(() => {
    heading.current.focus();
  }, []);

  const person = (who) => known(who) ?? people[who.trim()];
  const full = (line) => ({ ...line, area: line.area || area });
  const change = (key, part) => {
    setOutcomes(({ [key]: _, ...rest }) => rest);
    setLines((before) => {
      const after = before.map((line) => (line.key === key ? { ...line, ...part } : line));
      return isBlank(after.at(-1)) ? after : [...after, ...blanks(1)];
    });
  };
  const lookUp = async (text) => {
    const who = text.trim();
    if (!who || known(who) || people[who]) return;
    const found = await run(() => find(who, 2));
    if (found)
      setPeople((before) => ({
        ...before,
        [who]: found.workers.length === 1 ? found.workers[0] : { many: found.workers.length },
      }));
  };
  const paste = (event, key) => {
    const text = event.clipboardData.getData("text");
    if (!/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const added = pasted(text).map((one) => ({
      ...blank(next++),
      ...one,
      area: one.area ? (areaOf(one.area) ?? "") : "",
    }));
    setLines((before) => {
      const at = before.findIndex((line) => line.key === key);
      return [
        ...before.slice(0, at),
        ...added,
        ...before.slice(at).filter((line) => !isBlank(line)),
        ...blanks(1),
      ];
    });
    for (const one of added) lookUp(one.who);
  };
  const filled = lines.filter((line) => !isBlank(line));
  const factsOf = (line) => facts(full(line), person(line.who)?.worker, date, fromLocal);
  const wrong = (line) =>
    isBlank(line) ? null : fault(full(line), person(line.who)?.worker, () => factsOf(line), now.peek());
  const ready = filled.filter((line) => !wrong(line) && !settled(outcomes[line.key]));
  const submit = (event) => {
    event.preventDefault();
    if (busy || ready.length === 0) return;
    run(async () => {
      for (let begin = 0; begin < ready.length; begin += AT_ONCE) {
        const some = ready.slice(begin, begin + AT_ONCE);
        const made = some.map((line) => identified(line, factsOf(line), ids.current, uuid));
        const answers = await commands(
          live.peek().jurisdiction,
          made.flat().map((fact) => ({ ...fact, sent_at: undefined })),
        );
        const byId = new Map(answers.map((answer) => [answer.id, answer]));
        setOutcomes((before) => ({
          ...before,
          ...Object.fromEntries(
            some.map((line, index) => [line.key, outcome(made[index].map(({ id }) => byId.get(id)))]),
          ),
        }));
      }
    });
  };
  const moved = (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    const column = event.target.dataset.column;
    const inputs = [...table.current.querySelectorAll(`[data-column="${column}"]`)];
    inputs[inputs.indexOf(event.target) + (event.shiftKey ? -1 : 1)]?.focus();
  };
  if (!may("worker.check_in")) return html`<div class="empty"><p>${t("people.read_only")}</p></div>`;
  return html`<div class="paper-page">
    <header class="page-head"><h1 ref=${heading} tabindex="-1">${t("people.paper")}</h1>
      <button type="button" class="button" onClick=${close}>${t("people.back_to_list")}</button></header>
    <p class="muted paper-note">${t("people.paper_note")}</p>
    <form class="paper-form" onSubmit=${submit}>
      <div class="paper-all"><${Field} label=${t("people.paper_date")}>
        ${(a11y) => html`<input ...${a11y} type="date" required value=${date} max=${localDate(now.peek())}
        onInput=${(event) => setDate(event.currentTarget.value)} />`}</${Field}>
        <${AreaField} label=${t("people.paper_area")} hint=${t("people.paper_area_hint")} value=${area}
          change=${setArea} /></div>
      <table class="folk-sheet" ref=${table} onKeyDown=${moved}><thead><tr><th scope="col">${t("people.line")}
        </th><th scope="col">${t("people.paper_who")}</th><th scope="col">${t("people.paper_found")}</th>
        <th scope="col">${t("people.area")}</th><th scope="col">${t("people.paper_in")}</th><th scope="col">
          ${t("people.paper_out")}</th><th scope="col">${t("people.paper_outcome")}</th></tr></thead>
        <tbody>${lines.map(
          (line, index) => html`<${Line} key=${line.key} line=${line} wrong=${wrong(line)}
          number=${index + 1} date=${date} area=${area} person=${person(line.who)} change=${change}
          lookUp=${lookUp} paste=${paste}
          outcome=${outcomes[line.key]} />`,
        )}</tbody></table>
      <${ErrorNote} problem=${problem} />
      <div class="form-actions paper-send"><button type="submit" class="button button-main" aria-disabled=${
        busy || ready.length === 0 ? "true" : undefined
      }>
        ${busy ? t("people.sending") : t("people.paper_send", { n: ready.length })}</button>
        <span class="muted" role="status">${t("people.paper_state", {
          filled: filled.length,
          ready: ready.length,
          done: filled.filter((line) => settled(outcomes[line.key])).length,
        })}</span></div>
    </form></div>`;
}

/** Whether a line has been sent successfully. */
const settled = (answer) => answer && answer.outcome !== "refused" && answer.outcome !== "pending";

function Line({ line, wrong, number, date, area, person, change, lookUp, paste, outcome: answer }) {
  const input = (column, more = {}) => html`<input data-column=${column}
    aria-label=${`${t(`people.paper_${column}`)} ${number}`}
    value=${line[column === "in" ? "came" : column === "out" ? "went" : "who"]}
    autocomplete="off" spellcheck=${false} readonly=${answer?.outcome === "pending"} ...${more} />`;
  const time = (column, field) =>
    input(column, {
      inputmode: "numeric",
      placeholder: "08:30",
      class: "folk-sheet-time",
      onInput: (event) => change(line.key, { [field]: event.currentTarget.value }),
      onBlur: (event) => {
        const said = timeOfDay(event.currentTarget.value);
        if (said && said !== line[field]) change(line.key, { [field]: said });
      },
    });
  const [came, went] = [timeOfDay(line.came), timeOfDay(line.went)];
  return html`<tr class=${answer ? `folk-sheet-${answer.outcome}` : ""}><th scope="row">${number}</th>
    <td data-label=${t("people.paper_who")}>${input("who", {
      onInput: (event) => change(line.key, { who: event.currentTarget.value }),
      onBlur: (event) => lookUp(event.currentTarget.value),
      onPaste: (event) => paste(event, line.key),
    })}</td>
    <td data-label=${t("people.paper_found")} class="folk-sheet-found">
      ${
        person &&
        (person.worker
          ? html`${person.name} <span class="muted">
      ${word("role", person.role)} · ${person.worker}</span>`
          : t("people.paper_many", { n: person.many }))
      }
      </td>
    <td data-label=${t("people.area")} class="folk-sheet-area">
      <${AreaBox} data-column="area" aria-label=${`${t("people.area")} ${number}`} value=${line.area}
      change=${(code) => code !== line.area && change(line.key, { area: code })}
      placeholder=${area ? t("people.paper_same") : t("people.area_hint")} /></td>
    <td data-label=${t("people.paper_in")}>${time("in", "came")}</td>
    <td data-label=${t("people.paper_out")}>${time("out", "went")}${
      came && went && went < came
        ? html`<span class="muted nowrap">${t("people.paper_next_day", { date: dayAfter(date).slice(5) })}
          </span>`
        : null
    }</td>
    <td data-label=${t("people.paper_outcome")} class="folk-sheet-outcome" role="status">
      ${
        answer
          ? html`<${Answer} answer=${answer} />`
          : wrong
            ? html`<span class="muted">${t(wrong)}</span>`
            : null
      }</td></tr>`;
}

const Answer = ({ answer }) =>
  settled(answer)
    ? html`<span class="folk-sheet-good"><${Icon} name="done" />${t(`people.outcome.${answer.outcome}`)}
      </span>`
    : html`<strong class="folk-sheet-bad"><${Icon} name="alert" />
    ${answer.outcome === "pending" ? t("people.line.pending") : reason(answer)}</strong>`;
