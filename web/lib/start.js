// The first steps on an empty board. What is done is read from the data, so they can be left and resumed.

import { isExample, playExample, removeExample } from "./example.js";
import { t } from "./i18n.js";
import { computed, html, signal, useState } from "./preact.js";
import { href } from "./router.js";
import { areas, assignments, closed, hasRight, jurisdictions, live, may, requests } from "./store.js";
import { classes, Dialog, ErrorNote, Icon, useAction } from "./ui.js";

/** The steps in their order. */
export const STEPS = ["jurisdiction", "areas", "people", "request", "dispatch"];

const rows = (view) => [...(live.value?.rows(view).values() ?? [])];
const received = computed(() => rows("ledger").reduce((sum, row) => sum + row.received, 0));
const served = computed(() =>
  rows("ledger").reduce((sum, row) => sum + row.received - row.open - row.cancelled - row.merged, 0),
);

/** Which steps are done, by name. */
export const done = computed(() => ({
  jurisdiction: Boolean(areas.value.root),
  areas: areas.value.nodes.size > 1,
  people: rows("headcount").some((row) => row.count > 0),
  request: received.value > 0 || requests.value.length > 0,
  dispatch: assignments.value.size > 0 || served.value > 0,
}));

/** Steps skipped and jurisdictions whose steps are hidden, until the page is closed: "2307/areas", "2307". */
const skipped = signal(/** @type {string[]} */ ([]));
const keyOf = (step) => `${live.value?.jurisdiction}/${step}`;

/** The step to take next: the first that is neither done nor skipped; null when there is none. */
export const next = computed(
  () => STEPS.find((step) => !done.value[step] && !skipped.value.includes(keyOf(step))) ?? null,
);

const complete = computed(() => STEPS.every((step) => done.value[step]));
const hidden = () => skipped.value.includes(live.value?.jurisdiction);
const mayHelp = () => may("request.open") && may("worker.register");

/** Whether the views that the steps are derived from have come. */
const ready = () =>
  ["areas", "headcount", "ledger", "assignments"].every((view) => live.value?.has(view)) && areas.value.root;

/** The links of a step: [page, id, text]. */
const LINKS = {
  areas: () => [
    hasRight("import_files") && ["imports", null, "start.sheet"],
    may("area.define") && ["enter", "area", "entry.define_area"],
  ],
  people: () => [
    hasRight("import_files") && ["imports", null, "start.sheet"],
    ["enter", "worker", "entry.register"],
    hasRight("issue_codes") && ["cards", null, "start.cards"],
  ],
  request: () => [["enter", "request", "entry.open_request"]],
  dispatch: () => [
    ["workers", null, "start.check_in"],
    ["requests", requests.value[0]?.request ?? null, "start.send"],
  ],
};

/** The guide at the top of the overview, until every step is done or it is hidden. */
export function Start() {
  if (!ready() || complete.value || hidden() || !mayHelp()) return null;
  const { jurisdiction } = live.value;
  const hide = () => {
    skipped.value = [...skipped.value, jurisdiction];
  };
  return html`<section class="start" aria-labelledby="start-title"><header><h2 id="start-title">${t(
    "start.title",
  )}</h2><span class="muted">${t("start.count", {
    n: STEPS.filter((step) => done.value[step]).length,
    m: STEPS.length,
  })}</span><button type="button" class="button button-plain" onClick=${hide}>${t("start.hide")}</button>
    </header><ol class="next-steps">${STEPS.map(
      (step, index) => html`<${Step} key=${step} step=${step} number=${index + 1} />`,
    )}</ol><${Example} /></section>`;
}

function Step({ step, number }) {
  const isDone = done.value[step];
  const current = next.value === step;
  const skip = () => {
    skipped.value = [...skipped.value, keyOf(step)];
  };
  const links = (LINKS[step]?.() ?? []).filter(Boolean);
  return html`<li class=${classes(isDone && "start-done", current && "start-current")}
    aria-current=${current ? "step" : undefined}><b aria-hidden="true">${
      isDone ? html`<${Icon} name="done" />` : number
    }</b><div><h3>${t(`start.${step}`)}${
      isDone && html` <span class="visually-hidden">${t("start.done")}</span>`
    }</h3>${
      !isDone &&
      html`<p class="muted">${t(`start.${step}_note`)}</p><p class="form-actions">${links.map(
        ([page, id, text], index) => html`<a class=${classes("button", current && !index && "button-main")}
          href=${href(page, { id })}>${t(text)}</a>`,
      )}${
        current &&
        html`<button type="button" class="button button-plain" onClick=${skip}>${t("start.skip")}
        </button>`
      }</p>`
    }</div></li>`;
}

/** A line on the pages of the steps: the next step. */
export function StartLine() {
  if (!ready() || complete.value || hidden() || !mayHelp() || !next.value) return null;
  const number = STEPS.indexOf(next.value) + 1;
  return html`<p class="start-line"><a href=${href("overview")}>${t("start.title")}</a>
    <span>${t("start.now", { n: number, m: STEPS.length, step: t(`start.${next.value}`) })}</span></p>`;
}

/** Play the example: a small jurisdiction of its own, with made-up people. */
export function Example() {
  const { busy, problem, run } = useAction();
  if (!may("jurisdiction.establish") || isExample(live.value?.jurisdiction)) return null;
  const there = jurisdictions.value.find(isExample);
  const play = async () => {
    if (busy) return;
    const jurisdiction = there ?? (await run(playExample));
    if (jurisdiction) location.hash = href("overview", { jurisdiction, id: null });
  };
  return html`<div class="start-example"><p><button type="button" class="button" onClick=${play}
    aria-disabled=${busy ? "true" : undefined}>${t(
      busy ? "start.playing" : there ? "start.open_example" : "start.play",
    )}</button> <span class="muted">${t("start.play_note")}</span></p>
    <${ErrorNote} problem=${problem} /></div>`;
}

/** A band on every page of the example that says what it is, and leads out of it. */
export function ExampleBand() {
  const code = live.value?.jurisdiction;
  const [asking, setAsking] = useState(false);
  if (!isExample(code)) return null;
  const others = jurisdictions.value.filter((one) => !isExample(one));
  const out = others.length ? href("overview", { jurisdiction: others[0], id: null }) : "#/-/establish";
  const over = closed.value.includes(code);
  return html`<p class="start-band" role="note"><b>${t("start.is_example")}</b>
    ${t(over ? "start.is_removed" : "start.is_example_note")}
    <a href=${out}>${t(others.length ? "start.leave" : "start.establish_own")}</a>
    ${
      !over &&
      may("jurisdiction.close") &&
      html`<button type="button" class="button button-plain" onClick=${() => setAsking(true)}>
        ${t("start.remove")}</button>`
    }</p>${asking && html`<${Remove} code=${code} out=${out} close=${() => setAsking(false)} />`}`;
}

/** Asks before an example is removed. */
function Remove({ code, out, close }) {
  const { busy, problem, run } = useAction();
  const remove = async () => {
    if (busy || !(await run(() => removeExample(code)))) return;
    close();
    location.hash = out;
  };
  return html`<${Dialog} title=${t("start.remove_title")} close=${close}><p>${t("start.remove_what")}</p>
    <${ErrorNote} problem=${problem} /><div class="form-actions"><button type="button"
      class="button button-main" aria-disabled=${busy ? "true" : undefined} onClick=${remove}>
      ${t("start.remove")}</button><button type="button" class="button button-plain" onClick=${close}>
      ${t("ui.cancel")}</button></div></${Dialog}>`;
}
