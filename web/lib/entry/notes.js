// Handover notes: live rows, the number of unacknowledged ones, and revealed texts.

import { all } from "../api.js";
import { computed } from "../preact.js";
import { live } from "../store.js";

/** Compare notes: unacknowledged first, then by priority, then newest first. */
const byNeed = (a, b) =>
  Number(a.acknowledged.length > 0) - Number(b.acknowledged.length > 0) ||
  a.priority - b.priority ||
  Date.parse(b.written_at) - Date.parse(a.written_at);

/** Open notes in reading order. Needs the view `handovers` in the stream. */
export const openNotes = computed(() =>
  [...(live.value?.rows("handovers").values() ?? [])].filter((note) => note.state === "open").sort(byNeed),
);

/** Number of unacknowledged open notes; null while the stream lacks the view. */
export const waitingNotes = computed(() =>
  live.value?.has("handovers")
    ? openNotes.value.filter((note) => note.acknowledged.length === 0).length
    : null,
);

/** Return notes of a state, newest first. `reveal` reveals their texts, which is recorded. Throws Problem. */
export const notesOf = (state, reveal, most = 200) =>
  all(
    live.peek().jurisdiction,
    "handovers",
    {
      state,
      sort: "-written_at",
      limit: Math.min(most, 200),
      ...(reveal && { reveal: true }),
    },
    most,
  );
