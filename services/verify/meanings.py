"""What each code of a finding means (docs/catalogue/codes.md)."""

from typing import Final

MEANINGS: Final = {
    "command_twice": "A command is in two commits.",
    "damaged": "The log cannot be read here: bytes were changed or are missing.",
    "degraded": "A view is set aside; rebuild it.",
    "early": "An event happened after it was recorded.",
    "expected": "The head that was expected is not on the chain.",
    "headcount": "The roster and the headcount differ.",
    "law": "A worker moved from another area or state than the one they were in.",
    "ledger": "Requests received are not the sum of their states.",
    "recorded_back": "A commit was recorded before the one ahead of it.",
    "replay": "An event does not follow from what happened before it.",
    "timeline": "The timeline does not add up to the headcount and the ledger.",
    "unknown_event": "An event is of a newer program.",
    "unreadable": "A commit or an event cannot be read.",
    "view": "A row is not the fold of the log; rebuild the view.",
}
