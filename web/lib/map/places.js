// Last known places of who is on duty, asked for every ten seconds while the map is in sight.
import { useEffect, useState } from "../preact.js";
import { get } from "../api.js";
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

/** {places, problem, at}: when they were asked for, by the performance clock. */
export function usePlaces() {
  const [found, setFound] = useState({ places: [], at: null });
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
