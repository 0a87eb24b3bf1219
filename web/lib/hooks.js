// Shared hooks: media queries, element widths and debounced values.
import { useEffect, useLayoutEffect, useRef, useState } from "./preact.js";

/** Return whether a media query matches, and render again when that changes.
 *
 * @param {string} query
 */
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

/** Measure an element: its ref, and its current width in px, 0 before the first measurement.
 *
 * @returns {[ref: { current: any }, width: number]}
 */
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

/** Return the size of one rem in px. */
export const remPx = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

/** Delay in ms before a selected row loads, so that stepping through a list loads nothing. */
export const SETTLED_MS = 120;

/** Debounce a value: return it once it has not changed for `milliseconds`.
 *
 * @template T
 * @param {T} value
 * @param {number} milliseconds
 * @returns {T}
 */
export function useLater(value, milliseconds) {
  const [later, setLater] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value]);
  return later;
}
