// Who saw whose personal data: the asker, and each subject by name or number.

import { get } from "./api.js";
import { number, t } from "./i18n.js";
import { html } from "./preact.js";
import { who } from "./requests/history.js";
import { href, route } from "./router.js";
import { useLoaded } from "./ui.js";
import { requestName } from "./urgency.js";

/** Subjects that are named; of more only the count is shown. */
const NAMED = 3;
/** Kind of a subject -> its view, its page, and what it is called. */
const KINDS = {
  request: { view: "requests", page: "requests", name: requestName },
  worker: { view: "roster", page: "workers", name: (row) => row.name ?? row.call_sign ?? row.worker },
};

/** Return [kind, id] of a subject, kind/id. */
const parted = (subject) => {
  const at = subject.indexOf("/");
  return [subject.slice(0, at), subject.slice(at + 1)];
};

/** Load what a subject is called, without revealing anything. */
async function nameOf(jurisdiction, subject) {
  const [kind, id] = parted(subject);
  if (!(kind in KINDS)) return t("revealed.note");
  try {
    const row = await get(`/${jurisdiction}/${KINDS[kind].view}/${encodeURIComponent(id)}`);
    return KINDS[kind].name(row) || id;
  } catch (problem) {
    if (problem.code === undefined) throw problem;
    return id;
  }
}

/** The asker and the subjects of an event `personal.revealed`. */
export function Revealed({ event }) {
  const subjects = event.detail.subjects ?? [];
  const first = subjects.slice(0, NAMED);
  const { jurisdiction } = route.value;
  const { data } = useLoaded(
    () => Promise.all(first.map((one) => nameOf(jurisdiction, one))),
    [event.position],
  );
  return html`<span>${who(event.actor)}</span> ${first.map((subject, index) => {
    const [kind, id] = parted(subject);
    const name = data?.[index] ?? id;
    return kind in KINDS
      ? html`<a key=${subject} href=${href(KINDS[kind].page, { id })}>${name}</a> `
      : html`<span key=${subject}>${name}</span> `;
  })}${
    subjects.length > NAMED &&
    html`<span class="muted">${t("revealed.more", { n: number(subjects.length - NAMED) })}</span>`
  }`;
}
