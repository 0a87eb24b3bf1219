// Which past a page of an institution shows, in words.

import { t } from "../i18n.js";
import { asked } from "../people/parts.js";

/** Say which past is shown. */
export function pastText() {
  const [date] = asked("at");
  return date.length === 10
    ? t("institution.past", { date })
    : t("institution.past_time", { at: date.replace("T", " ") });
}
