"""Find anything by what people say of it: a number, a call sign, a name, a place, a phone number.

An index in memory holds what is searched of each row, folded, and is kept up to date step by step. Opened
names are kept in memory only, by their sealed token: a changed name has a new token, and whatever is erased
in a jurisdiction drops all of its names.
"""

import asyncio
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

from events.signs import number_of, sign
from services.access import Principal
from services.api.folding import Folded, folded, name_of, rank
from services.api.rows import Opener, subject_of
from services.application.following import Followed
from services.application.lookup import region_in
from services.application.progress import ViewProgress
from services.vault import Vault
from services.views.port import Query, Views

AT_ONCE: Final = 5_000
LEAST_DIGITS: Final = 5
"""Digits of a text that may be a phone number."""
MOST_UNUSED: Final = 1_000
"""Opened names kept in memory that are nobody's any longer."""
VIEWS: Final = {
    "request": "requests",
    "worker": "roster",
    "team": "teams",
    "incident": "incidents",
    "area": "areas",
}
"""Kind -> view, in the order of equally good finds."""
NAMES: Final = {"request": "contact_name", "worker": "name"}
"""Kind -> sealed field with a name."""
OWN: Final = {
    "request": ("request",),
    "worker": ("worker", "call_sign"),
    "team": ("team", "call_sign", "name"),
}
PLAIN: Final = {**OWN, "incident": ("incident", "name"), "area": ("area", "name")}
"""Kind -> plain fields that are searched."""
_KINDS: Final = list(VIEWS)
_KIND: Final = {view: kind for kind, view in VIEWS.items()}
_kept_name = lru_cache(maxsize=20_000)(name_of)
"""Folded names that are no secret and need more than a change of case."""


def _plain_name(text: str) -> Folded:
    """Return a plain id or name, folded. Ids are too many to be kept, and quick to fold."""
    return Folded(folded(text)) if text.isascii() else _kept_name(text)


class Found(Struct, frozen=True):
    """One find: what it is and its row as the caller may see it."""

    kind: str
    id: str
    label: str
    row: dict[str, Any]


class Entry(Struct, frozen=True, gc=False):
    """What is searched of a row."""

    area: str | None
    plain: tuple[Folded, ...]
    """Its id, call sign and plain name."""
    token: str | None
    """Its sealed name."""
    number: int | None


class Person(Entry, frozen=True, gc=False):
    """A worker, with what decides who may open their personal data (`Principal.opens`)."""

    home_area: str | None
    registered_by: str | None


class Spanning(Entry, frozen=True, gc=False):
    """What lies in several areas."""

    areas: tuple[str, ...]


def _entry(view: str, row: Any) -> Entry:
    kind = _KIND[view]
    plain = tuple(_plain_name(one) for field in PLAIN[kind] if (one := getattr(row, field)))
    token = getattr(row, NAMES[kind]) if kind in NAMES else None
    if "areas" in row.__struct_fields__:
        return Spanning(None, plain, token, None, row.areas)
    number = row.number if kind == "request" else None
    if kind == "worker":
        return Person(row.area, plain, token, number, row.home_area, row.registered_by)
    return Entry(row.area, plain, token, number)


class Index(Followed[Entry]):
    """What is searched in one jurisdiction, and the names opened so far."""

    def __init__(self, jurisdiction: str) -> None:
        super().__init__(jurisdiction, {view: Query() for view in VIEWS.values()}, _entry)
        self._known: dict[str, Folded] = {}

    async def open_names(self, opener: Opener) -> None:
        """Open the names that are not known yet, on a thread."""
        mine = [e.token for kind in NAMES for e in self.rows.get(VIEWS[kind], {}).values() if e.token]
        new = [token for token in mine if token not in self._known]
        if len(self._known) > len(mine) + MOST_UNUSED:
            self._known = {token: name for token in mine if (name := self._known.get(token))}
        for begin in range(0, len(new), AT_ONCE):
            part = new[begin : begin + AT_ONCE]
            await opener.warm_subjects(list(dict.fromkeys(subject_of(token) for token in part)))
            self._known.update(await asyncio.to_thread(_opened, opener, part))

    def name(self, entry: Entry) -> Folded | None:
        """Return the name behind an entry's token, if it could be opened."""
        return self._known.get(entry.token) if entry.token else None


