// By what areas are coloured, and how dark.
import { alertCount } from "../counts.js";
import { askedIn, peopleIn, uncoveredFrom } from "../sums.js";

const STEPS = 5;

/** What areas may be coloured by. */
export const COLOURINGS = ["on_duty", "open", "alerts", "uncovered"];

/** The figure of an area's node by a colouring. */
export function figure(node, colouring) {
  if (colouring === "on_duty") return peopleIn(node.area).on;
  if (colouring === "open") return askedIn(node.area).unfinished;
  if (colouring === "alerts") return alertCount(askedIn(node.area));
  return uncoveredFrom(node).length;
}

/** The worst alert level at a node, for colourings that are about alerts; else null. */
export function levelOf(node, colouring) {
  if (colouring === "alerts") return askedIn(node.area).worst?.level ?? null;
  if (colouring !== "uncovered") return null;
  const levels = uncoveredFrom(node)
    .map((one) => askedIn(one.area).urgent)
    .filter(Boolean);
  return levels.length ? Math.min(...levels) : null;
}

/** How dark a figure is, 0 to 5: 0 for none, the rest by the square root of its share of the largest. */
export function step(value, most) {
  if (!value) return 0;
  return Math.max(1, Math.ceil(Math.sqrt(value / Math.max(1, most)) * STEPS));
}

/** The query that opens the rows behind a figure: [page, query]. */
export function rowsBehind(node, colouring) {
  if (colouring === "on_duty") return ["workers", { area: node.area, presence: "on_duty" }];
  return [
    "requests",
    {
      area: node.area,
      ...(colouring === "alerts" && { alert: ["overdue", "untouched"] }),
      ...(colouring === "uncovered" && { state: "open" }),
    },
  ];
}
