/** Types of lib/settings_rules.js, which the service generates from services/console/rules.py. */

/** Names of a term by language. */
export interface Names {
  en?: string;
  zh?: string;
}
export interface Term {
  names: Names;
  confirm: boolean;
  retired: boolean;
}
export const TERM_LISTS: string[];
/** List -> code -> term, in the order in which they are offered. */
export const BUILT_IN: Record<string, Record<string, Term>>;
/** Limits in seconds by kind: of four priorities, or one number. */
export const TIMERS: {
  untouched: number[];
  offered: number[];
  accepted: number[];
  en_route: number[];
  on_scene: number[];
  welfare: number;
  duty: number;
  level: number;
};
export const TIMER_KINDS: string[];
/** Scope -> class -> sight. */
export const DISCLOSURE: Record<string, Record<string, string>>;
export const DISCLOSED: string[];
export const SIGHTS: string[];
