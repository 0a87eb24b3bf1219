// Entry forms for reports by telephone, on paper or in person.

import { DefineArea } from "../lib/entry/area.js";
import { Latest } from "../lib/entry/form.js";
import { DeclareIncident } from "../lib/entry/incident.js";
import { OpenRequest } from "../lib/entry/request.js";
import { FormTeam } from "../lib/entry/team.js";
import { RegisterWorker } from "../lib/entry/worker.js";
import { t } from "../lib/i18n.js";
import { html } from "../lib/preact.js";
import { href } from "../lib/router.js";
import { StartLine } from "../lib/start.js";
import { areas, entries } from "../lib/store.js";
import { Empty, Loading } from "../lib/ui.js";

const FORMS = {
  request: OpenRequest,
  worker: RegisterWorker,
  team: FormTeam,
  incident: DeclareIncident,
  area: DefineArea,
};

export default function Enter({ route }) {
  const forms = entries.value;
  const chosen = forms.includes(route.id) ? route.id : forms[0];
  if (!chosen) return html`<${Empty} text=${t("people.read_only")} />`;
  if (!areas.value.root) return html`<${Loading} />`;
  const Form = FORMS[chosen];
  return html`<div class="entry"><${StartLine} />
    <header class="page-head"><h1>${t(`entry.title.${chosen}`)}</h1><nav aria-label=${t("page.enter")}><ul
      class="entry-tabs">${forms.map(
        (name) => html`<li key=${name}><a
      href=${href("enter", { id: name })} aria-current=${
        name === chosen ? "page" : undefined
      }>${t(`entry.tab.${name}`)}</a></li>`,
      )}</ul></nav></header>
    ${
      areas.value.nodes.size === 1 &&
      chosen !== "area" &&
      html`<p class="note">${t("entry.no_areas")} <a
      href=${href("enter", { id: "area" })}>${t("entry.define_area")}</a> <a
      href=${href("imports")}>${t("entry.many_areas")}</a></p>`
    }
    <${Latest} /><${Form} key=${chosen} /></div>`;
}
