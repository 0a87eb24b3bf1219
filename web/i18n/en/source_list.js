// Texts about source lists in English.
export default {
  "entry.mapping.source-list": "Source list",
  "event.source_list.declared": "Edition of a source list declared",
  "event.source_list.withdrawn": "Edition of a source list withdrawn",
  "event.entry.listed": "Entry listed",
  "event.entry.struck": "Entry struck out",
  "event.match.judged": "Entry judged",
  "event.match.undone": "Verdict taken back",
  "settings.list_source_kind": "Kinds of source lists",
  "settings.list_match": "Reasons of verdicts on entries",
};
