/** Types of lib/rules.js, which the service generates from services/console/rules.py. */
export const OFF_DUTY: string;
export const AVAILABLE: string;
export const ON_BREAK: string;
export const ASSIGNED: string;
export const PRESENCES: string[];
export const ON_DUTY: string[];
export const UNFINISHED: string[];
export const ENDED: string[];
export const LEDGER: string[];
export const PRIORITIES: number[];
export const STAGES: string[];
export const OFFERED: string;
export const RELEASED: string;
export const ACCEPTED: string;
export const DISPATCHED: string;
export const DONE: string;
export const DECLINED: string;
export const LIVE: string[];
export const UNENDED: string[];
export const FORMING: string;
export const ACTIVE: string;
export const STOOD_DOWN: string;
export const STANDING: string[];
export const TEAM_STATES: string[];
export const ACTORS: string[];

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
