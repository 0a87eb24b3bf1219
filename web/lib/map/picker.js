// Picking a place on a map: by pointer, or with arrows and Enter at its centre.

import { t } from "../i18n.js";
import { html, useEffect, useRef, useState } from "../preact.js";
import { theme } from "../prefs.js";
import { areas, live } from "../store.js";
import { Icon } from "../ui.js";
import { bounds, meant, shown } from "./points.js";
import { areaShapes, useBoundaries } from "./shapes.js";
import { mapWords } from "./words.js";

const CLOSE = 0.02;
const NOTHING = { type: "FeatureCollection", features: [] };
const at = (point) => ({
  type: "FeatureCollection",
  features: [{ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: shown(point) } }],
});
const around = ([lon, lat]) => [
  [lon - CLOSE, lat - CLOSE],
  [lon + CLOSE, lat + CLOSE],
];

/** Where to begin: near the place, else at the chosen area, else all areas. */
function view(place, shapes, area) {
  if (place) return around(shown(place));
  const own = shapes.features.filter((one) => one.properties.area === area);
  if (own.length) return bounds({ features: own });
  const node = areas.peek().node(area);
  if (node && typeof node.lon === "number") return around(shown([node.lon, node.lat]));
  return bounds(shapes) ?? everywhere();
}

/** The areas with coordinates, if there is any. */
function everywhere() {
  const placed = [...areas.peek().nodes.values()].filter((node) => typeof node.lon === "number");
  const points = placed.map((node) => at([node.lon, node.lat]).features[0]);
  return points.length ? bounds({ features: points }) : null;
}

/** A map that gives `pick` a place in WGS-84.
 *
 * @param {object} props
 * @param {import("./inside.js").Point | null} props.place
 * @param {string} props.area Code of the area chosen so far.
 * @param {(place: import("./inside.js").Point, rows: any[]) => void} props.pick `rows`: the boundaries.
 */
export function Picker({ place, area, pick }) {
  const box = useRef();
  const map = useRef(null);
  const [failed, setFailed] = useState(false);
  const { rows, ready } = useBoundaries();
  /** @type {{ current: (point: import("./inside.js").Point) => void }} */
  const pressed = useRef(() => undefined);
  pressed.current = (point) => pick(meant(point), rows);
  useEffect(() => {
    if (!ready) return undefined;
    let over = false;
    const shapes = areaShapes(rows, areas.peek(), () => "step-0");
    import("./geo.js")
      .then((geo) => geo.open(box.current, { ...mapWords(), "Map.Title": t("map.pick_hint") }))
      .then((opened) => {
        if (over) {
          opened.close();
          return;
        }
        map.current = opened;
        opened.placing((point) => pressed.current(point));
        opened.show({ shapes, picked: place ? at(place) : NOTHING });
        const begin = view(place, shapes, area);
        if (begin) opened.fit(begin);
        opened.map.once("idle", () => box.current?.setAttribute("data-ready", ""));
      })
      .catch((error) => {
        console.warn(error);
        if (!over) setFailed(true);
      });
    return () => {
      over = true;
      map.current?.close();
      map.current = null;
    };
  }, [ready, rows, live.value?.jurisdiction]);
  useEffect(() => {
    map.current?.show({ picked: place ? at(place) : NOTHING });
  }, [place?.[0], place?.[1]]);
  useEffect(() => {
    map.current?.restyle();
  }, [theme.value]);
  const centre = () => map.current && pressed.current(map.current.centre());
  const key = (event) => {
    if (event.key !== "Enter" || !event.target.closest(".maplibregl-canvas-container")) return;
    event.preventDefault();
    centre();
  };
  if (failed)
    return html`<p class="note note-error" role="alert"><${Icon} name="alert" />
      ${t("map.pick_no_webgl")}</p>`;
  return html`<div class="place-map"><p class="field-hint">${t("map.pick_hint")}</p>
    <div class="place-box" ref=${box} onKeyDown=${key}><span
      class="place-cross" aria-hidden="true"></span></div>
    <p><button type="button" class="button" onClick=${centre}>${t("map.pick_centre")}</button></p></div>`;
}
