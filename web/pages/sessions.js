// Training sessions: places, sign-up and waiting list, the code at the door, and who was there.

import { institution } from "../lib/institution/page.js";
import { choicesOf, perSource } from "../lib/institution/rows.js";
import { collator } from "../lib/people/parts.js";
import { words } from "../lib/posts/posts.js";
import { may } from "../lib/store.js";
import { Door } from "../lib/training/door.js";
import {
  halfChoices,
  MODES,
  PERSON,
  Presence,
  ROLES,
  Signed,
  seenHalves,
  Waiting,
} from "../lib/training/parts.js";

/** @typedef {import("../lib/institution/types.js").FormField} FormField */

const stands = (row) => row.state === "planned";
const courseChoices = perSource((source) =>
  choicesOf(
    [...source.rows("courses").values()]
      .filter((one) => one.state === "offered")
      .map((one) => ({ ...one, name: one.title })),
    collator.peek(),
  ),
);
/** @type {FormField} */
const reason = { name: "reason", most: 200, codes: ["session.late"] };
/** @type {FormField} */
const places = {
  name: "places",
  kind: "number",
  least: 1,
  most: 500,
  codes: ["session.places_taken"],
};
/** @type {FormField} */
const role = { name: "role", kind: "pick", options: words("training_role", ROLES) };

export default institution({
  name: "sessions",
  view: "sessions",
  also: ["courses", "posts"],
  lean: true,
  kind: "session",
  title: (row) => row.title,
  sort: "-begins",
  dated: true,
  columns: [
    { key: "begins", kind: "instant", width: "11rem" },
    { key: "title", width: "minmax(10rem, 2fr)" },
    { key: "mode", kind: "state", domain: "course_mode", width: "7rem" },
    { key: "area", kind: "area", width: "minmax(6rem, 1fr)" },
    { key: "state", kind: "state", domain: "session_state", width: "7rem" },
    { key: "taken", kind: "number", width: "6rem" },
    { key: "room", kind: "number", width: "6rem", wide: true },
    { key: "waits", kind: "number", width: "6rem", wide: true },
    { key: "person_times", kind: "number", width: "7rem" },
  ],
  facts: [
    { key: "state", kind: "state", domain: "session_state" },
    { key: "mode", kind: "state", domain: "course_mode" },
    { key: "begins", kind: "instant" },
    { key: "ends", kind: "instant" },
    { key: "hours", kind: "number" },
    { key: "places", kind: "number" },
    { key: "taken", kind: "number" },
    { key: "room", kind: "number" },
    { key: "waits", kind: "number" },
    { key: "person_times", kind: "number" },
    { key: "area", kind: "area" },
    { key: "reason" },
  ],
  filters: [
    { key: "area", kind: "area" },
    { key: "mode", domain: "course_mode", codes: MODES },
    { key: "state", domain: "session_state", codes: ["planned", "called_off"] },
  ],
  parts: [
    { key: "door", body: Door, when: (row, source) => stands(row) && !source.at && may("session.open_door") },
    { key: "signed", body: Signed, when: (row) => row.signed?.length > 0 },
    { key: "waiting", body: Waiting, when: (row) => row.waiting?.length > 0 },
    { key: "presence", body: Presence, when: (row) => row.presence?.length > 0 },
  ],
  imports: true,
  make: [
    {
      command: "session.plan",
      fact: true,
      fields: [
        { name: "course", kind: "pick", options: courseChoices, required: true, codes: ["course.withdrawn"] },
        { name: "begins", kind: "instant", planned: true, required: true },
        { name: "ends", kind: "instant", planned: true, required: true, codes: ["session.times"] },
        { name: "hours", kind: "number", least: 1, most: 12 },
        places,
        { name: "area", kind: "area" },
      ],
    },
  ],
  forms: [
    {
      command: "session.attend",
      main: true,
      fact: true,
      fields: [
        ...PERSON,
        {
          name: "half",
          kind: "pick",
          options: halfChoices,
          codes: ["session.other_half", "session.not_begun"],
        },
        { ...role, codes: ["session.other_role"] },
        reason,
      ],
      when: stands,
    },
    {
      command: "session.sign_up",
      fields: [{ ...PERSON[0], codes: [...(PERSON[0].codes ?? []), "session.begun"] }, PERSON[1]],
      when: stands,
    },
    { command: "session.sign_off", fields: PERSON, when: (row) => stands(row) && row.taken + row.waits > 0 },
    {
      command: "session.correct_presence",
      fields: [
        ...PERSON,
        { name: "half", kind: "pick", options: seenHalves, required: true, codes: ["session.not_seen"] },
        role,
        { name: "reason", required: true, most: 200 },
      ],
      when: (row) => row.presence?.length > 0,
    },
    { command: "session.resize", fields: [places], when: stands },
    {
      command: "session.call_off",
      fact: true,
      fields: [{ name: "reason", most: 200, codes: ["session.was_held"] }],
      when: (row) => stands(row) && row.person_times === 0,
    },
  ],
});
