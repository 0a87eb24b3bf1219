"""An enterprise is at one place in the path at any date, reached by verdicts that came in their turn."""

from collections.abc import Iterable, Iterator
from typing import Any

from events.enterprise_facts import in_ledger, misfit, order, place_of, standing
from events.review_path import STAGES, counting
from projections.enterprises import EnterpriseRow, row_of
from services.verify.laws.base import Law, Rows


def broken(jurisdiction: str, rows: Rows) -> Iterable[str]:
    """Yield the enterprises whose place, at any date, does not follow from their verdicts."""
    noted: Iterable[Any] = rows["anomalies"].values()
    excused = {row.position for row in noted}
    for key, row in rows["enterprises"].items():
        yield from (f"enterprise {key} {what}" for what in _of_row(row, excused))


def _of_row(row: EnterpriseRow, excused: set[int]) -> Iterator[str]:
    if list(row.history) != sorted(row.history, key=order):
        yield "has a history that is not in the order of its time"
    now = standing(row.history)
    if now is None or row_of(row.enterprise, now) != row:
        yield f"is shown as {row.place}, which its history does not say"
    wrong = misfit(row.history)
    if wrong is not None and not any(fact.position in excused for fact in row.history):
        yield f"was judged out of turn on {wrong.at.isoformat()}"
    for fact in row.history:
        yield from _at(row, fact.at)


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
