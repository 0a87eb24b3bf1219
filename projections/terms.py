"""Terms 术语: entries of the coded lists that the jurisdiction has defined itself."""

from collections.abc import Iterable
from datetime import datetime

from events.amendment import present
from events.base import EventEnvelope
from events.terms import Names, TermDefined
from projections.base import EVERYBODY, Row, View


class TermRow(Row, frozen=True, kw_only=True):
    """One definition. Built-in entries without a definition have no row."""

    term: str
    """`LIST.CODE`"""
    list: str
    code: str
    names: Names
    """By language; a missing one is the built-in one, or the code."""
    confirm: bool
    """A request of this category completes only when a dispatcher says so."""
    retired: bool
    """No longer offered."""
    defined_at: datetime
    defined_by: str


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.term,) if isinstance(e, TermDefined) else ()


def evolve(row: TermRow | None, envelope: EventEnvelope, key: str) -> TermRow | None:
    e = envelope.data
    if not isinstance(e, TermDefined) or not present(e):
        return row
    return TermRow(
        term=key,
        list=e.list,
        code=e.code,
        names=e.names,
        confirm=e.confirm,
        retired=e.retired,
        defined_at=envelope.at,
        defined_by=envelope.actor,
    )


VIEW = View(
    name="terms",
    row=TermRow,
    keys=keys,
    evolve=evolve,
    events=(TermDefined,),
    filters=("list", "code", "retired"),
    own=EVERYBODY,
)
