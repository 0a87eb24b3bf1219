// A small made-up example, sent as ordinary commands into a jurisdiction of its own.

import { command, commands, Problem } from "./api.js";
import { t } from "./i18n.js";
import { closed, identify, jurisdictions } from "./store.js";
import { now } from "./time.js";

/** Codes of the example's jurisdictions: one that was removed keeps its code, and the next is EXAMPLE2. */
const CODE = /^EXAMPLE\d*$/;
/** Whether a jurisdiction is an example.
 * @param {string | undefined} code
 */
export const isExample = (code) => CODE.test(code ?? "");
/** Return the code that the next example gets.
 * @param {string[]} taken
 */
export function nextExample(taken) {
  let code = "EXAMPLE";
  for (let number = 2; taken.includes(code); number += 1) code = `EXAMPLE${number}`;
  return code;
}

const MINUTE = 60000;
/** Areas below the jurisdiction. */
const AREAS = ["01", "01-01", "01-02", "02", "02-01"];
const ROLES = ["courier", "rider", "driver", "volunteer", "medic", "property_staff"];
const COMMUNITIES = ["01-01", "01-02", "02-01"];
/** Category, priority, community and age in minutes of each request, in the order of the needs. */
const REQUESTS = [
  ["medicine", 2, "01-01", 50],
  ["grocery", 3, "01-02", 40],
  ["medical", 1, "02-01", 3],
  ["transport", 3, "02-01", 30],
  ["welfare", 2, "01-01", 20],
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

/** Return the commands of the example in their order, in the language of the page.
 * @param {string} code
 */
export function steps(code) {
  const area = (part) => `${code}-${part}`;
  const people = Array.from({ length: PEOPLE }, (_, index) => `E${String(index + 1).padStart(2, "0")}`);
  const home = (index) => area(COMMUNITIES[index % COMMUNITIES.length]);
  return [
    ...AREAS.map((part) => step("area.define", { area: area(part), name: t(`example.area.${part}`) })),
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
      area: area("01"),
      incident: "EX",
      members: ["E01", "E04", "E07"],
      leader: "E01",
      activate: true,
    }),
    ...REQUESTS.map(([category, priority, where, age], index) =>
      step(
        "request.open",
        {
          request: `EX${index + 1}`,
          category,
          priority,
          area: area(where),
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

/** Establish an example and record its commands. Return its code. Throws Problem. */
export async function playExample() {
  const code = nextExample([...jurisdictions.peek(), ...closed.peek()]);
  await command(code, "jurisdiction.establish", { name: t("example.name"), timezone: "Asia/Shanghai" });
  const at = (age) => new Date(now.peek() - age * MINUTE).toISOString();
  const items = steps(code).map(({ name, data, age }) => ({ name, data, ...(age && { at: at(age) }) }));
  const refused = (await commands(code, items)).find((one) => one.outcome === "refused");
  if (refused) throw new Problem(409, refused.code, refused.detail, refused);
  await identify();
  return code;
}

/** Close an example, which takes it off every list; its log stays whole. Return true. Throws Problem.
 * @param {string} code
 */
export async function removeExample(code) {
  await command(code, "jurisdiction.close", { reason: "example_over" });
  await identify();
  return true;
}
