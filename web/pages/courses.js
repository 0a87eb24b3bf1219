// Courses: what is taught, online, at the base or at the school.

import { post, postColumn } from "../lib/alliance/parts.js";
import { institution } from "../lib/institution/page.js";
import { words } from "../lib/posts/posts.js";
import { MODES } from "../lib/training/parts.js";

const offered = (row) => row.state === "offered";

export default institution({
  name: "courses",
  view: "courses",
  also: ["posts"],
  kind: "course",
  title: (row) => row.title,
  sort: "title",
  dated: true,
  columns: [
    { key: "title", width: "minmax(10rem, 2fr)" },
    { key: "mode", kind: "state", domain: "course_mode", width: "8rem" },
    { key: "area", kind: "area", width: "minmax(6rem, 1fr)" },
    { ...postColumn("owner"), width: "minmax(8rem, 1fr)" },
    { key: "state", kind: "state", domain: "course_state", width: "8rem" },
  ],
  facts: [
    { key: "mode", kind: "state", domain: "course_mode" },
    { key: "state", kind: "state", domain: "course_state" },
    postColumn("owner"),
    { key: "area", kind: "area" },
    { key: "offered_at", kind: "instant" },
    { key: "withdrawn_at", kind: "instant" },
    { key: "reason" },
  ],
  filters: [
    { key: "area", kind: "area" },
    { key: "mode", domain: "course_mode", codes: MODES },
    { key: "state", domain: "course_state", codes: ["offered", "withdrawn"], otherwise: ["offered"] },
  ],
  make: [
    {
      command: "course.offer",
      fact: true,
      fields: [
        { name: "title", required: true, most: 200 },
        { name: "mode", kind: "pick", options: words("course_mode", MODES), required: true },
        post("owner"),
        { name: "area", kind: "area" },
      ],
    },
    {
      command: "training_target.set",
      fact: true,
      stays: true,
      fields: [{ name: "hours", kind: "number", least: 1, most: 2000, required: true }],
    },
  ],
  forms: [
    {
      command: "course.withdraw",
      fact: true,
      fields: [{ name: "reason", most: 200, codes: ["course.not_yet"] }],
      when: offered,
    },
  ],
});
