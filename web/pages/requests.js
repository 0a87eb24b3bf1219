// Requests: the dispatcher's workplace, with the queue beside the selected request. Fully usable by keyboard.

import { unfinished } from "../lib/alerts.js";
import { useMedia } from "../lib/hooks.js";
import { t } from "../lib/i18n.js";
import { Needs } from "../lib/needs.js";
import { html, useEffect, useLayoutEffect, useRef } from "../lib/preact.js";
import { Amend } from "../lib/requests/amend.js";
import { Assign } from "../lib/requests/assign.js";
import { checked, checkedTasks, focusQueue, mayOpen, panel, rowOf, show } from "../lib/requests/desk.js";
import { Detail } from "../lib/requests/detail.js";
import { End, Reopen } from "../lib/requests/ending.js";
import { requestKeys } from "../lib/requests/keys.js";
import { Many } from "../lib/requests/many.js";
import { Merge } from "../lib/requests/merge.js";
import { Paper } from "../lib/requests/paper.js";
import { Queue } from "../lib/requests/queue.js";
import { useQueue } from "../lib/requests/queued.js";
import { Reassign } from "../lib/requests/reassign.js";
import { go } from "../lib/router.js";
import { assignments, may } from "../lib/store.js";

const WIDE = "(min-width: 64rem)";
const PHONE = "(max-width: 40rem)";
const DIALOGS = { end: End, merge: Merge, amend: Amend, reopen: Reopen, many: Many };

export default function Requests({ route }) {
  const wide = useMedia(WIDE);
  const phone = useMedia(PHONE);
  const queue = useQueue();
  useKeys(queue, route.id, wide);
  useKeepFocus();
  useEffect(
    () => () => {
      panel.value = null;
      checked.value = new Set();
      checkedTasks.value = new Map();
    },
    [],
  );
  const doing = panel.value;
  const side =
    doing?.kind === "assign"
      ? html`<${Assign} key=${doing.ids[0]} id=${doing.ids[0]} />`
      : doing?.kind === "reassign"
        ? html`<${Reassign} rows=${doing.rows} />`
        : route.id
          ? html`<${Detail} key=${route.id} id=${route.id} narrow=${!wide} />`
          : null;
  const Over = DIALOGS[doing?.kind];
  return html`<div class="fills desk">
    ${!wide && side && html`<h1 class="visually-hidden">${t("page.requests")}</h1>`}
    ${(wide || !side) && html`<${Queue} queue=${queue} narrow=${!wide} phone=${phone} />`}
    ${
      (wide || side) &&
      html`<aside class="side" aria-label=${t("requests.side")}>${
        side ??
        html`<${Overview}
        />`
      }</aside>`
    }
    <${CheckedTasks} />
  </div>${Over && html`<${Over} ...${doing} />`}<${Paper} queue=${queue} />`;
}

/** Shown if nothing is selected: current alerts and the keys. */
function Overview() {
  const keys = [["j k", t("keys.move")], ["/", t("keys.filter")], ...requestKeys()];
  return html`<div class="side-empty"><h2>${t("requests.now")}</h2>
    <${Needs} />
    <h2>${t("keys.title")}</h2><dl class="desk-keys">${keys.map(
      ([key, what]) => html`<div><dt>
      ${key.split(" ").map((one) => html`<kbd>${one}</kbd> `)}</dt><dd>${what}</dd></div>`,
    )}</dl></div>`;
}

/** The checked assignments. */
function CheckedTasks() {
  const rows = [...checkedTasks.value.values()].filter((row) => assignments.value.get(row.assignment)?.live);
  if (!rows.length || panel.value?.kind === "reassign") return null;
  return html`<div class="checked checked-tasks" role="region"
      aria-label=${t("requests.tasks_checked", { n: rows.length })}><strong>
        ${t("requests.tasks_checked", { n: rows.length })}</strong>
    <button type="button" class="button" onClick=${() => {
      panel.value = { kind: "reassign", rows };
    }}>${t("requests.reassign")}</button>
    <button type="button" class="button button-plain" onClick=${() => {
      checkedTasks.value = new Map();
    }}>${t("requests.uncheck")}</button></div>`;
}

/** Panels by key, for the selected request if it is unfinished. */
const KEYS = { a: "assign", o: "assign", x: "end", m: "merge", e: "amend" };

/** Handle shortcuts. A layout effect registers them before the first frame, so that no key is lost.
 * @param {{rows: {request: string}[]}} queue
 * @param {string | null} id
 * @param {boolean} wide
 */
function useKeys({ rows }, id, wide) {
  const now = useRef({ rows, id, wide });
  now.current = { rows, id, wide };
  useLayoutEffect(() => {
    const pressed = (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape") {
        if (!event.target.closest("dialog")) stepBack(now.current);
        return;
      }
      if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog")) return;
      if (act(event.key, now.current)) event.preventDefault();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}

/** Run the action of a key. Return whether it has one. */
function act(key, { rows, id }) {
  const row = id ? rowOf(id) : null;
  if (key === "/") return press(".filters-input", "focus");
  if (panel.value) return false;
  if (key === "j" || key === "k" || (key === "ArrowDown" && !id)) return step(key === "k" ? -1 : 1, rows, id);
  if (key === "c") return press('[data-key="c"]', "click");
  if (key === "n" && may("request.open")) {
    go("enter", { id: "request" });
    return true;
  }
  if (checked.value.size && (key === "m" || key === "x"))
    return begin(key === "m" ? "merge" : "many", [...checked.value]);
  if (!row) return false;
  if (key === "r" && !unfinished(row)) return begin("reopen", [id]);
  return unfinished(row) && begin(KEYS[key], [id]);
}

/** Open a panel if the token may send its command. Return whether it may. */
function begin(kind, ids) {
  if (!mayOpen(kind)) return false;
  panel.value = { kind, ids };
  return true;
}

function press(selector, how) {
  const found = document.querySelector(selector);
  found?.[how]();
  return Boolean(found);
}

function step(by, rows, id) {
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row.request === id);
  show(rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))].request);
  return true;
}

/** Handle Escape, step by step: close the panel, return the focus to the queue, clear the checks, close the
 * detail.
 */
function stepBack({ id, wide }) {
  if (panel.value) {
    panel.value = null;
    focusQueue();
  } else if (document.activeElement?.closest(".side") && wide) focusQueue();
  else if (checked.value.size) checked.value = new Set();
  else if (id) {
    show(null, { step: !wide });
    focusQueue();
  }
}

/** Move the focus to the queue if the focused element was removed with its row or panel. */
function useKeepFocus() {
  const had = useRef(false);
  useEffect(() => {
    const inside = (event) => {
      had.current = Boolean(event.target.closest?.(".desk, dialog"));
    };
    const timer = setInterval(() => {
      if (
        had.current &&
        document.activeElement === document.body &&
        !document.querySelector("dialog[open]")
      ) {
        had.current = false;
        focusQueue();
      }
    }, 200);
    const down = () => {
      had.current = false;
    };
    addEventListener("focusin", inside);
    addEventListener("pointerdown", down);
    return () => {
      clearInterval(timer);
      removeEventListener("focusin", inside);
      removeEventListener("pointerdown", down);
    };
  }, []);
}
