// What a refusal's sentence names, so that it can be said in another language too.
// The sentences are the service's own (docs/catalogue/codes.md); where one no longer fits, its value stays empty.
const NAMED = {
  "request.full": /taken by (?<by>.+?)\.$/,
  "capacity.exceeded": /already on (?<live>.+?);/,
  "worker.has_assignment": /live assignment \((?<live>.+?)\)/,
  "team.has_assignments": /live assignments \((?<live>.+?)\)/,
  "worker.in_team": /active team (?<team>.+?);/,
  "incident.unfinished": /^(?<n>\d+) /,
  "import.column": /^(?<what>.+)$/s,
  "import.file": /^(?<what>.+)$/s,
  invalid: /^(?<what>.+)$/s,
};

/** The values that a refusal names: {by: "W1"}. */
export function named({ code, detail = "" }) {
  return { ...NAMED[code]?.exec(detail)?.groups };
}
