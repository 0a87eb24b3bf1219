// Form to register a worker, optionally with a report to the home community.

import { t, word } from "../i18n.js";
import { list, ROLES } from "../people/acts.js";
import { html } from "../preact.js";
import { href } from "../router.js";
import { teams } from "../store.js";
import {
  AreaLine,
  Check,
  Coded,
  codeFault,
  codeIn,
  Earlier,
  EntryForm,
  filled,
  Group,
  Line,
  useEntry,
} from "./form.js";
import { SamePhone, useForgetting, usePhone } from "./same.js";

const LIST = "entry-organisations";

const blank = () => ({
  name: "",
  phone: "",
  role: "",
  role_other: "",
  organisation: "",
  home_area: "",
  report: false,
  skills: "",
  vehicle: "",
  capacity: "1",
  call_sign: "",
  id: "",
});

function make(values, idOf) {
  const role = codeIn(values, "role");
  const worker = values.id.trim() || idOf(0);
  const { name, phone, organisation, vehicle, home_area: area } = values;
  const data = {
    ...filled({
      worker,
      role,
      name: name.trim(),
      phone: phone.trim(),
      organisation: organisation.trim(),
      vehicle: vehicle.trim(),
      home_area: area,
      call_sign: values.call_sign.trim(),
    }),
    skills: list(values.skills),
    capacity: Number(values.capacity),
  };
  const report = values.report ? [{ name: "worker.report", data: { worker, area } }] : [];
  return {
    errors: {
      ...codeFault(values, "role"),
      ...(values.report && !area ? { home_area: t("entry.report_where") } : {}),
    },
    steps: [{ name: "worker.register", data }, ...report],
    said: {
      text: t("entry.said_worker", { name: name.trim() || worker, role: word("role", role) }),
      to: href("workers", { id: worker }),
    },
  };
}

/** The form, and a card that shows who already has the phone number. */
export function RegisterWorker() {
  const entry = useEntry({
    name: "worker",
    blank,
    make,
    keep: ["role", "role_other", "organisation", "home_area", "report"],
  });
  const phone = usePhone();
  useForgetting(phone, entry.round);
  const named = [...teams.value.values()].map((row) => row.organisation).filter(Boolean);
  const organisations = [...new Set(named)].sort();
  return html`<div class="entry-desk"><${EntryForm} entry=${entry} label=${t("entry.register")}>
      <${Group} title=${t("entry.person")}><div class="form-row"><${Line} entry=${entry} name="name"
        label=${t("entry.name")} maxlength="200" required />
          <${Line} entry=${entry} name="phone" label=${t("entry.phone")} type="tel" maxlength="200"
            onBlur=${(event) => phone.look(event.currentTarget.value)} /></div>
        <${Coded} entry=${entry} name="role" label=${t("people.role")} domain="role" usual=${ROLES} required
          /></${Group}>
      <${Group} title=${t("entry.belongs")}><div class="form-row"><${Line} entry=${entry} name="organisation"
        label=${t("people.organisation")} maxlength="200" list=${LIST} />
          <${AreaLine} entry=${entry} name="home_area" label=${t("people.home")} hint=${t("ui.optional")} />
            </div>
        <datalist id=${LIST}>${organisations.map((one) => html`<option value=${one} />`)}</datalist>
        <${Check} entry=${entry} name="report" label=${t("entry.report")} hint=${t("people.report_note")} />
          </${Group}>
      <${Group} title=${t("entry.can")}><div class="form-row"><${Line} entry=${entry} name="skills"
        label=${t("people.skills")} hint=${t("people.skills_hint")} />
          <${Line} entry=${entry} name="vehicle" label=${t("people.vehicle")} maxlength="200" />
          <${Line} entry=${entry} name="capacity" label=${t("people.capacity")} type="number" min="1"
            max="1000" required />
          <${Line} entry=${entry} name="call_sign" label=${t("people.call_sign")}
            hint=${t("people.call_sign_hint")} maxlength="24" />
          <${Line} entry=${entry} name="id" label=${t("entry.worker_id")} hint=${t("entry.id_hint")}
            maxlength="64" pattern="[\\p{L}\\p{N}_][\\p{L}\\p{N}_.\\-]*" /></div></${Group}>
    </${EntryForm}>
    <div class="entry-aside"><${SamePhone} phone=${phone} /><section class="entry-card">
      <h2>${t("entry.after_worker")}</h2><p class="muted">${t("entry.after_worker_note")}</p>
      <p><a href=${href("imports")}>${t("entry.many_people")}</a></p></section><${Earlier} /></div></div>`;
}
