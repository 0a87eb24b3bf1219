/** Types of lib/preact.js: those of the packages that web/vendor holds. */
import type { VNode } from "preact";

export {
  batch,
  computed,
  effect,
  type Signal,
  signal,
  untracked,
  useComputed,
  useSignal,
  useSignalEffect,
} from "@preact/signals";
export { createContext, createRef, Fragment, h, render } from "preact";
export {
  useCallback,
  useContext,
  useEffect,
  useErrorBoundary,
  useId,
  useLayoutEffect,
  useMemo,
  useState,
} from "preact/hooks";
/** A mutable value that persists across renders. Without `initial`, a script can store anything in it. */
export function useRef<T>(initial?: T): { current: T };
/** Tagged template of elements. TypeScript does not check its tags and attributes: they are text. */
export function html(strings: TemplateStringsArray, ...values: unknown[]): VNode;
