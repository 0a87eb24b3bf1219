"""Find by what people say: a number, a call sign, a name, a place, a phone number; as one caller may."""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Sequence
from heapq import merge
from itertools import chain, islice
from typing import Any, Final

from msgspec import Struct

from events.signs import number_of, sign
from projections.base import Row
from services.access import Principal
from services.api.rows import Opener
from services.application.lookup import region_in
from services.search.folding import folded, name_of, rank
from services.search.index import KINDS, NAMES, VIEWS, Building, Entry, Index, Spanning
from services.search.texts import LEVELS
from services.vault import Vault
from services.views.port import Views

LEAST_DIGITS: Final = 5
"""Digits of a text that may be a phone number."""
WAIT_SECONDS: Final = 2.0
"""How long a search waits for its index; after that it finds what is there."""
Best = tuple[str, str, bool]
"""Kind, key, and whether only a sealed name fits."""


class Found(Struct, frozen=True):
    """One find: what it is and its row as the caller may see it."""

    kind: str
    id: str
    label: str
    row: dict[str, Any]


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
        self._seen: dict[str | None, bool] = {}
        self._visible: dict[str, frozenset[str]] = {}

    async def find(self, text: str, limit: int) -> tuple[list[Found], bool, Building | None]:
        """Return the best finds, whether more matched, and what of the index is still being built.

        Raises ViewsUnavailable, VaultUnavailable.
        """
        phoned = await self._phoned(text)
        building = await self._index.ready(WAIT_SECONDS)
        async with self._index.lock:
            best = await asyncio.to_thread(self._best, text, phoned, limit + 1)
        return await self._shown(folded(text), best[:limit]), len(best) > limit, building

    async def named(self, name: str, limit: int) -> tuple[dict[str, list[tuple[str, Row]]], Building | None]:
        """Return the best rows by people's names, by view, and what of the index is still being built.

        Raises ViewsUnavailable, VaultUnavailable.
        """
        building, wanted = await self._index.ready(WAIT_SECONDS), folded(name)
        best: list[Best] = []
        async with self._index.lock:
            for kind in NAMES:
                ranked = self._ranked(wanted, {}, [kind], plain=False)
                best += await asyncio.to_thread(lambda found: list(islice(found, limit)), ranked)
        return await self._rows(wanted, best), building

    def _best(self, text: str, phoned: Iterable[str], most: int) -> list[Best]:
        whole: dict[str, set[str]] = {}
        for subject in phoned:
            kind, _, key = subject.partition("/")
            entry = self._index.entry(kind, key) if kind in VIEWS else None
            if entry and self._asker.opens(entry):
                whole.setdefault(kind, set()).add(key)
        if (number := number_of(text)) is not None:
            whole.setdefault("request", set()).update(self._index.numbered(number))
        self._index.settle()
        self._visible = {}
        return list(islice(self._ranked(folded(text), whole, KINDS), most))

    def _ranked(
        self, wanted: str, whole: dict[str, set[str]], kinds: Sequence[str], *, plain: bool = True
    ) -> Iterator[Best]:
        """Yield what fits and may be seen, best first. `whole`: what fits for other reasons, by kind."""
        told: set[tuple[str, str]] = set()
        refused: set[tuple[str, str, bool]] = set()
        for level in LEVELS:
            for kind in kinds:
                other = whole.get(kind, ()) if level == 0 else ()
                for key, by_name in self._fitting(kind, wanted, level, other, plain=plain):
                    if (kind, key) in told or (kind, key, by_name) in refused:
                        continue
                    if self._may(kind, key, by_name=by_name):
                        told.add((kind, key))
                        yield kind, key, by_name
                    else:
                        refused.add((kind, key, by_name))

    def _fitting(
        self, kind: str, wanted: str, level: int, other: Collection[str], *, plain: bool
    ) -> Iterator[tuple[str, bool]]:
        """Yield keys in order, and whether they fit by a sealed name; other reasons to fit come first."""
        if not self._sees_any(kind):
            return iter(())
        found = [((key, False) for key in sorted(other))] if other else []
        if plain:
            found.append((key, False) for key in self._among(kind, self._index.plain(kind, wanted, level)))
        if self._names and kind in NAMES:
            found.append((key, True) for key in self._among(kind, self._index.named(kind, wanted, level)))
        return merge(*found) if len(found) > 1 else chain(*found)

    def _sees_any(self, kind: str) -> bool:
        return not self._asker.areas or bool(self._seen_keys(kind))

    def _among(self, kind: str, keys: Iterator[str]) -> Iterator[str]:
        """Pass over what the caller may not see, which may be nearly all that fits."""
        return filter(self._seen_keys(kind).__contains__, keys) if self._asker.areas else keys

    def _seen_keys(self, kind: str) -> frozenset[str]:
        if kind not in self._visible:
            entries = self._index.entries(kind).items()
            self._visible[kind] = frozenset(key for key, one in entries if self._sees(one))
        return self._visible[kind]

    def _may(self, kind: str, key: str, *, by_name: bool) -> bool:
        entry = self._index.entry(kind, key)
        return entry is not None and self._sees(entry) and (not by_name or self._asker.opens(entry))

    def _sees(self, entry: Entry) -> bool:
        """Ask once per area."""
        if isinstance(entry, Spanning):
            return self._asker.sees(entry)
        seen = self._seen.get(entry.area)
        if seen is None:
            seen = self._seen[entry.area] = self._asker.sees(entry)
        return seen

    async def _phoned(self, text: str) -> set[str]:
        """Return `kind/id` of everybody with this phone number, however it is written."""
        digits = sum(one.isdigit() for one in text)
        if not self._phones or digits < LEAST_DIGITS:
            return set()
        region = await region_in(self._views, self._jurisdiction)
        return set(await self._vault.find_phone(self._jurisdiction, text, region))

    async def _shown(self, wanted: str, best: Sequence[Best]) -> list[Found]:
        """Return these rows as the caller may see them, in this order."""
        shown: dict[tuple[str, str], dict[str, Any]] = {}
        for view, rows in (await self._rows(wanted, best)).items():
            told = await self._opener.rows(view, rows)
            shown |= {(view, key): row for (key, _), row in zip(rows, told, strict=True)}
        found = ((kind, key, shown.get((VIEWS[kind], key))) for kind, key, _ in best)
        return [Found(kind, key, _label(kind, row), row) for kind, key, row in found if row is not None]

    async def _rows(self, wanted: str, best: Sequence[Best]) -> dict[str, list[tuple[str, Row]]]:
        """Return these rows by view, in this order, as far as they still fit.

        Who fits by a sealed name has it opened again, with the keys of this moment: nobody is found by a name
        whose key is destroyed, whatever the index still holds.
        """
        keys: dict[str, list[tuple[str, bool]]] = {}
        for kind, key, by_name in best:
            keys.setdefault(VIEWS[kind], []).append((key, by_name))
        asked = {view: [key for key, _ in some] for view, some in keys.items()}
        read = await self._views.load(self._jurisdiction, asked) if asked else {}
        found: dict[str, list[tuple[str, Row]]] = {VIEWS[kind]: [] for kind in NAMES}
        for view, some in keys.items():
            await self._opener.warm(**{view: [row for row in read[view].values() if row is not None]})
            found[view] = [
                (key, row)
                for key, by_name in some
                if (row := read[view].get(key)) is not None
                and self._asker.sees(row)
                and (not by_name or self._fits(view, row, wanted))
            ]
        return found

    def _fits(self, view: str, row: Any, wanted: str) -> bool:
        (field,) = (field for kind, field in NAMES.items() if VIEWS[kind] == view)
        token = getattr(row, field)
        name = self._opener.plain(token) if token and self._asker.opens(row) else None
        return name is not None and rank(wanted, name_of(name)) is not None


def _label(kind: str, row: dict[str, Any]) -> str:
    """Return what it is called aloud."""
    if kind == "request":
        return sign("R", row["number"]) if row["number"] else str(row["request"])
    if kind == "worker":
        return " ".join(one for one in (row["call_sign"], row["name"]) if one) or str(row["worker"])
    return str(row["name"])
