"""Meaning of each finding code (docs/catalogue/codes.md)."""

from typing import Final

from services.verify.laws import LAWS

MEANINGS: Final = {
    "command_twice": "A command appears in two commits.",
    "damaged": "The log cannot be read here: bytes are missing or were modified.",
    "degraded": "A view is set aside; rebuild it.",
    "early": "An event is dated later than its recording.",
    "expected": "The expected head is not on the chain.",
    "file": "A picture that the log names is missing or was modified; restore it from a backup.",
    "headcount": "The roster and the headcount differ.",
    "law": "A worker moved from an area or state they were not in.",
    "ledger": "Requests received are not the sum of their states.",
    "other_log": "The views were folded from another log, or this one lost its end.",
    "recorded_back": "A commit was recorded earlier than the one before it.",
    "replay": "An event does not follow from the preceding events.",
    "timeline": "The timeline does not match the headcount and the ledger.",
    "unknown_event": "An event was written by a newer version.",
    "unreadable": "A commit or an event cannot be read.",
    "view": "A row differs from the log; rebuild the view.",
    **{law.code: law.meaning for law in LAWS},
}
