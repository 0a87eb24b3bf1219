"""An award rests on a nomination, a name on a consent, and no two brands look alike: at any date."""

from collections.abc import Iterator
from typing import Any, Final

from events.brand import LEAST, contrast
from events.brand_facts import BrandThen
from events.brand_facts import standing as brand_at
from events.dated import order
from projections import brands, consents, nominations
from projections.awards import VALID, AwardRow
from projections.nominations import NominationRow
from projections.publications import PublicationRow
from services.verify.laws.base import Law, Rows, excused

_DATED: Final[dict[str, Any]] = {"nominations": nominations, "consents": consents, "brands": brands}


def broken(jurisdiction: str, rows: Rows) -> Iterator[str]:
    """Yield what does not follow from its history, or rests on nothing."""
    for name, module in _DATED.items():
        for key, row in rows[name].items():
            if not _follows(module, row):
                yield f"row {key} of {name} is not what its history says"
    for key, row in rows["awards"].items():
        yield from (f"award {key} {what}" for what in _of_award(row, rows["nominations"].get(row.nomination)))
    for key, row in rows["nominations"].items():
        award = rows["awards"].get(row.award or "")
        if row.state == "awarded" and (award is None or award.state != VALID or award.nomination != key):
            yield f"nomination {key} was honoured with award {row.award}, which does not hold"
    yield from (
        f"published item {key} {what}" for key, row in rows["publications"].items() for what in _of_item(row)
    )
    yield from _of_brands(rows)


def _follows(module: Any, row: Any) -> bool:
    facts = row.history
    return list(facts) == sorted(facts, key=order) and bool(facts) and module.at(row, facts[-1].at) == row


def _of_award(row: AwardRow, nomination: NominationRow | None) -> Iterator[str]:
    if nomination is None or (nomination.worker, nomination.honour) != (row.worker, row.honour):
        yield "is for a nomination that is not there, or of another person or honour"
    elif row.state == VALID and nomination.award != row.award:
        yield f"holds, and nomination {nomination.nomination} names another one"
    if not 0 <= row.shown <= row.deed_count:
        yield f"has {row.shown} deeds that the log shows, of {row.deed_count}"


def _of_item(row: PublicationRow) -> Iterator[str]:
    personal = (row.name, row.text, row.link)
    if row.unnamed and (row.named or any(personal)):
        yield "lost its name and still has one"
    if row.name and not row.named:
        yield "has a name without consent"


def _of_brands(rows: Rows) -> Iterator[str]:
    """At each date, brands in use can be read, and differ in trade, mark and colour."""
    noted = excused(rows)
    histories = {key: row.history for key, row in rows["brands"].items()}
    facts = (fact for history in histories.values() for fact in history if fact.position not in noted)
    for when in sorted({fact.at for fact in facts}):
        then = {key: brand_at(history, when) for key, history in histories.items()}
        used = {key: one for key, one in then.items() if one and one.retired_at is None}
        yield from (f"{what} at {when.isoformat()}" for what in _alike(used))


def _alike(used: dict[str, BrandThen]) -> Iterator[str]:
    for key, one in used.items():
        if contrast(one.colour, one.ink) < LEAST:
            yield f"brand {key} cannot be read"
    for field in ("trade", "mark", "colour"):
        seen = dict[str, str]()
        for key, one in used.items():
            other = seen.setdefault(getattr(one, field), key)
            if other != key:
                yield f"brands {other} and {key} have the same {field}"


LAW = Law(
    code="recognition",
    meaning="An award, a name or a brand does not follow from what was recorded, at some date.",
    broken=broken,
)
