// Possible duplicates, shown while the user still fills in the form.

import { unfinished } from "../alerts.js";
import { send } from "../api.js";
import { called } from "../called.js";
import { t, word } from "../i18n.js";
import { AreaName } from "../people/parts.js";
import { html, useEffect, useRef, useState } from "../preact.js";
import { duplicates } from "../requests/nearby.js";
import { What } from "../requests/show.js";
import { href } from "../router.js";
import { live } from "../store.js";
import { now, since, span } from "../time.js";
import { Age, Presence, Priority, State, useAction } from "../ui.js";
import { Quiet } from "./form.js";
import { placed } from "./place.js";

const MOST = 6;
const PHONE = /^\+?[\d\s()-]{5,}$/;

/** Look up who has a phone number. `look(text)` asks once for each number. */
export function usePhone() {
  const [found, setFound] = useState(null);
  const { problem, run } = useAction();
  const last = useRef("");
  const look = async (text) => {
    const phone = text.trim();
    if (phone === last.current) return;
    last.current = phone;
    setFound(null);
    if (!PHONE.test(phone)) return;
    const answer = await run(() => send("POST", `/${live.peek().jurisdiction}/find`, { phone, limit: 20 }));
    if (answer && last.current === phone) setFound(answer);
  };
  const forget = () => {
    last.current = "";
    setFound(null);
  };
  return { found, problem, look, forget };
}

/** Clear the lookup when the form starts over. */
export function useForgetting(phone, round) {
  useEffect(() => {
    phone.forget();
  }, [round]);
}

const Same = ({ row, how }) => html`<li><a href=${href("requests", { id: row.request })}><${What} row=${row}
  /></a>
  <${Priority} value=${row.priority} short /><${State} domain="request_state" value=${row.state} /><span
    class="entry-same-place"><${AreaName} code=${row.area} /></span>
  <span class="muted">${how ?? since(row.opened_at)}</span></li>`;

/** Unfinished requests of the same category in or near the same area. */
export function SameNeed({ category, values }) {
  if (!category || !values.area) {
    return html`<section class="entry-card"><h2>${t("entry.same_need")}</h2><p
      class="muted">${t("entry.same_need_wait")}</p></section>`;
  }
  const { data } = placed(values);
  const found = duplicates({
    request: null,
    category,
    area: values.area,
    opened_at: new Date(now.value).toISOString(),
    lon: data.lon ?? null,
    lat: data.lat ?? null,
  });
  return html`<section class="entry-card" aria-live="polite">
    <h2>${t("entry.same_need")}${
      found.length > 0 && html` <span class="entry-count">${found.length}</span>`
    } <${Age} views=${["requests"]} /></h2>
    ${
      found.length === 0
        ? html`<p class="muted">${t("entry.same_need_none")}</p>`
        : html`<p>${t("entry.same_need_note")}</p><ul
      class="entry-lines">${found.slice(0, MOST).map(
        ({ other, same, apart }) =>
          html`<${Same} key=${other.request} row=${other}
        how=${`${t(same ? "requests.same_area" : "requests.same_community")} · ${span(apart)}`} />`,
      )}</ul>
    ${found.length > MOST && html`<p class="muted">${t("entry.same_more", { n: found.length - MOST })}</p>`}`
    }</section>`;
}

/** Requests and workers with the entered phone number. */
export function SamePhone({ phone: { found, problem } }) {
  if (!found) return html`<${Quiet} problem=${problem} />`;
  const open = found.requests.filter(unfinished);
  const ended = found.requests.length - open.length;
  if (!found.requests.length && !found.workers.length)
    return html`<section class="entry-card"
    aria-live="polite"><h2>${t("entry.same_phone")}</h2><p class="muted">${t("entry.same_phone_none")}</p>
    </section>`;
  return html`<section class="entry-card" aria-live="polite"><h2>${t("entry.same_phone")} <span
    class="entry-count">${open.length + found.workers.length}</span></h2>
    <ul class="entry-lines">${found.workers.map(
      (row) => html`<li key=${row.worker}><a
      href=${href("workers", { id: row.worker })}>${row.name ?? called("worker", row.worker)}</a>
        <span>${word("role", row.role)}</span><${Presence} value=${row.presence} /><span
          class="entry-same-place"><${AreaName} code=${row.area} /></span></li>`,
    )}
      ${open.map((row) => html`<${Same} key=${row.request} row=${row} />`)}</ul>
    ${ended > 0 && html`<p class="muted">${t("entry.same_phone_ended", { n: ended })}</p>`}</section>`;
}
