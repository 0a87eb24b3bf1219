// What the pages of training share: who somebody is, half-days in words, and the lists of a session.

import { t, word } from "../i18n.js";
import { perSource } from "../institution/rows.js";
import { collator, WorkerLink } from "../people/parts.js";
import { html } from "../preact.js";
import { stamp } from "../time.js";

export const MODES = ["online", "base", "school"];
export const ROLES = ["participant", "lecturer", "organiser"];

/** The posts of each holder, as text: [holder, text]. */
const holders = perSource((source) => {
  const found = new Map();
  for (const post of source.rows("posts").values())
    for (const term of post.terms ?? []) {
      const text = [term.holder_name, post.name].filter(Boolean).join(" · ");
      found.set(term.holder, text);
    }
  return found;
});

/** Return the choices of a form that asks for the holder of a post. */
const holderChoices = (source) =>
  /** @type {[string, string][]} */ ([...holders(source)]).sort((a, b) =>
    collator.peek().compare(a[1], b[1]),
  );

/** Return who somebody is, as text: the id of a worker, or a holder with the post. */
export function personText(person, source) {
  const [kind, key] = person.split("/");
  return kind === "worker" ? key : (holders(source).get(key) ?? key);
}

/** Who somebody is. */
export const Person = ({ person, source }) =>
  person.startsWith("worker/")
    ? html`<${WorkerLink} id=${person.slice("worker/".length)} />`
    : html`<bdi>${personText(person, source)}</bdi>`;

/** Return a half-day in words: 2022-03-05 morning. */
export function halfText(half) {
  const [day, part] = half.split(".");
  return `${day} ${t(`training.${part}`)}`;
}

/** The fields of a form that asks for one person: a worker, or the holder of a post.
 * @type {import("../institution/types.js").FormField[]}
 */
export const PERSON = [
  {
    name: "worker",
    most: 64,
    codes: ["worker.unknown", "worker.retired", "session.one_person"],
    when: (values) => !values.holder,
  },
  {
    name: "holder",
    kind: "pick",
    options: holderChoices,
    codes: ["holder.unknown"],
    when: (values) => !values.worker,
  },
];

/** The half-days of a session as choices.
 * @type {NonNullable<import("../institution/types.js").FormField["options"]>}
 */
export const halfChoices = (_source, row) =>
  (row?.halves ?? []).map((half) => /** @type {[string, string]} */ ([half, halfText(half)]));

/** The half-days on which anybody was seen, as choices. */
export const seenHalves = (_source, row) =>
  [...new Set((row?.presence ?? []).map((one) => one.half))].map(
    (half) => /** @type {[string, string]} */ ([half, halfText(half)]),
  );

/** Those who have a place. */
export const Signed = ({ row, source }) =>
  html`<ul class="folk-lines">${row.signed.map(
    (one) => html`<li key=${one}><${Person} person=${one} source=${source} /></li>`,
  )}</ul>`;

/** Those who wait, in their order. */
export const Waiting = ({ row, source }) =>
  html`<ol class="folk-lines">${row.waiting.map(
    (one) => html`<li key=${one}><${Person} person=${one} source=${source} /></li>`,
  )}</ol>`;

/** Who was there, half-day by half-day. */
export const Presence = ({ row, source }) =>
  html`${row.halves
    .map((half) => [half, row.presence.filter((one) => one.half === half)])
    .filter(([, some]) => some.length > 0)
    .map(
      ([half, some]) => html`<section key=${half}><h4>${halfText(half)}</h4>
      <ul class="folk-lines">${some.map(
        (one) => html`<li key=${one.who}><${Person} person=${one.who} source=${source} />
          <span class="muted">${word("training_role", one.role)} · ${word("training_via", one.via)} ·
          ${stamp(one.at)}</span></li>`,
      )}</ul></section>`,
    )}`;
