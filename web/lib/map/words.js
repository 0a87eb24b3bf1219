// Texts of the map's controls.
import { t } from "../i18n.js";

/** Return them by the names that MapLibre gives them. */
export const mapWords = () => ({
  "NavigationControl.ZoomIn": t("map.zoom_in"),
  "NavigationControl.ZoomOut": t("map.zoom_out"),
  "Map.Title": t("map.aria"),
  "ScaleControl.Meters": t("map.m"),
  "ScaleControl.Kilometers": t("map.km"),
});
