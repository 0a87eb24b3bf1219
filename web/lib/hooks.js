// Hooks that pages share: how wide there is room, and values that wait until they stand still.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "./preact.js";

/** Whether a media query holds now. */
export function useMedia(query) {
  const [holds, setHolds] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const changed = () => setHolds(list.matches);
    list.addEventListener("change", changed);
    changed();
    return () => list.removeEventListener("change", changed);
  }, [query]);
  return holds;
}

/** [ref, the width of its element in px as it changes; 0 before it is known]. */
export function useWidth() {
  const ref = useRef();
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const measure = () => {
      if (ref.current) setWidth(ref.current.clientWidth);
    };
    const watcher = new ResizeObserver(measure);
    watcher.observe(ref.current);
    measure();
    return () => watcher.disconnect();
  }, []);
  return [ref, width];
}

/** One rem in px. */
export const remPx = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

/** [ref, whether its element is narrower than so many rem]. */
export function useNarrow(rem) {
  const [ref, width] = useWidth();
  return [ref, useMemo(() => width > 0 && width < rem * remPx(), [width, rem])];
}

/** What is gone through faster than this was not meant to be opened. */
export const SETTLED_MS = 120;

/** A value that follows another once that has stood still for so many ms: what is passed over loads nothing. */
export function useLater(value, milliseconds) {
  const [later, setLater] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value]);
  return later;
}
