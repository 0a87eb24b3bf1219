"""An enterprise is at one place in the path at any date, reached by verdicts that came in their turn."""

from collections.abc import Iterable, Iterator
from typing import Any

from events.dated import order
from events.enterprise_facts import (
    after_end,
    in_ledger,
    misfit,
    own_entry,
    place_of,
    standing,
)
from events.review_path import STAGES, counting
from projections.enterprises import EnterpriseRow, row_of
from services.verify.laws.base import Law, Rows, excused


def broken(jurisdiction: str, rows: Rows) -> Iterable[str]:
    """Yield the enterprises whose place, at any date, does not follow from their verdicts."""
    noted = excused(rows)
    for key, row in rows["enterprises"].items():
        yield from (f"enterprise {key} {what}" for what in _of_row(row, noted))


def _of_row(row: EnterpriseRow, noted: set[int]) -> Iterator[str]:
    if list(row.history) != sorted(row.history, key=order):
        yield "has a history that is not in the order of its time"
    now = standing(row.history)
    if now is None or row_of(row.enterprise, now) != row:
        yield f"is shown as {row.place}, which its history does not say"
    if not any(fact.position in noted for fact in row.history):
        yield from _out_of_turn(row)
    for fact in row.history:
        yield from _at(row, fact.at)


def _out_of_turn(row: EnterpriseRow) -> Iterator[str]:
    if wrong := misfit(row.history):
        yield f"was judged out of turn on {wrong.at.isoformat()}"
    if wrong := after_end(row.history):
        yield f"has a fact of {wrong.at.isoformat()}, after its end"
    if own := own_entry(row.history):
        yield f"was entered and judged by {own.by}, as {own.at.isoformat()} shows"


def _at(row: EnterpriseRow, instant: Any) -> Iterator[str]:
    """What holds at an instant: who is in the ledger was approved by all stages, and is open."""
    then = standing(row.history, instant)
    if then is None or not in_ledger(then):
        return
    last = counting(then.review.verdicts) if then.review else {}
    missing = [stage for stage in STAGES if stage not in last or not last[stage].approves]
    if missing or then.state != "open":
        yield f"is in the ledger at {instant.isoformat()} at {place_of(then)}, without {', '.join(missing)}"


LAW = Law(
    code="reviews",
    meaning="An enterprise's place in the path does not follow from its verdicts, at some date.",
    broken=broken,
)
