// Keyboard shortcuts of the queue and of one request.
import { t } from "../i18n.js";

/** Return pairs of keys and their description. */
export const requestKeys = () => [
  ["Enter", t("keys.open")],
  ["Space", t("keys.check")],
  ["a", t("requests.assign")],
  ["a Enter", t("requests.key_best")],
  ["o", t("requests.offer")],
  ["x", t("requests.end")],
  ["m", t("requests.merge")],
  ["e", t("requests.amend")],
  ["r", t("requests.reopen")],
  ["c", t("requests.reveal")],
  ["u z", t("undo.key")],
];
