// Inspections: written or on site, with place, time and picture, and what was found.

import { shortened } from "../lib/called.js";
import { t, word } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";
import { unitName, words } from "../lib/posts/posts.js";
import { html } from "../lib/preact.js";
import { href } from "../lib/router.js";
import { FILE_CODES, Files } from "../lib/sealed.js";
import { Linked, lines, unit } from "../lib/supervision/parts.js";
import { stamp } from "../lib/time.js";

const MANNERS = ["on_site", "written"];
const STATES = ["ordered", "reported", "called_off"];
const ordered = (row) => row.state === "ordered";
const about = (row, source) =>
  row.undertaking
    ? (source.rows("undertakings").get(row.undertaking)?.title ?? shortened(row.undertaking))
    : unitName(row.unit, source);

/** What was found, and what became of it. */
const Findings = ({ row, source }) =>
  html`<ul class="folk-lines">${row.findings.map((one) => {
    const made = source.rows("undertakings").get(one.undertaking);
    return html`<li key=${one.undertaking}><a href=${href("undertakings", { id: one.undertaking })}><bdi>${
      one.text
    }</bdi></a>${made && html`<span class="muted">${word("undertaking_state", made.state)}</span>`}</li>`;
  })}</ul>`;

/** The picture that the inspector took. */
function Picture({ row: { file, ended_at } }) {
  const name = t("inspections.picture_of", { at: stamp(ended_at) });
  return html`<${Files} files=${[{ file, name }]} />`;
}

export default institution({
  name: "inspections",
  view: "inspections",
  also: ["undertakings", "units"],
  kind: "inspection",
  title: about,
  sort: "-ordered_at",
  dated: true,
  personal: true,
  columns: [
    { key: "about", of: about, width: "minmax(10rem, 2fr)", long: true },
    { key: "manner", kind: "code", domain: "inspection_manner", width: "minmax(6rem, 1fr)" },
    { key: "state", kind: "state", domain: "inspection_state", width: "8rem" },
    { key: "inspector", kind: "worker", width: "minmax(6rem, 1fr)", wide: true },
    { key: "ordered_at", kind: "instant", width: "11rem", wide: true },
    { key: "found", kind: "number", width: "6rem" },
  ],
  facts: [
    { key: "state", kind: "state", domain: "inspection_state" },
    { key: "manner", kind: "code", domain: "inspection_manner" },
    { key: "undertaking", cell: (row, source) => html`<${Linked} id=${row.undertaking} source=${source} />` },
    { key: "unit", of: (row, source) => unitName(row.unit, source) },
    { key: "inspector", kind: "worker" },
    { key: "place" },
    { key: "lat" },
    { key: "lon" },
    { key: "note" },
    { key: "reason" },
    { key: "area", kind: "area" },
    { key: "ordered_at", kind: "instant" },
    { key: "ended_at", kind: "instant" },
  ],
  filters: [
    { key: "area", kind: "area" },
    { key: "state", domain: "inspection_state", codes: STATES },
    { key: "manner", domain: "inspection_manner", codes: MANNERS },
  ],
  parts: [
    { key: "picture", body: Picture, when: (row) => row.file },
    { key: "findings", body: Findings, when: (row) => row.findings.length > 0 },
  ],
  make: [
    {
      command: "inspection.order",
      fact: true,
      fields: [
        { name: "manner", kind: "pick", options: words("inspection_manner", MANNERS), required: true },
        {
          name: "undertaking",
          kind: "pick",
          options: (source) =>
            [...source.rows("undertakings").values()]
              .filter((one) => one.state === "open")
              .map((one) => /** @type {[string, string]} */ ([one.key, one.title])),
          codes: ["inspection.of_nothing", "undertaking.unknown"],
        },
        unit(),
        { name: "inspector", most: 64, codes: ["worker.unknown", "worker.retired"] },
        { name: "area", kind: "area" },
      ],
    },
  ],
  forms: [
    {
      command: "inspection.report",
      main: true,
      fact: true,
      note: "report_note",
      when: ordered,
      fields: [
        { name: "place", most: 200, codes: ["inspection.no_place"] },
        { name: "findings", kind: "lines", most: 4000 },
        { name: "file", kind: "file", pictures: true, codes: FILE_CODES },
        { name: "note", kind: "lines", most: 4000 },
      ],
      data: ({ findings, ...values }) => ({
        ...values,
        findings: lines(findings).map((text) => ({ text })),
      }),
    },
    {
      command: "inspection.call_off",
      fact: true,
      when: ordered,
      fields: [{ name: "reason", required: true, most: 200 }],
    },
    { command: "inspection.erase", note: "erase_note", fields: [] },
  ],
});
