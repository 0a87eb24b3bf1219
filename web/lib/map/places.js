// Last known places of people on duty, loaded every ten seconds while the map is visible.

import { get } from "../api.js";
import { useEffect, useState } from "../preact.js";
import { live } from "../store.js";

const EVERY_MS = 10000;

async function fetched(jurisdiction) {
  const items = [];
  let next;
  do {
    const page = await get(`/${jurisdiction}/places`, { limit: 1000, cursor: next });
    items.push(...page.items);
    next = page.next;
  } while (next);
  return items;
}

/** Poll the places. `at` is when they arrived, by performance.now().
 *
 * @returns {{ places: any[], at: number | null, problem?: import("../api.js").Problem }}
 */
export function usePlaces() {
  /** @type {{ places: any[], at: number | null, problem?: import("../api.js").Problem }} */
  const none = { places: [], at: null };
  const [found, setFound] = useState(none);
  const jurisdiction = live.value?.jurisdiction;
  useEffect(() => {
    let over = false;
    const ask = () => {
      if (document.hidden) return;
      fetched(jurisdiction).then(
        (places) => {
          if (!over) setFound({ places, at: performance.now() });
        },
        (problem) => {
          if (problem.code === undefined) throw problem;
          if (!over) setFound((before) => ({ ...before, problem }));
        },
      );
    };
    ask();
    const timer = setInterval(ask, EVERY_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [jurisdiction]);
  return found;
}
