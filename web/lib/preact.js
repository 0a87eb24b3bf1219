// Re-exports the vendored libraries. Pages import them from here only.

import htm from "../vendor/htm/htm.mjs";
import {
  useCallback,
  useContext,
  useEffect,
  useErrorBoundary,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "../vendor/preact/hooks.mjs";
import { createContext, createRef, Fragment, h, render } from "../vendor/preact/preact.mjs";
import {
  batch,
  computed,
  effect,
  signal,
  untracked,
  useComputed,
  useSignal,
  useSignalEffect,
} from "../vendor/signals/signals.mjs";

/** Make an element without keeping it for the next call, as htm does with what has no values in it: a kept
 * element refers to the tree that it was first in, and so keeps that tree.
 *
 * @this {any[]} What htm notes about this part of the template; 3 = make it again each time.
 * @param {...any} given
 */
function element(...given) {
  this[0] = 3;
  return h.apply(null, given);
}

export const html = htm.bind(element);
export {
  batch,
  computed,
  createContext,
  createRef,
  effect,
  Fragment,
  h,
  render,
  signal,
  untracked,
  useCallback,
  useComputed,
  useContext,
  useEffect,
  useErrorBoundary,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useSignal,
  useSignalEffect,
  useState,
};
