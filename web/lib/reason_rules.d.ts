// Types of lib/reason_rules.js, which the service generates from services/console/rules.py.

import type { Names } from "./settings_rules.js";

/** List -> code -> names, in the order in which the reasons are offered. */
export const REASONS: Record<string, Record<string, Names>>;
