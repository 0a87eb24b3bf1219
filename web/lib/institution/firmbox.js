// A combobox of enterprises, found at the service by name, code or id: there may be 100,000.

import { get } from "../api.js";
import { useLater } from "../hooks.js";
import { html, useEffect, useState } from "../preact.js";
import { areas, live } from "../store.js";
import { PickBox } from "./pickbox.js";

/** Pause in ms after the last key before the service is asked. */
const TYPED_MS = 200;
const MOST = 8;

/** Return a find as a choice: id, name, and where it lies. */
const choice = ({ enterprise, name, area }) => [enterprise, name, areas.peek().name(area)];

/** The combobox. `ledger` offers what is in the ledger, otherwise what trades; `but` is left out.
 *
 * @param {{ ledger?: boolean, but?: string, value: string, change: (id: string) => void,
 *   common: Record<string, any> }} props
 */
export function FirmBox({ ledger, but, value, change, common }) {
  const [options, setOptions] = useState(/** @type {any[]} */ ([]));
  const [text, setText] = useState("");
  const asked = useLater(text.trim(), TYPED_MS);
  const { jurisdiction } = live.peek();
  useEffect(() => {
    if (!value || options.some(([id]) => id === value)) return;
    get(`/${jurisdiction}/enterprises/${encodeURIComponent(value)}`).then(
      (row) => setOptions([choice(row)]),
      () => {}, // the field shows the id
    );
  }, [value]);
  useEffect(() => {
    let current = Boolean(asked);
    const show = ({ items }) =>
      current && setOptions(items.filter((one) => one.enterprise !== but).map(choice));
    if (asked) {
      const params = { text: asked, limit: MOST + 1, ledger: ledger ? "true" : undefined };
      get(`/${jurisdiction}/find/enterprises`, params).then(show, () => {}); // the next key asks again
    }
    return () => {
      current = false;
    };
  }, [asked]);
  return html`<${PickBox} options=${options} value=${value} change=${change} common=${common}
    find=${setText} />`;
}
