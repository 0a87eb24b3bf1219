/** Types of lib/preact.js: those of the packages that web/vendor holds. */
import type { VNode } from "preact";

export { createContext, createRef, Fragment, h, render } from "preact";
export {
  useCallback,
  useContext,
  useEffect,
  useErrorBoundary,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "preact/hooks";
export {
  batch,
  computed,
  effect,
  signal,
  untracked,
  useComputed,
  useSignal,
  useSignalEffect,
} from "@preact/signals";
/** Tagged template of elements. Its tags are not checked: their names and attributes are text. */
export function html(strings: TemplateStringsArray, ...values: unknown[]): VNode;
