// A list with one row in a panel beside it: which row is marked, which is open, and where the focus goes.

import { SETTLED_MS, useLater } from "../hooks.js";
import { useEffect, useState } from "../preact.js";
import { go, route } from "../router.js";
import { useListKeys, useOpening } from "./parts.js";

/** Return what a page needs for its table and its panel. `settled` is the row whose panel may load.
 *
 * @param {"teams" | "workers"} page
 * @param {string | undefined} id that of the address
 * @param {(row: any) => string} identity
 */
export function useBeside(page, id, identity) {
  const [focused, setFocused] = useState(0);
  const [cursor, setCursor] = useState(id);
  const settled = useLater(id, SETTLED_MS);
  useListKeys();
  useEffect(() => {
    if (id) setCursor(id);
  }, [id]);
  const show = (row, replace) => go(page, { id: identity(row), query: route.peek().query, replace });
  const opening = useOpening((row) => show(row, Boolean(id)));
  return {
    cursor,
    settled,
    focused,
    onClick: opening.onClick,
    close: () => {
      go(page, { query: route.peek().query, replace: true });
      const body = /** @type {HTMLElement} */ (document.querySelector(`.folk-${page} .grid-body`));
      body?.focus();
    },
    select: (row) => {
      setCursor(identity(row));
      opening.note(row);
      if (id) show(row, true);
    },
    open: (row) => {
      show(row, Boolean(id));
      setFocused((round) => round + 1);
    },
  };
}
