// Verdicts given without right: why, whose they are, and the forms to confirm them or to give others.

import { number, t, word } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";
import { sentence } from "../lib/ledger/path.js";
import { postName, words } from "../lib/posts/posts.js";
import { html } from "../lib/preact.js";
import { href } from "../lib/router.js";
import { Icon } from "../lib/ui.js";

const waits = (row) => row.state === "open";
/** What was given: approved, rejected or sent back. */
const given = (row) => (row.verdict ? word("opinion", row.verdict) : word("review_place", "sent_back"));
const STATE = /** @type {const} */ ({ key: "state", kind: "state", domain: "doubt_state" });
const STAGE = /** @type {const} */ ({ key: "stage", kind: "code", domain: "review_stage" });
const WHY = /** @type {const} */ ({ key: "why", kind: "code", domain: "doubt_why" });
const OWNER = { key: "owner", of: (row, source) => row.owner_name ?? postName(row.owner, source) };
const POST = { key: "post", of: (row, source) => row.post_name ?? postName(row.post, source) };
const NOTE = { name: "note", most: 200 };
const TURN = ["review.nobody", "review.not_yours", "review.own_entry", "review.same_person"];

export default institution({
  name: "verdicts",
  view: "verdicts_without_right",
  derived: true,
  kind: "enterprise",
  about: (row) => row.enterprise,
  title: (row) => row.name,
  sort: "-given_at",
  dated: true,
  columns: [
    { key: "name", width: "minmax(10rem, 2fr)" },
    { ...STAGE, width: "minmax(6rem, 1fr)" },
    { key: "verdict", of: given, width: "6rem" },
    { key: "given_at", kind: "instant", width: "12rem", wide: true },
    { ...WHY, width: "minmax(9rem, 1.6fr)", long: true },
    { ...OWNER, width: "minmax(8rem, 1.4fr)", long: true },
    { ...STATE, width: "7rem" },
    { key: "area", kind: "area", width: "minmax(6rem, 1fr)", wide: true },
  ],
  facts: [
    STATE,
    STAGE,
    { key: "verdict", of: given },
    { key: "given_at", kind: "instant" },
    POST,
    { key: "given_by" },
    WHY,
    OWNER,
    { key: "settled_at", kind: "instant" },
    { key: "area", kind: "area" },
    { key: "trade", kind: "code", domain: "trade" },
    { key: "in_ledger", kind: "flag" },
  ],
  filters: [
    {
      ...STATE,
      kind: "code",
      codes: ["open", "confirmed", "replaced", "over"],
      otherwise: ["open"],
      served: true,
    },
    { ...STAGE, served: true },
    { ...WHY, codes: ["charge", "holder", "delegation", "unnamed"], served: true },
    {
      key: "owner",
      say: (key, source) =>
        [...source.rows("verdicts_without_right").values()].find(({ owner }) => owner === key)?.owner_name ??
        postName(key, source),
      served: true,
    },
    { key: "area", kind: "area", served: true },
    { key: "trade", kind: "code", domain: "trade", served: true },
  ],
  sentence,
  sums: (rows) =>
    html`<span>${t("verdicts.nobodys", { n: number(rows.filter((row) => waits(row) && !row.owner).length) })}
    </span>`,
  links: (row) =>
    html`<a class="button" href=${href("enterprises", { id: row.enterprise })}><${Icon} name="eye" />
      ${t("verdicts.enterprise")}</a>`,
  forms: [
    {
      command: "review.confirm",
      many: true,
      main: true,
      fact: true,
      note: "confirm_note",
      fields: [{ ...NOTE, codes: TURN }],
      data: (values, row) => ({ ...values, enterprise: row.enterprise, given: row.given }),
      when: waits,
    },
    {
      command: "review.judge",
      fact: true,
      fields: [
        {
          name: "verdict",
          kind: "pick",
          options: words("opinion", ["approve", "reject"]),
          required: true,
          codes: TURN,
        },
        {
          name: "reason",
          kind: "code",
          list: "send_back",
          required: true,
          when: ({ verdict }) => verdict === "reject",
        },
        NOTE,
      ],
      data: (values, row) => ({ ...values, enterprise: row.enterprise, stage: row.stage }),
      when: (row) => waits(row) && row.verdict !== null,
    },
  ],
});
