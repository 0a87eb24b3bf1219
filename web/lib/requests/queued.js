// The content of the queue: the requests that match its filters, in its order.

import { alerts } from "../alerts.js";
import { get } from "../api.js";
import { useEffect, useMemo, useRef, useState } from "../preact.js";
import { route } from "../router.js";
import { ENDED } from "../rules.js";
import { live, requests } from "../store.js";
import { useAction } from "../ui.js";
import { endedRows, slow, tasksOf } from "./desk.js";
import { comparison, filtersOf, passer, sortOf } from "./filter.js";

/** Page size of ended requests. */
export const PAGE = 200;
/** Return the ids of requests with an assignment or offer of a unit, or null without a unit. */
function useUnit(unit) {
  const tasks = tasksOf.value;
  return useMemo(() => {
    if (!unit) return null;
    return new Set([...tasks].filter(([, rows]) => rows.some((row) => row.unit === unit)).map(([id]) => id));
  }, [unit, tasks]);
}

/** Load ended requests page by page, newest first. */
function useEnded(filters) {
  const [found, setFound] = useState({ rows: [], next: undefined });
  const action = useAction();
  const round = useRef(0);
  const asked = JSON.stringify([
    filters.ended,
    filters.area,
    filters.state,
    filters.category,
    filters.priority,
    filters.incident,
  ]);
  const load = async (before) => {
    const mine = ++round.current;
    const { area, category, priority, incident } = filters;
    const states = filters.state.filter((state) => ENDED.includes(state));
    const page = await action.run(() =>
      get(`/${route.peek().jurisdiction}/requests`, {
        state: states.length ? states : ENDED,
        area: area ?? undefined,
        category,
        priority,
        incident,
        sort: "-ended_at",
        limit: PAGE,
        cursor: before.next,
      }),
    );
    if (page && mine === round.current)
      setFound({ rows: [...before.rows, ...page.items], next: page.next ?? null });
  };
  useEffect(() => {
    setFound({ rows: [], next: undefined });
    if (filters.ended) load({ rows: [], next: undefined });
  }, [asked]);
  return {
    ...found,
    busy: action.busy,
    problem: action.problem,
    more: () => load(found),
    again: () => load({ rows: [], next: undefined }),
  };
}

/** Return the content of the queue. A selected row that no longer matches stays visible, as `ghost`. */
export function useQueue() {
  const { query, id } = route.value;
  const key = JSON.stringify(query);
  const filters = useMemo(() => filtersOf(query), [key]);
  const ofUnit = useUnit(filters.unit);
  const ended = useEnded(filters);
  const source = filters.ended ? ended.rows : requests.value;
  const order = useMemo(() => sortOf(query, filters.ended), [key]);
  const at = slow.value;
  const told = alerts.value;
  const matching = useMemo(
    () => source.filter(passer(filters, at, ofUnit)).sort(comparison(order, at)),
    [source, filters, order, at, ofUnit, told],
  );
  const kept = useRef(null);
  const mine = matching.find((row) => row.request === id);
  if (mine) kept.current = mine;
  else if (kept.current?.request !== id) kept.current = null;
  const ghost = mine
    ? null
    : kept.current && (live.value.rows("requests").get(id) ?? endedRows.value.get(id) ?? kept.current);
  const rows = useMemo(
    () => (ghost ? placed(matching, kept.current, ghost, comparison(order, at)) : matching),
    [matching, ghost],
  );
  return {
    filters,
    order,
    rows,
    matching,
    ghost,
    total: filters.ended ? null : source.length,
    ended,
    at,
    ofUnit,
  };
}

/** Insert a row at the position that it had before it changed. */
function placed(rows, before, ghost, compare) {
  const at = rows.findIndex((row) => compare(before, row) < 0);
  return at < 0 ? [...rows, ghost] : rows.toSpliced(at, 0, ghost);
}
