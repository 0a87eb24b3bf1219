// The columns of the list of people, and its stacked rows on narrow screens.

import { t, word } from "../i18n.js";
import { calledBy } from "../names.js";
import { html, useMemo } from "../preact.js";
import { Presence } from "../ui.js";
import { load } from "./listed.js";
import { AreaName, collator, Load, short, TeamLink } from "./parts.js";

const Since = ({ row }) =>
  html`<span class="folk-presence-since"><${Presence} value=${row.presence} />${
    row.since && html` <time class="muted">${short(row.since)}</time>`
  }</span>`;

const COLUMNS = [
  {
    key: "name",
    width: "minmax(6.5rem, 0.8fr)",
    cell: ({ row }) => row.name ?? html`<span class="muted">${t("people.no_name")}</span>`,
  },
  {
    key: "worker",
    sort: true,
    width: "minmax(6rem, 1fr)",
    class: "id",
    cell: ({ row }) => html`<span title=${row.worker}>${calledBy(row.worker, row)}</span>`,
  },
  { key: "role", sort: true, width: "6rem", cell: ({ row }) => word("role", row.role) },
  {
    key: "presence",
    sort: true,
    width: "minmax(10.5rem, 1.1fr)",
    cell: ({ row }) => html`<${Since} row=${row} />`,
  },
  {
    key: "area",
    sort: true,
    width: "minmax(6rem, 1.4fr)",
    cell: ({ row }) => html`<${AreaName} code=${row.area} />`,
  },
  {
    key: "team",
    sort: true,
    width: "minmax(5rem, 1.2fr)",
    cell: ({ row }) => row.team && html`<${TeamLink} id=${row.team} />`,
  },
  {
    key: "organisation",
    sort: true,
    wide: true,
    width: "minmax(5rem, 1fr)",
    cell: ({ row }) => row.organisation,
  },
  {
    key: "load",
    sort: true,
    width: "3.6rem",
    class: "number",
    cell: ({ row }) => html`<${Load} count=${load.value.get(row.worker) ?? 0} capacity=${row.capacity} />`,
  },
  { key: "phone", width: "7rem", class: "id", cell: ({ row }) => row.phone },
];
export const SORTS = ["worker", "role", "presence", "since", "area", "team", "organisation", "load"];

const Name = ({
  row,
}) => html`<strong>${row.name ?? t("people.no_name")}</strong> <span class="folk-person-id">
  ${calledBy(row.worker, row)}</span>`;
const Loaded = ({ row }) => html`<span class="folk-stacked-end">
  ${t("people.load")} <${Load} count=${load.value.get(row.worker) ?? 0} capacity=${row.capacity} /></span>`;

const Three = ({ row }) => html`<div class="folk-stacked"><div class="folk-stacked-line"><span>
  <${Name} row=${row} /></span><span class="folk-stacked-end"><${Since} row=${row} /></span></div>
  <div class="folk-stacked-line muted"><span>${word("role", row.role)}</span><span>
    <${AreaName} code=${row.area} /></span>${row.organisation && html`<span>${row.organisation}</span>`}</div>
  <div class="folk-stacked-line muted"><span class="folk-person-id">${row.phone ?? t("people.no_phone")}
    </span>
    ${row.team && html`<${TeamLink} id=${row.team} />`}<${Loaded} row=${row} /></div></div>`;

const Four = ({ row }) => html`<div class="folk-stacked"><div class="folk-stacked-line"><span>
  <${Name} row=${row} /></span><span class="folk-stacked-end"><${Since} row=${row} /></span></div>
  <div class="folk-stacked-line muted"><span><${AreaName} code=${row.area} /></span>
    <span class="folk-stacked-end">${word("role", row.role)}</span></div>
  <div class="folk-stacked-line muted"><span>${row.organisation ?? ""}</span>
    ${row.team && html`<span class="folk-stacked-end"><${TeamLink} id=${row.team} /></span>`}</div>
  <div class="folk-stacked-line muted"><span class="folk-person-id">${row.phone ?? t("people.no_phone")}
    </span>
    <${Loaded} row=${row} /></div></div>`;

/** Return the columns in the current language, or a single stacked column on narrow screens.
 * @param {{lines: number, wide?: boolean}} plan
 */
export function useColumns({ lines, wide }) {
  const language = collator.value;
  return useMemo(
    () =>
      lines > 1
        ? [{ key: "worker", label: t("page.workers"), cell: lines === 3 ? Three : Four }]
        : COLUMNS.filter((column) => wide || !column.wide).map((column) => ({
            ...column,
            label: t(`people.${column.key === "worker" ? "id" : column.key}`),
          })),
    [lines, wide, language],
  );
}
