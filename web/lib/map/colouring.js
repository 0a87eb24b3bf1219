// Colouring of areas: the figure it shows, and how dark the colour is.
import { alertsIn } from "../alerts.js";
import { askedIn, peopleIn, uncoveredFrom } from "../sums.js";

const STEPS = 5;

/** Available colourings. */
export const COLOURINGS = ["on_duty", "open", "alerts", "uncovered"];

/** Return the figure of an area for a colouring. */
export function figure(node, colouring) {
  if (colouring === "on_duty") return peopleIn(node.area).on;
  if (colouring === "open") return askedIn(node.area).unfinished;
  if (colouring === "alerts") return alertsIn(node.area).total;
  return uncoveredFrom(node).length;
}

/** Return the worst alert level at a node, null for colourings that do not show alerts. */
export function levelOf(node, colouring) {
  if (colouring === "alerts") return alertsIn(node.area).worst;
  if (colouring !== "uncovered") return null;
  const levels = uncoveredFrom(node)
    .map((one) => askedIn(one.area).urgent)
    .filter(Boolean);
  return levels.length ? Math.min(...levels) : null;
}

/** Return how dark a figure is, 0 to 5: by the square root of its share of the largest, 0 for none. */
export function step(value, most) {
  if (!value) return 0;
  return Math.max(1, Math.ceil(Math.sqrt(value / Math.max(1, most)) * STEPS));
}

/** Return the page and query that list the rows behind a figure.
 *
 * @returns {[page: string, query: Record<string, any>]}
 */
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

/** Return a function that names the tone of an area: its alert level, or how dark its figure is.
 *
 * @param {string} colouring
 * @param {number} most The largest figure.
 */
export const toneOf = (colouring, most) => (node) => {
  const level = levelOf(node, colouring);
  return level ? `level-${level}` : `step-${step(figure(node, colouring), most)}`;
};
