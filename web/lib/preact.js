// The one door to the vendored libraries: pages import from here.
import { Fragment, createContext, createRef, h, render } from "../vendor/preact/preact.mjs";
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
import htm from "../vendor/htm/htm.mjs";

export const html = htm.bind(h);
export {
  Fragment,
  batch,
  computed,
  createContext,
  createRef,
  effect,
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
