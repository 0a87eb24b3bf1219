// The people of the list: those that its filters choose, in its order.

import { called } from "../called.js";
import { word } from "../i18n.js";
import { computed } from "../preact.js";
import { assignments, live } from "../store.js";
import { asked, collator, typedFilter } from "./parts.js";
import { arrange, choose, loads, Prepared, ranks } from "./roster.js";

export const NONE = "-";

let prepared = new Prepared();
let preparedFor = null;
export const entries = computed(() => {
  if (preparedFor !== live.value) [prepared, preparedFor] = [new Prepared(), live.value];
  return { all: prepared.take(live.value?.rows("roster") ?? new Map()) };
});
export const load = computed(() => loads(assignments.value));
export const typed = typedFilter("workers", "q");

const plain = (value) => (value === NONE ? "" : value);
/** The filter as text, so that changes of other parts of the address do not recompute the rows. */
const filterText = computed(() =>
  JSON.stringify({
    area: asked("area"),
    role: asked("role"),
    presence: asked("presence"),
    q: typed.text.value,
    team: asked("team").map(plain),
    organisation: asked("organisation").map(plain),
  }),
);
export const filter = computed(() => JSON.parse(filterText.value));
export const chosen = computed(() => choose(entries.value.all, filter.value));
export const aids = computed(() => {
  const { all } = entries.value;
  const { compare } = collator.value;
  const name = (id) => called("team", id);
  return {
    loads: load.value,
    team: ranks(all, "team", (a, b) => compare(name(a), name(b))),
    organisation: ranks(all, "organisation", compare),
    role: ranks(all, "role", (a, b) => compare(word("role", a), word("role", b))),
  };
});
const sortText = computed(() => asked("sort")[0] ?? "worker");
export const sorted = computed(() => {
  const said = sortText.value;
  return { key: said.replace(/^-/, ""), down: said.startsWith("-") };
});
export const rows = computed(() =>
  arrange(chosen.value.rows, sorted.value.key, sorted.value.down, aids.value),
);
