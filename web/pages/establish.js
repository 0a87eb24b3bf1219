// Establishing a jurisdiction, the first step on an empty service.

import { command, uuid } from "../lib/api.js";
import { checked } from "../lib/entry/checks.js";
import { faults } from "../lib/entry/faults.js";
import { language, t } from "../lib/i18n.js";
import { html, useRef, useState } from "../lib/preact.js";
import { href } from "../lib/router.js";
import { Example } from "../lib/start.js";
import { identify, jurisdictions, may } from "../lib/store.js";
import { now } from "../lib/time.js";
import { Empty, ErrorNote, Field, Icon, useAction } from "../lib/ui.js";

const DEFAULT_ZONE = "Asia/Shanghai";
const ZONES = Intl.supportedValuesOf("timeZone");
const LIST = "zones";

/** Return the current time in a time zone, or null if the zone is invalid.
 * @param {string} timeZone
 */
function clockIn(timeZone) {
  try {
    return new Intl.DateTimeFormat(language.value.format, {
      timeZone,
      dateStyle: "medium",
      timeStyle: "short",
    }).format(now.value);
  } catch {
    return null;
  }
}

export default function Establish() {
  if (!may("jurisdiction.establish"))
    return html`<h1>${t("page.establish")}</h1><${Empty}
    text=${t("entry.establish_admin")} /><p><a href="#/">${t("choose.title")}</a></p>`;
  return html`<${Form} />`;
}

/** The form. It leads to the board, which guides through the next steps. */
function Form() {
  const [values, setValues] = useState({ code: "", name: "", timezone: DEFAULT_ZONE });
  const [errors, setErrors] = useState({});
  const { busy, problem, run } = useAction();
  const sent = useRef(/** @type {{text?: string, id?: string}} */ ({}));
  const set = (name) => (event) => {
    setValues({ ...values, [name]: event.currentTarget.value });
    setErrors({});
  };
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    const wrong = checked(event.currentTarget);
    if (Object.keys(wrong).length) {
      setErrors(wrong);
      event.currentTarget.elements.namedItem(Object.keys(wrong)[0])?.focus();
      return;
    }
    const text = JSON.stringify(values);
    if (sent.current.text !== text) sent.current = { text, id: uuid() };
    const data = { name: values.name.trim(), timezone: values.timezone.trim() };
    const found = await run(() =>
      command(values.code.trim(), "jurisdiction.establish", data, { id: sent.current.id }).catch(
        (refused) => {
          const at = faults(refused, ["code", "name", "timezone"]);
          if (!at) throw refused;
          return { at };
        },
      ),
    );
    if (found?.at) setErrors(found.at);
    else if (found) {
      await run(identify);
      location.hash = href("overview", { jurisdiction: values.code.trim(), id: null });
    }
  };
  const there = clockIn(values.timezone);
  const line = (name, rest, hint) => html`<${Field} label=${t(`entry.establish_${name}`)} hint=${hint}
    error=${errors[name]}>${(a11y) => html`<input ...${a11y} ...${rest} name=${name} required
    autocomplete="off" value=${values[name]} onInput=${set(name)} />`}</${Field}>`;
  return html`<h1>${t("page.establish")}</h1><p>${t("entry.establish_what")}</p>
    ${
      jurisdictions.value.length > 0 &&
      html`<p
      class="muted">${t("entry.establish_known", { codes: jurisdictions.value.join(t("entry.comma")) })}</p>`
    }
    <form class="establish" noValidate onSubmit=${submit}>${line(
      "code",
      { maxlength: 64, pattern: "[A-Za-z0-9][A-Za-z0-9\\-]*", autofocus: true, placeholder: "2307" },
      t("entry.establish_code_hint"),
    )}
      ${line("name", { maxlength: 200 }, t("entry.establish_name_hint"))}
      ${line(
        "timezone",
        { list: LIST, spellcheck: false },
        there ? t("entry.establish_now", { at: there }) : t("entry.establish_no_zone"),
      )}
      <datalist id=${LIST}>${ZONES.map((zone) => html`<option value=${zone} />`)}</datalist>
      <p class="note"><${Icon} name="clock" />${t("entry.establish_zone_note")}</p>
      <${ErrorNote} problem=${problem} />
      <div class="form-actions"><button type="submit" class="button button-main"
        aria-disabled=${busy ? "true" : undefined}>${
          busy
            ? t("people.sending")
            : problem?.code === "pending"
              ? t("entry.again")
              : t("entry.establish_do")
        }</button>
        ${jurisdictions.value.length > 0 && html`<a class="button" href="#/">${t("ui.cancel")}</a>`}</div>
          </form><${Example} />`;
}
