"""What somebody must answer for: the areas and trades of a jurisdiction, with their names by date.

Not public: it is read for the question who answers for what (projections/responsibility.py).
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.area import AreaClosed, AreaDefined, AreaRenamed
from events.base import EventEnvelope
from events.dated import dated
from events.jurisdiction import JurisdictionEstablished
from events.terms import BUILT_IN, Names, TermDefined
from projections.base import Row, View

AREA, TRADE = "area", "trade"
EVENTS = (JurisdictionEstablished, AreaDefined, AreaRenamed, AreaClosed, TermDefined)


class Named(msgspec.Struct, frozen=True):
    """From when on it had these names; or had ended."""

    at: datetime
    position: int
    names: Names
    ended: bool = False


class AnswerableRow(Row, frozen=True, kw_only=True):
    """One area or trade."""

    kind: str
    code: str
    parent: str | None = None
    """Of an area."""
    named: tuple[Named, ...]


def keys(envelope: EventEnvelope) -> Iterable[str]:
    match envelope.data:
        case JurisdictionEstablished():
            return (f"{AREA}/{envelope.jurisdiction}",)
        case AreaDefined() | AreaRenamed() | AreaClosed() as e:
            return (f"{AREA}/{e.area}",)
        case TermDefined() as e if e.list == TRADE:
            return (f"{TRADE}/{e.code}",)
        case _:
            return ()


def evolve(row: AnswerableRow | None, envelope: EventEnvelope, key: str) -> AnswerableRow | None:
    kind, _, code = key.partition("/")
    new = _named(row, envelope)
    parent = envelope.data.parent if isinstance(envelope.data, AreaDefined) else None
    known = row or AnswerableRow(kind=kind, code=code, parent=parent, named=())
    return msgspec.structs.replace(known, named=dated(known.named, new)) if new else row


def _named(row: AnswerableRow | None, envelope: EventEnvelope) -> Named | None:
    at, position = envelope.at, envelope.position
    match envelope.data:
        case JurisdictionEstablished() | AreaDefined() | AreaRenamed() as e:
            return Named(at, position, Names(zh=e.name, en=e.name))
        case AreaClosed() if row:
            return Named(at, position, row.named[-1].names, ended=True)
        case TermDefined() as e:
            return Named(at, position, e.names, ended=e.retired)
        case _:
            return None


def names_at(row: AnswerableRow, instant: datetime) -> Names | None:
    """Return the names at an instant; None if it had ended.

    Before its first record it had the first name: a street is older than its entry here.
    """
    built_in = BUILT_IN[TRADE].get(row.code) if row.kind == TRADE else None
    usual = built_in.names if built_in else Names()
    known = [one for one in row.named if one.at <= instant]
    last = known[-1] if known else None if built_in else row.named[0]
    if last is None:
        return usual
    return None if last.ended else Names(en=last.names.en or usual.en, zh=last.names.zh or usual.zh)


def trades() -> dict[str, AnswerableRow]:
    """Return the trades that are built in, as rows without a definition of their own."""
    return {f"{TRADE}/{code}": AnswerableRow(kind=TRADE, code=code, named=()) for code in BUILT_IN[TRADE]}


VIEW = View(
    name="answerable",
    row=AnswerableRow,
    keys=keys,
    evolve=evolve,
    events=EVENTS,
    public=False,
)
