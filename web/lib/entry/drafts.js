// Unsent values of forms. They survive a change of page, an expired session and, in part, a reload.
//
// All values stay in memory. The browser's session storage, which a reload keeps, holds only choices: no
// name, phone, address, place or free text, because browsers write it to disk. The browser asks before a
// reload that would lose the others.

import { live, session } from "../store.js";

const KEY = "muster.drafts";
/** Fields that may be written to session storage. Any other stays in memory. */
const CHOICES = new Set([
  "activate",
  "area",
  "areas",
  "capacity",
  "category",
  "code",
  "datum",
  "due",
  "expected_days",
  "home_area",
  "incident",
  "kind",
  "open_ended",
  "parent",
  "priority",
  "quantity",
  "received",
  "report",
  "role",
  "slots",
  "source",
  "starts",
]);

const drafts = new Map();
const whose = () => `${session.peek()?.actor} ${live.peek()?.jurisdiction}`;

/** Return the part of a form's values that may be written to session storage. */
const choicesIn = (values) =>
  Object.fromEntries(Object.entries(values).filter(([name]) => CHOICES.has(name)));

const isText = (value) => typeof value === "string" && value.trim() !== "";
/** Whether a reload would lose something that was typed. */
const holdsMore = ({ values, blank }) =>
  Object.entries(values).some(
    ([name, value]) =>
      !CHOICES.has(name) &&
      value !== blank[name] &&
      (isText(value) || (Array.isArray(value) && value.length)),
  );

function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
  } catch {
    return {};
  }
}

function write(change) {
  const kept = stored();
  change(kept);
  sessionStorage.setItem(KEY, JSON.stringify(kept));
}

/** Return the draft of a form for the current user and jurisdiction, or undefined. */
export function draftOf(form) {
  const held = drafts.get(form);
  if (held) return held.whose === whose() ? held.values : undefined;
  const kept = stored()[form];
  return kept?.whose === whose() ? kept.values : undefined;
}

/** Keep the values of a form. */
export function keepDraft(form, values, blank) {
  drafts.set(form, { whose: whose(), values, blank });
  write((kept) => {
    kept[form] = { whose: whose(), values: choicesIn(values) };
  });
}

/** Forget a form's values. */
export function dropDraft(form) {
  drafts.delete(form);
  write((kept) => {
    delete kept[form];
  });
}

session.subscribe((me) => {
  if (me !== null) return;
  drafts.clear();
  sessionStorage.removeItem(KEY);
});
addEventListener("beforeunload", (event) => {
  if ([...drafts.values()].some(holdsMore)) event.preventDefault();
});
