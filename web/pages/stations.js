// Stations: where couriers and drivers rest, and people find shelter. Each with its hours, its live status,
// its places and its days.

import { number, t } from "../lib/i18n.js";
import { institution } from "../lib/institution/page.js";
import { words } from "../lib/posts/posts.js";
import { Days, Door, Needs, shownStatus } from "../lib/stations/parts.js";

/** @typedef {import("../lib/institution/types.js").FormField} FormField */

const active = (row) => row.state === "active";
const MOST = 1000000;
/** @type {FormField[]} */
const PLACES = ["seats", "charging_points", "beds", "rooms"].map((name) => ({
  name,
  kind: "number",
  least: 0,
  most: MOST,
}));
/** @type {FormField[]} */
const DETAILS = [
  { name: "name", required: true, most: 200 },
  { name: "kind", kind: "code", list: "station_kind" },
  { name: "address", most: 200 },
  { name: "lat", kind: "number", codes: ["place.half"] },
  { name: "lon", kind: "number" },
  ...PLACES,
  { name: "hours", most: 500 },
];

export default institution({
  name: "stations",
  view: "stations",
  also: ["station_days", "needs"],
  kind: "station",
  title: (row) => row.name,
  sort: "name",
  dated: "instant",
  columns: [
    { key: "name", width: "minmax(10rem, 2fr)" },
    { key: "kind", kind: "code", domain: "station_kind", width: "minmax(7rem, 1fr)" },
    { key: "area", kind: "area", width: "minmax(7rem, 1fr)" },
    { key: "status", kind: "state", domain: "station_status", of: shownStatus, width: "8rem" },
    { key: "present", kind: "number", width: "6rem" },
    { key: "seats", kind: "number", width: "6rem", wide: true },
    { key: "beds", kind: "number", width: "6rem", wide: true },
    { key: "on_map", kind: "flag", width: "7rem", wide: true },
  ],
  facts: [
    { key: "kind", kind: "code", domain: "station_kind" },
    { key: "area", kind: "area" },
    { key: "address" },
    { key: "lat" },
    { key: "lon" },
    { key: "hours" },
    { key: "status", kind: "state", domain: "station_status", of: shownStatus },
    { key: "status_at", kind: "instant" },
    { key: "status_until", kind: "instant" },
    { key: "present", kind: "number" },
    { key: "seats", kind: "number" },
    { key: "charging_points", kind: "number" },
    { key: "beds", kind: "number" },
    { key: "rooms", kind: "number" },
    { key: "over", kind: "flag" },
    { key: "keeper", kind: "worker" },
    { key: "holder" },
    { key: "on_map_since", kind: "instant" },
    { key: "state", kind: "state", domain: "station_state" },
    { key: "since", kind: "instant" },
  ],
  filters: [
    { key: "area", kind: "area" },
    { key: "kind", domain: "station_kind" },
    {
      key: "status",
      domain: "station_status",
      of: shownStatus,
      codes: ["open", "full", "closed", "unknown"],
    },
    { key: "on_map", kind: "flag" },
    { key: "over", kind: "flag" },
    { key: "state", domain: "station_state", codes: ["active", "withdrawn"], otherwise: ["active"] },
  ],
  pictures: [
    { key: "map", load: () => import("../lib/stations/map.js") },
    { key: "occupancy", load: () => import("../lib/stations/occupancy.js") },
    { key: "uses", load: () => import("../lib/stations/uses.js") },
    { key: "shortage", load: () => import("../lib/stations/shortage.js") },
  ],
  parts: [
    { key: "days", body: Days },
    { key: "needs", body: Needs },
    { key: "door", body: Door },
  ],
  imports: true,
  sums: (rows) => t("stations.sum_map", { n: number(rows.filter((row) => row.on_map).length) }),
  make: [
    {
      command: "station.register",
      fact: true,
      fields: [...DETAILS.slice(0, 2), { name: "area", kind: "area" }, ...DETAILS.slice(2)],
    },
  ],
  forms: [
    {
      command: "station.report",
      main: true,
      fact: true,
      fields: [
        { name: "status", kind: "pick", options: words("station_status", ["open", "full", "closed"]) },
        { name: "present", kind: "number", least: 0, most: MOST },
        { name: "until", kind: "instant", codes: ["station.until"] },
      ],
      when: active,
    },
    {
      command: "station.use",
      fact: true,
      fields: [{ name: "service", kind: "code", list: "station_service" }],
      when: active,
    },
    {
      command: "need.open",
      fact: true,
      fields: [
        { name: "item", required: true, most: 200 },
        { name: "side", kind: "pick", options: words("need_side", ["short", "surplus"]) },
        { name: "priority", kind: "number", least: 1, most: 4 },
        { name: "quantity", kind: "number", least: 0, most: 1000000000 },
      ],
      when: active,
    },
    { command: "station.amend", amends: true, fact: true, fields: DETAILS, when: active },
    {
      command: "station.move",
      fact: true,
      fields: [{ name: "area", kind: "area", required: true }],
      when: active,
    },
    {
      command: "station.entrust",
      fact: true,
      fields: [
        { name: "worker", codes: ["worker.unknown", "worker.retired"] },
        { name: "holder", codes: ["station.two_keepers", "holder.unknown"] },
      ],
      when: active,
    },
    { command: "station.publish", fact: true, fields: [], when: (row) => active(row) && !row.on_map },
    { command: "station.unpublish", fact: true, fields: [], when: (row) => row.on_map },
    { command: "station.withdraw", fact: true, fields: [{ name: "reason", most: 200 }], when: active },
    {
      command: "station.restore",
      fact: true,
      fields: [{ name: "reason", most: 200 }],
      when: (row) => !active(row),
    },
  ],
});