def _opened(opener: Opener, tokens: list[str]) -> dict[str, Folded]:
    return {token: name_of(plain) for token in tokens if (plain := opener.plain(token))}


class Finder:
    """Searches for one caller."""

    def __init__(
        self,
        index: Index,
        views: Views,
        vault: Vault,
        jurisdiction: str,
        asker: Principal,
        opener: Opener,
        *,
        names: bool,
        phones: bool,
    ) -> None:
        """`names`, `phones`: whether the caller may search by people's names and phone numbers."""
        self._index, self._views, self._vault, self._jurisdiction = index, views, vault, jurisdiction
        self._asker, self._opener, self._names, self._phones = asker, opener, names, phones

    async def find(self, text: str, limit: int, progress: ViewProgress) -> tuple[list[Found], bool]:
        """Return the best finds, and whether more matched. Raises ViewsUnavailable."""
        phoned = await self._phoned(text)
        async with self._index.lock:
            await self._index.bring_up_to_date(self._views, progress)
            if self._names:
                await self._index.open_names(self._opener)
            ranked = await asyncio.to_thread(lambda: sorted(self._ranked(text, phoned)))
        best = [(_KINDS[kind], key) for _, kind, key in ranked[:limit]]
        return await self._shown(best), len(ranked) > limit

    def _ranked(self, text: str, phoned: set[str]) -> Iterator[tuple[int, int, str]]:
        """Yield (how good, kind, key) of what fits and may be seen."""
        wanted, number = folded(text), number_of(text)
        for order, kind in enumerate(_KINDS):
            for key, entry in self._index.rows.get(VIEWS[kind], {}).items():
                if not self._asker.sees(entry):
                    continue
                good = self._fits(entry, wanted)
                if number is not None and entry.number == number:
                    good = 0
                if phoned and f"{kind}/{key}" in phoned and self._asker.opens(entry):
                    good = 0
                if good is not None:
                    yield good, order, key

    def _fits(self, entry: Entry, wanted: str) -> int | None:
        best: int | None = None
        for name in entry.plain:
            good = rank(wanted, name)
            if good is not None and (best is None or good < best):
                best = good
        if self._names and entry.token and self._asker.opens(entry) and (name := self._index.name(entry)):
            good = rank(wanted, name)
            if good is not None and (best is None or good < best):
                best = good
        return best

    async def _phoned(self, text: str) -> set[str]:
        """Return `kind/id` of everybody with this phone number, however it is written."""
        digits = sum(one.isdigit() for one in text)
        if not self._phones or digits < LEAST_DIGITS:
            return set()
        region = await region_in(self._views, self._jurisdiction)
        return set(await self._vault.find_phone(self._jurisdiction, text, region))

    async def _shown(self, best: Sequence[tuple[str, str]]) -> list[Found]:
        """Return these rows as the caller may see them, in this order."""
        keys: dict[str, list[str]] = {}
        for kind, key in best:
            keys.setdefault(VIEWS[kind], []).append(key)
        rows = await self._views.load(self._jurisdiction, keys) if keys else {}
        found: list[Found] = []
        for kind, key in best:
            row = rows[VIEWS[kind]].get(key)
            if row is not None and self._asker.sees(row):
                (shown,) = await self._opener.rows(VIEWS[kind], [(key, row)])
                found.append(Found(kind, key, _label(kind, shown), shown))
        return found


def _label(kind: str, row: dict[str, Any]) -> str:
    """Return what it is called aloud."""
    if kind == "request":
        return sign("R", row["number"]) if row["number"] else str(row["request"])
    if kind == "worker":
        return " ".join(one for one in (row["call_sign"], row["name"]) if one) or str(row["worker"])
    return str(row["name"])
