// A small made-up example, sent as ordinary commands into a jurisdiction of its own.

import { REFERENCE } from "../i18n/languages.js";
import { command, commands, Problem } from "./api.js";
import { language } from "./i18n.js";
import { identify } from "./store.js";
import { now } from "./time.js";

/** Code of the example's jurisdiction. */
export const EXAMPLE = "EXAMPLE";

const MINUTE = 60000;
/** Texts of the example, by language: names of places and teams, and needs. */
const TEXTS = {
  en: {
    name: "Example (made up)",
    areas: {
      "EXAMPLE-01": "North Street",
      "EXAMPLE-01-01": "North Community",
      "EXAMPLE-01-02": "Hill Community",
      "EXAMPLE-02": "South Street",
      "EXAMPLE-02-01": "River Community",
    },
    person: "Person",
    team: "Team North",
    incident: "Example lockdown",
    needs: [
      "Insulin runs out tonight",
      "Groceries for a family of three",
      "Chest pain, cannot walk",
      "Lift to dialysis tomorrow",
      "Has not answered the door since yesterday",
    ],
  },
  zh: {
    name: "示例（虚构）",
    areas: {
      "EXAMPLE-01": "北街道",
      "EXAMPLE-01-01": "北苑社区",
      "EXAMPLE-01-02": "山脚社区",
      "EXAMPLE-02": "南街道",
      "EXAMPLE-02-01": "河边社区",
    },
    person: "队员",
    team: "北街道小队",
    incident: "示例封控",
    needs: ["胰岛素今晚用完", "一家三口需要买菜", "胸痛，无法行走", "明天要去做透析", "昨天起敲门无人应答"],
  },
};
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

/** Return the commands of the example in their order.
 *
 * @param {typeof TEXTS[keyof typeof TEXTS]} texts
 */
function commandsOf(texts) {
  const people = Array.from({ length: PEOPLE }, (_, index) => `E${String(index + 1).padStart(2, "0")}`);
  const home = (index) => COMMUNITIES[index % COMMUNITIES.length];
  return [
    ...Object.entries(texts.areas).map(([area, name]) => step("area.define", { area, name })),
    step("incident.declare", { incident: "EX", name: texts.incident, kind: "lockdown", areas: [] }),
    ...people.map((worker, index) =>
      step("worker.register", {
        worker,
        role: ROLES[index % ROLES.length],
        name: `${texts.person} ${worker.slice(1)}`,
        home_area: home(index),
      }),
    ),
    ...people
      .slice(0, ON_DUTY)
      .map((worker, index) => step("worker.check_in", { worker, area: home(index) }, 55)),
    step("team.form", {
      team: "EX-N",
      name: texts.team,
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
          text: texts.needs[index],
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
  const texts = TEXTS[language.peek().code] ?? TEXTS[REFERENCE];
  await command(EXAMPLE, "jurisdiction.establish", { name: texts.name, timezone: "Asia/Shanghai" });
  const at = (age) => new Date(now.peek() - age * MINUTE).toISOString();
  const items = commandsOf(texts).map(({ name, data, age }) => ({ name, data, ...(age && { at: at(age) }) }));
  const refused = (await commands(EXAMPLE, items)).find((one) => one.outcome === "refused");
  if (refused) throw new Problem(409, refused.code, refused.detail, refused);
  await identify();
  return true;
}
