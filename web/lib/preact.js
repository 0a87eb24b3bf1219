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

export const html = htm.bind(h);
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
