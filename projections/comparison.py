"""Comparison 比对: what each entry of a source list is in the ledger, and completeness 完整度 in numbers.

Both are computed on request by `services.matching`, as of any instant: one entry depends on many
enterprises, so no event says which rows it changes.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Literal, get_args

import msgspec

from events.base import EventEnvelope
from events.source_list import Said
from projections.base import Row, View

State = Literal["code", "verdict", "names", "candidate", "missing"]
"""code: matched by its code. verdict: matched because somebody said so. names: its code is that of an
enterprise of another name, which a person has to look at. candidate: undecided between enterprises of like
names. missing: the ledger has none like it."""
STATES: Final[tuple[State, ...]] = get_args(State)
Why = Literal["core", "trade", "brand", "sound", "typing"]
"""core: equal but for region, brackets and form. trade: one brand, and one trade in other words. brand: one
brand, and only one says its trade. sound: the brands sound alike. typing: one character apart."""
Reason = Literal[Why, "code", "said"]
"""Why an enterprise is a candidate. code: it has the entry's code. said: somebody could not decide."""
By = Literal["list", "area", "trade"]


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """An enterprise that an entry may be."""

    enterprise: str
    name: str
    area: str
    code: str | None = None
    trade: str | None = None
    state: str
    """Of the enterprise: open, closed, merged or away."""
    why: Reason
    match: str | None = None
    """The verdict `undecided` on it, if there is one."""


class ComparisonRow(Row, frozen=True, kw_only=True):
    """An entry of the edition in force, and what it is in the ledger."""

    entry: str
    source_list: str
    edition: datetime
    """The source's own date."""
    area: str
    name: str
    code: str | None = None
    trade: str | None = None
    state: State
    enterprise: str | None = None
    """The one that it is matched with."""
    known_as: str | None = None
    """Name of that enterprise, or of the first candidate."""
    known_area: str | None = None
    """Where that enterprise lies. Outside the reader's areas neither it nor its name is shown."""
    candidates: tuple[Candidate, ...] = ()
    """Best first; without those that lie outside the reader's areas."""
    elsewhere: int = 0
    """Enterprises that it is or may be, outside the reader's areas."""
    said: tuple[Said, ...] = ()
    """Verdicts that stand."""


class CompletenessRow(Row, frozen=True, kw_only=True):
    """Entries of a list by state: entries = matched + names + candidate + missing."""

    by: By
    """list: the whole list. area: its entries of one county. trade: those of one trade."""
    source_list: str
    kind: str
    title: str
    edition: datetime
    """The source's own date of the edition in force."""
    area: str | None = None
    trade: str | None = None
    entries: int
    matched: int
    """By code or verdict."""
    code: int
    verdict: int
    names: int
    candidate: int
    missing: int
    share: float | None
    """matched / entries; None without entries."""
    since: datetime | None = None
    """The earlier instant that was asked for."""
    edition_before: datetime | None = None
    entries_before: int | None = None
    matched_before: int | None = None
    missing_before: int | None = None
    share_before: float | None = None


def _no_keys(envelope: EventEnvelope) -> Iterable[str]:
    return ()


def _unchanged(row: Any, envelope: EventEnvelope, key: str) -> Any:
    return row


COMPARISON: Final = View(
    name="comparison",
    row=ComparisonRow,
    keys=_no_keys,
    evolve=_unchanged,
    filters=("entry", "source_list", "area", "state", "trade", "name", "code", "enterprise"),
)
COMPLETENESS: Final = View(
    name="completeness",
    row=CompletenessRow,
    keys=_no_keys,
    evolve=_unchanged,
    filters=("by", "source_list", "kind", "area", "trade", "entries", "matched", "missing", "share"),
)
