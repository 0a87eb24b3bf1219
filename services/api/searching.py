"""Find anything by what people say of it: a number, a call sign, a name, a place, a phone number.

Opened names are kept in memory only, folded, by their sealed token: a changed name has a new token, and
whatever is erased in a jurisdiction drops all of its names.
"""

import asyncio
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final

from cachetools import LRUCache
from msgspec import Struct

from events.signs import number_of, sign
from projections.base import Row
from services.access import Principal
from services.api.folding import Folded, folded, name_of, rank
from services.api.rows import Opener
from services.vault import Vault
from services.views.port import Query, Views

AT_ONCE: Final = 5_000
LEAST_DIGITS: Final = 5
"""Digits of a text that may be a phone number."""
MOST_NAMES: Final = 100_000
"""Folded names kept in memory; the least used are dropped."""
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
_kept_name = lru_cache(maxsize=20_000)(name_of)
"""Folded names that are no secret and need more than a change of case."""


def _plain_name(text: str) -> Folded:
    """Return a plain id or name, folded. Ids are too many to be kept, and quick to fold."""
    return Folded(folded(text)) if text.isascii() else _kept_name(text)


Items = dict[str, list[tuple[str, Any]]]


class Found(Struct, frozen=True):
    """One find: what it is and its row as the caller may see it."""

    kind: str
    id: str
    label: str
    row: dict[str, Any]


class Names:
    """Opened names of one jurisdiction, folded, in memory only."""

    def __init__(self) -> None:
        self.known: LRUCache[str, Folded] = LRUCache(MOST_NAMES)

    async def open(self, opener: Opener, view: str, field: str, rows: Iterable[Row]) -> None:
        """Open the names that are not known yet, on a thread."""
        new = [row for row in rows if (token := getattr(row, field)) and token not in self.known]
        for begin in range(0, len(new), AT_ONCE):
            part = new[begin : begin + AT_ONCE]
            await opener.warm(**{view: part})
            self.known.update(await asyncio.to_thread(_opened, opener, field, part))

    def of(self, token: str | None) -> Folded | None:
        """Return the name of a sealed token, if it could be opened."""
        return self.known.get(token) if token else None


def _opened(opener: Opener, field: str, rows: list[Row]) -> dict[str, Folded]:
    plain = {getattr(row, field): opener.plain(getattr(row, field)) for row in rows}
    return {token: name_of(name) for token, name in plain.items() if name}


class Finder:
    """Searches for one caller."""

    def __init__(
        self,
        views: Views,
        vault: Vault,
        jurisdiction: str,
        asker: Principal,
        opener: Opener,
        *,
        names: Names | None,
        phones: bool,
    ) -> None:
        """`names` is None for callers who may not search by people's names, `phones` whether they may by
        phone numbers."""
        self._views, self._vault, self._jurisdiction = views, vault, jurisdiction
        self._asker, self._opener, self._names, self._phones = asker, opener, names, phones

    async def find(self, text: str, limit: int) -> tuple[list[Found], bool]:
        """Return the best finds, and whether more matched."""
        queries = {view: Query(within=self._asker.areas) for view in VIEWS.values()}
        rows, _ = await self._views.snapshot(self._jurisdiction, queries)
        items: Items = {kind: rows.get(view, []) for kind, view in VIEWS.items()}
        if self._names:
            for kind, field in NAMES.items():
                mine = [row for _, row in items[kind] if self._asker.opens(row)]
                await self._names.open(self._opener, VIEWS[kind], field, mine)
        phoned = await self._phoned(text)
        ranked = await asyncio.to_thread(lambda: sorted(self._ranked(text, items, phoned), key=_order))
        best = ranked[:limit]
        return [await self._shown(kind, key, row) for _, kind, key, row in best], len(ranked) > limit

    def _ranked(self, text: str, items: Items, phoned: set[str]) -> Iterator[tuple[int, str, str, Any]]:
        wanted, number = folded(text), number_of(text)
        for kind, rows in items.items():
            for key, row in rows:
                called = f"{kind}/{key}" in phoned and self._asker.opens(row)
                good = 0 if called else self._fits(kind, row, wanted, number)
                if good is not None:
                    yield good, kind, key, row

    def _fits(self, kind: str, row: Any, wanted: str, number: int | None) -> int | None:
        if kind == "request" and number is not None and row.number == number:
            return 0
        plain = (getattr(row, field) for field in PLAIN[kind])
        names = [_plain_name(one) for one in plain if one]
        if self._names and kind in NAMES and self._asker.opens(row):
            names += [one] if (one := self._names.of(getattr(row, NAMES[kind]))) else []
        found = [good for name in names if (good := rank(wanted, name)) is not None]
        return min(found, default=None)

    async def _phoned(self, text: str) -> set[str]:
        """Return `kind/id` of everybody with this phone number, however it is written."""
        digits = sum(one.isdigit() for one in text)
        if not self._phones or digits < LEAST_DIGITS:
            return set()
        return set(await self._vault.find_phone(self._jurisdiction, text))

    async def _shown(self, kind: str, key: str, row: Any) -> Found:
        (shown,) = await self._opener.rows(VIEWS[kind], [(key, row)])
        return Found(kind, key, _label(kind, shown), shown)


def _order(one: tuple[int, str, str, Any]) -> tuple[int, int, str]:
    good, kind, key, _ = one
    return good, _KINDS.index(kind), key


def _label(kind: str, row: dict[str, Any]) -> str:
    """Return what it is called aloud."""
    if kind == "request":
        return sign("R", row["number"]) if row["number"] else str(row["request"])
    if kind == "worker":
        return " ".join(one for one in (row["call_sign"], row["name"]) if one) or str(row["worker"])
    return str(row["name"])
