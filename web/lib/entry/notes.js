// Handover notes: the live rows, how many wait to be taken on, and their texts where they were asked for.
import { computed } from "../preact.js";
import { all } from "../api.js";
import { live } from "../store.js";

/** Those that nobody has taken on first; among equals by priority, then newest first. */
const byNeed = (a, b) =>
  Number(a.acknowledged.length > 0) - Number(b.acknowledged.length > 0) ||
  a.priority - b.priority ||
  Date.parse(b.written_at) - Date.parse(a.written_at);

/** Open notes in the order to read them; keep the view `handovers` in the stream for them. */
export const openNotes = computed(() =>
  [...(live.value?.rows("handovers").values() ?? [])].filter((note) => note.state === "open").sort(byNeed),
);

/** How many open notes nobody has taken on yet; null while the stream does not carry them. */
export const waitingNotes = computed(() =>
  live.value?.has("handovers")
    ? openNotes.value.filter((note) => note.acknowledged.length === 0).length
    : null,
);

/** Notes of a state, newest first; with `reveal` their texts are open; that is recorded. Throws Problem. */
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
