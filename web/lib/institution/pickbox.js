// A combobox for a choice of many: of hundreds or thousands of enterprises nobody scrolls through a list.

import { t } from "../i18n.js";
import { html, useEffect, useId, useMemo, useState } from "../preact.js";
import { classes } from "../ui.js";
import { folded } from "./rows.js";

/** Choices that are shown at once. */
const MOST = 8;

/** Return the choices that have all words of a text: first those that begin with it, at most `most`.
 *
 * @param {{ value: string, text: string, folded: string }[]} choices
 * @param {string} text
 * @param {number} [most]
 */
export function fittingChoices(choices, text, most = MOST) {
  const wanted = folded(text);
  const words = wanted.split(/\s+/).filter(Boolean);
  const [first, others] = [[], []];
  for (const one of choices) {
    if (first.length === most) break;
    if (!words.every((word) => one.folded.includes(word))) continue;
    (one.folded.startsWith(wanted) ? first : others).push(one);
  }
  return [...first, ...others].slice(0, most);
}

/** The combobox. `change` gets the value, or "" while the text means none.
 *
 * @param {object} props
 * @param {any[]} props.options Value, text, and what is shown beside the text.
 * @param {string} props.value
 * @param {(value: string) => void} props.change
 * @param {Record<string, any>} props.common Attributes of the input.
 * @param {(text: string) => void} [props.find] Asks for other options, that fit what is typed; otherwise the
 *   box finds those that fit among all.
 */
export function PickBox({ options, value, change, common, find }) {
  const choices = useMemo(
    () => options.map(([one, text, more]) => ({ value: one, text, more, folded: folded(`${text} ${one}`) })),
    [find ? options : options.length],
  );
  const fitting = (typed) => (find ? choices.slice(0, MOST) : fittingChoices(choices, typed));
  const textOf = (one) => choices.find((choice) => choice.value === one)?.text ?? one;
  const [text, setText] = useState(textOf(value));
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const list = useId();
  const meant = (
    typed, // what was found last may fit what was typed before
  ) => (find ? choices.filter((one) => folded(one.text) === folded(typed)) : fitting(typed));
  const shown = open ? fitting(text) : [];
  useEffect(() => {
    if (value) setText(textOf(value));
  }, [value, choices]);
  const pick = (choice) => {
    setText(choice.text);
    setOpen(false);
    change(choice.value);
  };
  const typed = (event) => {
    setText(event.currentTarget.value);
    setActive(0);
    setOpen(true);
    change("");
    find?.(event.currentTarget.value);
  };
  const left = () => {
    const [only, ...more] = value ? [] : meant(text);
    if (text.trim() && only && more.length === 0) pick(only);
    setOpen(false);
  };
  const pressed = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      if (open) setActive(Math.max(0, Math.min(shown.length - 1, active + step)));
      else setOpen(true);
    } else if (event.key === "Escape" && open) setOpen(false);
    else if (event.key === "Enter" && shown[active]) pick(shown[active]);
    else if (event.key !== "Enter" || !find || value || !text.trim()) return; // the finds are on their way
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<div class="area-box"><input ...${common} role="combobox" autocomplete="off" spellcheck=${false}
    value=${text} placeholder=${t("institution.find")} aria-autocomplete="list" aria-controls=${list}
    aria-expanded=${shown.length ? "true" : "false"}
    aria-activedescendant=${shown[active] ? `${list}-${active}` : undefined} onInput=${typed}
    onKeyDown=${pressed} onBlur=${left} />
    <ul id=${list} role="listbox" aria-label=${t("institution.find")} hidden=${!shown.length}>${shown.map(
      (one, index) => html`<li key=${one.value} id=${`${list}-${index}`} role="option"
        aria-selected=${index === active ? "true" : "false"}
        class=${classes(index === active && "area-box-active")} onMouseDown=${(event) => {
          event.preventDefault();
          pick(one);
        }}><span>${one.text}</span>${one.more && html`<span class="muted"> ${one.more}</span>`}</li>`,
    )}</ul></div>`;
}
