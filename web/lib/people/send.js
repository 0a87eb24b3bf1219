// Sends one command from a form. A retry of the same form is the same command.

import { command, uuid } from "../api.js";
import { t } from "../i18n.js";
import { useRef } from "../preact.js";
import { live } from "../store.js";
import { toast, useAction } from "../ui.js";

/** Like useAction, with `send` for a command. It shows a toast and resolves to the answer, null if it was not
 * recorded.
 *
 * The id changes only with name and data, so a retry after an unknown outcome records nothing twice.
 * `at` in data follows the service's clock and needs no correction.
 */
export function useSend() {
  const action = useAction();
  const last = useRef(/** @type {{ text?: string, id?: string }} */ ({}));
  const send = async (name, data, observed) => {
    const text = JSON.stringify([name, data, observed]);
    if (last.current.text !== text) last.current = { text, id: uuid() };
    const options = { id: last.current.id, observed };
    const answer = await action.run(() => command(live.peek().jurisdiction, name, data, options));
    if (!answer) return null;
    last.current = {};
    toast(t(`people.outcome.${answer.outcome}`));
    return answer;
  };
  return { ...action, send };
}
