// Limits after which silence becomes an alert.

import { t, word } from "../i18n.js";
import { useSend } from "../people/send.js";
import { html, useState } from "../preact.js";
import { PRIORITIES } from "../rules.js";
import { TIMER_KINDS, TIMERS } from "../settings_rules.js";
import { place } from "../store.js";
import { inUnits, secondsOf } from "./duration.js";
import { Foot, Input, sorted } from "./parts.js";

const PLAIN = ["welfare", "duty"];
const LEAST_S = 10;
const MOST_S = 604800;

/** Write seconds as people do. */
const written = (seconds) => {
  const [n, unit] = inUnits(seconds);
  return t(`settings.unit_${unit}`, { n });
};

/** Return the form's texts of complete limits. */
function textsOf(timers) {
  const found = { level: String(timers.level) };
  for (const kind of TIMER_KINDS)
    timers[kind].forEach((seconds, i) => {
      found[`${kind}_${i}`] = written(seconds);
    });
  for (const name of PLAIN) found[name] = written(timers[name]);
  return found;
}

/** Return {errors, timers}: what is not a default, as the command takes it. */
function read(form) {
  const errors = {};
  const units = {
    s: t("settings.words_s"),
    min: t("settings.words_min"),
    h: t("settings.words_h"),
  };
  const number = (name, usual) => {
    const seconds = secondsOf(form[name], units);
    if (seconds === null || seconds < LEAST_S || seconds > MOST_S) errors[name] = t("settings.time_bad");
    return seconds === usual ? null : seconds;
  };
  const timers = {};
  for (const kind of TIMER_KINDS)
    timers[kind] = TIMERS[kind].map((usual, i) => number(`${kind}_${i}`, usual));
  for (const name of PLAIN) timers[name] = number(name, TIMERS[name]);
  const level = Number(form.level);
  if (!/^\d+$/.test(form.level.trim()) || level > 100) errors.level = t("settings.level_bad");
  timers.level = level === TIMERS.level ? null : level;
  return { errors, timers };
}

/** The part of the page. */
export function Timers() {
  const [form, setForm] = useState(() => textsOf(place.peek().timers));
  const [errors, setErrors] = useState({});
  const action = useSend();
  const { rest } = sorted(action.problem);
  const set = (name) => (value) => {
    setForm((before) => ({ ...before, [name]: value }));
    setErrors((before) => ({ ...before, [name]: undefined }));
  };
  const submit = async (event) => {
    event.preventDefault();
    if (action.busy) return;
    const found = read(form);
    setErrors(found.errors);
    if (Object.keys(found.errors).length) return;
    await action.send("jurisdiction.set_timers", { timers: found.timers });
  };
  const input = (name, label, usual) => html`<${Input} label=${label} error=${errors[name]} maxlength="20"
    hint=${t("settings.usual", { time: usual })} value=${form[name]} change=${set(name)} />`;
  return html`<form class="entry-card settings-form" onSubmit=${submit}>
    ${TIMER_KINDS.map(
      (kind) => html`<fieldset class="settings-group" key=${kind}><legend>${t(`settings.timer_${kind}`)}
      </legend><div class="settings-four">${PRIORITIES.map((priority, i) =>
        input(`${kind}_${i}`, `${priority} ${word("priority", priority)}`, written(TIMERS[kind][i])),
      )}</div></fieldset>`,
    )}
    <fieldset class="settings-group"><legend>${t("settings.timer_others")}</legend><div class="settings-four">
      ${PLAIN.map((name) => input(name, t(`settings.timer_${name}`), written(TIMERS[name])))}
      ${input("level", t("settings.timer_level"), String(TIMERS.level))}</div></fieldset>
    <${Foot} action=${action} label=${t("ui.save")} problem=${rest}><button type="button" class="button"
      onClick=${() => {
        setForm(textsOf(TIMERS));
        setErrors({});
      }}>${t("settings.to_defaults")}</button></${Foot}></form>`;
}
