// My home community, my service and what is planned. Loaded when it is opened.

import { get } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { html } from "../lib/preact.js";
import { day, hhmm, worked } from "../lib/time.js";
import { Activities } from "./activities.js";
import { areaName, needAreas } from "./areas.js";
import { Inspections } from "./inspecting.js";
import { mine } from "./mine.js";
import { Button, Unsent } from "./parts.js";
import { acts, shown, who } from "./state.js";
import { act } from "./sync.js";

const NAMES = ["worker.report", "worker.leave_home"];
const SHOWN = 30;

/** Read one's own data alone: the service gives no other to this token.
 * @param {Who} who
 */
async function read({ jurisdiction, worker }) {
  const own = (view, more = {}) => get(`/${jurisdiction}/${view}`, { worker, ...more });
  const [people, rows, plans, papers] = await Promise.all([
    own("reporting"),
    own("service", { sort: "-since", limit: SHOWN }),
    own("services", { state: "planned", sort: "since", limit: SHOWN }),
    own("certificates", { state: "valid" }),
    needAreas(),
  ]);
  return {
    position: people.position,
    person: people.items[0] ?? null,
    rows: rows.items,
    plans: plans.items,
    papers: papers.items,
  };
}

const useService = mine("service", read, NAMES);

/** The act about the home community that the service has not answered yet. */
const unanswered = () =>
  acts.value.filter((one) => NAMES.includes(one.name) && one.state !== "refused").at(-1);

/** The home community with acts applied that are not known yet: {area, name, act} or null. */
function home(person) {
  const waiting = unanswered();
  if (waiting?.name === "worker.leave_home") return null;
  if (waiting) return { area: waiting.data.area, name: waiting.about.place, act: waiting };
  return person?.state === "reported" ? { area: person.area, name: areaName(person.area) } : null;
}

function Home({ person = null }) {
  const { worker, home_area, home_area_name } = shown.value.worker;
  const now = home(person);
  const report = () =>
    act("worker.report", { worker, area: home_area }, { place: home_area_name ?? home_area });
  if (now) {
    return html`<p>${t("go.service.home", { place: now.name ?? now.area })}</p><${Unsent} act=${now.act} />
      <${Button} onClick=${() => act("worker.leave_home", { worker })}>${t("go.service.leave")}</${Button}>`;
  }
  if (!home_area) return html`<p class="muted">${t("go.service.no_home")}</p>`;
  return html`<p class="muted">${t("go.service.why")}</p><${Button} kind="main" icon="place"
    onClick=${report}>${t("go.service.report", { place: home_area_name ?? home_area })}</${Button}>`;
}

const Line = ({ one }) => html`<li><span>${day(one.since)}<br /><b>${hhmm(one.since)} – ${
  one.ongoing ? t("go.hours.running") : hhmm(one.until)
}</b><br /><small>${t(`go.service.${one.source}`)} · ${areaName(one.area)}</small></span>
  <span class="end">${worked(one.seconds)}${
    one.state !== "counted" && html`<br /><small class="late">${t(`go.service.${one.state}`)}</small>`
  }</span></li>`;

/** What a certificate is about. */
const span = ({ since, until }) => t("go.service.paper", { since: day(since), until: day(until) });

/** The part's content. */
export function Body() {
  const said = useService();
  if (said === undefined)
    return html`<p class="muted">${t("go.service.offline")}</p><${Home} /><${Inspections} />
      <${Activities} />`;
  if (said === null) return html`<p role="status">${t("go.loading")}</p>`;
  const { person, rows, plans, papers } = said;
  return html`<div class="stack"><${Home} person=${person} />
    ${
      person &&
      html`<dl class="sums"><div><dt>${t("go.service.times")}</dt><dd>${person.person_times}</dd></div>
      <div><dt>${t("go.service.time")}</dt><dd>${worked(person.seconds)}</dd></div></dl>`
    }
    <${Inspections} />
    <${Activities} />
    ${
      plans.length > 0 &&
      html`<h3>${t("go.service.planned")}</h3><ul class="people">${plans.map(
        (one) => html`<li key=${one.key}><span>${day(one.since)}<br /><b>${hhmm(one.since)} –
          ${hhmm(one.until)}</b><br /><small>${areaName(one.area)} ${one.what ?? ""}</small></span></li>`,
      )}</ul>`
    }
    ${
      papers.length > 0 &&
      html`<h3>${t("go.service.certificates")}</h3><ul class="people">${papers.map(
        (one) => html`<li key=${one.key}><a download
          href=${`/api/v1/${who.value.jurisdiction}/papers/${one.key}`}>${span(one)}</a></li>`,
      )}</ul>`
    }
    <ul class="people">${rows.map((one) => html`<${Line} key=${one.key} one=${one} />`)}</ul>
    ${rows.length === 0 && html`<p class="muted">${t("go.service.none")}</p>`}</div>`;
}
