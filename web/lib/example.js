// A small made-up example, sent as ordinary commands into a jurisdiction of its own.

import { command, commands, Problem } from "./api.js";
import { t } from "./i18n.js";
import { identify } from "./store.js";
import { now } from "./time.js";

/** Code of the example's jurisdiction. */
export const EXAMPLE = "EXAMPLE";

const MINUTE = 60000;
const AREAS = ["EXAMPLE-01", "EXAMPLE-01-01", "EXAMPLE-01-02", "EXAMPLE-02", "EXAMPLE-02-01"];
const ROLES = ["courier", "rider", "driver", "volunteer", "medic", "property_staff"];
const COMMUNITIES = ["EXAMPLE-01-01", "EXAMPLE-01-02", "EXAMPLE-02-01"];
/** Category, priority, community and age in minutes of each request, in the order of the needs. */
const REQUESTS = [
  ["medicine", 2, "EXAMPLE-01-01", 50],
  ["grocery", 3, "EXAMPLE-01-02", 40],
  ["medical", 1, "EXAMPLE-02-01", 3],
  ["transport", 3, "EXAMPLE-02-01", 30],
  ["welfare", 2, "EXAMPLE-01-01", 20],
];
const PEOPLE = 12;
const ON_DUTY = 9;

/** Return a command of the example; `age` is in minutes, 0 = now.
 *
 * @param {string} name
 * @param {Record<string, any>} data
 * @param {number} [age]
 */
const step = (name, data, age = 0) => ({ name, data, age });

/** Return the commands of the example in their order, in the language of the page. */
function steps() {
  const people = Array.from({ length: PEOPLE }, (_, index) => `E${String(index + 1).padStart(2, "0")}`);
  const home = (index) => COMMUNITIES[index % COMMUNITIES.length];
  return [
    ...AREAS.map((area) => step("area.define", { area, name: t(`example.area.${area}`) })),
    step("incident.declare", { incident: "EX", name: t("example.incident"), kind: "lockdown", areas: [] }),
    ...people.map((worker, index) =>
      step("worker.register", {
        worker,
        role: ROLES[index % ROLES.length],
        name: t("example.person", { n: worker.slice(1) }),
        home_area: home(index),
      }),
    ),
    ...people
      .slice(0, ON_DUTY)
      .map((worker, index) => step("worker.check_in", { worker, area: home(index) }, 55)),
    step("team.form", {
      team: "EX-N",
      name: t("example.team"),
      kind: "courier",
      area: "EXAMPLE-01",
      incident: "EX",
      members: ["E01", "E04", "E07"],
      leader: "E01",
      activate: true,
    }),
    ...REQUESTS.map(([category, priority, area, age], index) =>
      step(
        "request.open",
        {
          request: `EX${index + 1}`,
          category,
          priority,
          area,
          incident: "EX",
          text: t(`example.need.${index + 1}`),
          slots: 1,
          quantity: 1,
        },
        Number(age),
      ),
    ),
    step("assignment.dispatch", { assignment: "EX1-N", request: "EX1", team: "EX-N" }),
  ];
}

/** Establish the example's jurisdiction and record its commands. Return true. Throws Problem. */
export async function playExample() {
  await command(EXAMPLE, "jurisdiction.establish", { name: t("example.name"), timezone: "Asia/Shanghai" });
  const at = (age) => new Date(now.peek() - age * MINUTE).toISOString();
  const items = steps().map(({ name, data, age }) => ({ name, data, ...(age && { at: at(age) }) }));
  const refused = (await commands(EXAMPLE, items)).find((one) => one.outcome === "refused");
  if (refused) throw new Problem(409, refused.code, refused.detail, refused);
  await identify();
  return true;
}
