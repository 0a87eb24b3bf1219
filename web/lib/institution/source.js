// The rows of an institution's page: live ones by a stream of its own, or those of a past instant.

import { all } from "../api.js";
import { Live } from "../live.js";
import { useEffect, useMemo, useState } from "../preact.js";
import { live } from "../store.js";
import { useLoaded } from "../ui.js";

/** Rows that are read of the past. */
const MOST = 100000;
/** Pause after a change before rows without a stream are read again. */
const PAUSE_MS = 3000;
const NONE = new Map();

/** Follow views by a stream, while the page is in sight: a browser opens only a few connections to a service.
 *
 * @param {string[]} views
 * @param {boolean} wanted
 * @param {boolean} lean
 */
function useStream(views, wanted, lean) {
  const [stream, setStream] = useState(/** @type {Live | null} */ (null));
  const jurisdiction = live.value?.jurisdiction;
  useEffect(() => {
    if (!wanted || !jurisdiction) return undefined;
    let mine = null;
    const follow = () => {
      mine ??= new Live(jurisdiction, views, lean ? { lean: ["true"] } : {});
      setStream(mine);
    };
    const pause = () => {
      mine?.close();
      mine = null; // the rows stay until the next stream has its own
    };
    const changed = () => (document.hidden ? pause() : follow());
    document.addEventListener("visibilitychange", changed);
    follow();
    return () => {
      document.removeEventListener("visibilitychange", changed);
      pause();
      setStream(null);
    };
  }, [jurisdiction, views.join(" "), wanted]);
  return stream;
}

/** Load views as they were at an instant. */
function usePast(views, at, lean) {
  const jurisdiction = live.value?.jurisdiction;
  const load = async () => {
    if (!at || views.length === 0) return null;
    const pages = await Promise.all(
      views.map((view) => all(jurisdiction, view, { at, ...(lean && { lean: true }) }, MOST)),
    );
    const tables = pages.map(({ items }) => new Map(items.map((row) => [row.key, row])));
    return { at, tables: new Map(views.map((view, index) => [view, tables[index]])) };
  };
  return useLoaded(load, [jurisdiction, views.join(" "), at]);
}

/** Read rows that have no stream: again after each change in the log, but no more often than they are read.
 *
 * @param {import("./types.js").Institution} institution
 * @param {string | null} at
 */
function useAsked({ view, derived, load }, at) {
  const wanted = Boolean(derived || load);
  const jurisdiction = live.value?.jurisdiction;
  const position = live.value?.state.value.position;
  const [again, setAgain] = useState(0);
  const read = async () => {
    if (!wanted) return null;
    const rows = await (load
      ? load(jurisdiction, at)
      : all(jurisdiction, view, at ? { at } : {}, MOST).then(({ items }) => items));
    return { at, table: new Map(rows.map((row) => [row.key, row])) };
  };
  useEffect(() => {
    if (!wanted || at !== null) return undefined;
    const timer = setTimeout(() => setAgain((round) => round + 1), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [wanted, at, again === 0 || position]);
  return useLoaded(read, [jurisdiction, view, at, again]);
}

/** The rows of some views, as they are now or as they were.
 *
 * A stream that starts again keeps the rows it had until it has others.
 *
 * @param {import("./types.js").Institution} institution
 * @param {string[]} views
 * @param {string | null} at
 * @returns {import("./types.js").Source}
 */
export function useSource(institution, views, at) {
  const asking = Boolean(institution.derived || institution.load);
  const streamed = asking ? views.slice(1) : views;
  const asked = useAsked(institution, at);
  const source = useRows(streamed, at, Boolean(institution.lean));
  return useMemo(() => {
    if (!asking) return source;
    const mine = asked.data?.at === at ? asked.data.table : null;
    return {
      at,
      has: (view) => (view === institution.view ? mine !== null : source.has(view)),
      rows: (view) => (view === institution.view ? (mine ?? NONE) : source.rows(view)),
      problem: asked.problem ?? source.problem,
      reload: asked.reload,
    };
  }, [source, asked.data, asked.problem, at]);
}

function useRows(views, at, lean) {
  const stream = useStream(views, at === null && views.length > 0, lean);
  const past = usePast(views, at, lean);
  const [kept, keep] = useState(/** @type {Live | null} */ (null));
  const mine = kept?.jurisdiction === live.value?.jurisdiction ? kept : null;
  const shown = stream?.has(views[0]) ? stream : mine;
  useEffect(() => keep(shown), [shown]);
  const tick = views.map((view) => stream?.tick(view).value ?? 0).join(" ");
  return useMemo(() => {
    if (at !== null) {
      const mine = past.data?.at === at ? past.data.tables : null;
      return {
        at,
        has: (view) => Boolean(mine?.has(view)),
        rows: (view) => mine?.get(view) ?? NONE,
        problem: past.problem,
        reload: past.reload,
      };
    }
    return {
      at,
      has: (view) => Boolean(shown?.tables.has(view)),
      rows: (view) => shown?.tables.get(view) ?? NONE,
      problem: stream?.state.value.phase === "refused" ? stream.state.value.problem : undefined,
      reload: () => stream?.restart(),
    };
  }, [at, shown, tick, past.data, past.problem, stream?.state.value.phase]);
}
