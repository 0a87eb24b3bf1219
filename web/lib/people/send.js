// Sending one command from a form: the same form pressed again is the same command.
import { useRef } from "../preact.js";
import { command, uuid } from "../api.js";
import { t } from "../i18n.js";
import { live } from "../store.js";
import { toast, useAction } from "../ui.js";

/** {busy, problem, send(name, data, observed)}: `send` resolves to whether it was recorded, and says so.
 *
 * The id stays as long as name and data do: pressed again after an unknown outcome nothing happens twice.
 * `at` in data is by the service's clock, so no device's clock is taken out of it.
 */
export function useSend() {
  const action = useAction();
  const last = useRef({});
  const send = async (name, data, observed) => {
    const text = JSON.stringify([name, data, observed]);
    if (last.current.text !== text) last.current = { text, id: uuid() };
    const options = { id: last.current.id, observed };
    const answer = await action.run(() => command(live.peek().jurisdiction, name, data, options));
    if (!answer) return false;
    last.current = {};
    toast(t(`people.outcome.${answer.outcome}`));
    return true;
  };
  return { ...action, send };
}
