"""Source lists compared with the ledger as of an instant: each entry has exactly one state.

Codes are compared first, then names. Nothing is a match by its name alone: a person has to say so.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from events.area import meets
from events.credit_code import code_state, plain_code
from events.source_list import DIFFERENT, SAME, UNDECIDED, Listing, Said, standing
from projections.comparison import Candidate, ComparisonRow, Reason, State, Why
from projections.enterprises import EnterpriseRow
from projections.entries import EntryRow
from projections.source_lists import SourceListRow
from services.matching.comparing import Blocks, likeness
from services.matching.names import Name, taken_apart
from services.matching.words import Regions

GOOD: Final = "good"
OPEN: Final = "open"


class Ledger:
    """Enterprises at an instant, by code and by name."""

    def __init__(self, enterprises: Iterable[EnterpriseRow], known: Regions) -> None:
        self.rows = {row.enterprise: row for row in enterprises}
        self._known = known
        self._by_code: defaultdict[str, list[str]] = defaultdict(list)
        self._names: dict[str, Name] = {}
        for key, row in self.rows.items():
            self._names[key] = taken_apart(row.name, known)
            if row.code:
                self._by_code[plain_code(row.code)].append(key)
        self._blocks = Blocks(self._names)

    def of_code(self, code: str | None) -> Sequence[str]:
        """Return the enterprises with this code, those that are open first."""
        found = self._by_code.get(plain_code(code), ()) if code else ()
        return sorted(found, key=lambda key: (self.rows[key].state != OPEN, key))

    def of_name(self, listing: Listing) -> list[tuple[str, Why]]:
        """Return enterprises of like names, best first, of one score those of the entry's area first.

        Two good codes that differ are two enterprises.
        """
        name = taken_apart(listing.name, self._known)
        found = self._blocks.alike(name, first=lambda key: meets(self.rows[key].area, listing.area))
        good = code_state(listing.code) == GOOD
        return [(one.key, one.why) for one in found if not good or self.rows[one.key].code_state != GOOD]

    def agrees(self, listing: Listing, enterprise: str) -> bool:
        """Whether an entry's name is like that of an enterprise."""
        return likeness(taken_apart(listing.name, self._known), self._names[enterprise]) is not None


def compared(
    lists: Iterable[SourceListRow], entries: Iterable[EntryRow], ledger: Ledger, when: datetime
) -> list[ComparisonRow]:
    """Return each entry of the editions in force at an instant, once, in the order of list and entry."""
    editions = {row.source_list: row.edition for row in lists}
    found: list[ComparisonRow] = []
    for row in entries:
        edition = editions.get(row.source_list)
        listing = next((one for one in row.listings if one.edition == edition), None)
        if listing:
            found.append(_one(row, listing, ledger, when))
    return sorted(found, key=lambda one: (one.source_list, one.entry))


def _one(row: EntryRow, listing: Listing, ledger: Ledger, when: datetime) -> ComparisonRow:
    said = standing(row.said, when)
    state, enterprise, possible = _state(listing, said, ledger)
    likely = enterprise or next((one.enterprise for one in possible), None)
    return ComparisonRow(
        entry=row.entry,
        source_list=row.source_list,
        edition=listing.edition,
        area=listing.area,
        name=listing.name,
        code=listing.code,
        trade=listing.trade,
        state=state,
        enterprise=enterprise,
        known_as=ledger.rows[likely].name if likely else None,
        known_area=ledger.rows[likely].area if likely else None,
        candidates=possible,
        said=tuple(said.values()),
    )


def _state(
    listing: Listing, said: Mapping[str, Said], ledger: Ledger
) -> tuple[State, str | None, tuple[Candidate, ...]]:
    """Return an entry's state, the enterprise that it is matched with, and otherwise its candidates."""
    same = next((key for key, one in said.items() if one.verdict == SAME and key in ledger.rows), None)
    if same:
        return "verdict", same, ()
    possible = _possible(listing, said, ledger)
    by_code = [one.enterprise for one in possible if one.why == "code"]
    matched = next((key for key in by_code if ledger.agrees(listing, key)), None)
    if matched:
        return "code", matched, ()
    return ("names" if by_code else "candidate" if possible else "missing"), None, possible


def _possible(listing: Listing, said: Mapping[str, Said], ledger: Ledger) -> tuple[Candidate, ...]:
    """Return the enterprises of its code, else those of like names, without those said to be different."""
    no = {key for key, one in said.items() if one.verdict == DIFFERENT}
    why: dict[str, Reason] = {key: "code" for key in ledger.of_code(listing.code) if key not in no}
    if not why:
        why = {key: reason for key, reason in ledger.of_name(listing) if key not in no}
    for key, one in said.items():
        if one.verdict == UNDECIDED and key in ledger.rows:
            why.setdefault(key, "said")
    return tuple(_candidate(ledger.rows[key], reason, said.get(key)) for key, reason in why.items())


def _candidate(row: EnterpriseRow, why: Reason, said: Said | None) -> Candidate:
    return Candidate(
        enterprise=row.enterprise,
        name=row.name,
        area=row.area,
        code=row.code,
        trade=row.trade,
        state=row.state,
        why=why,
        match=said.match if said else None,
    )
