"""What is searched in one jurisdiction: read in the background, then kept up to date step by step."""

import asyncio
import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from sys import intern
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from events.commit import Head
from projections.base import Row
from services.application.following import Followed
from services.application.progress import ViewProgress
from services.base.memory import give_back
from services.base.threads import alone
from services.search.folding import Folded, folded, name_of
from services.search.texts import MOST_FRESH, Texts
from services.vault import BadToken, Keyring, NoKey, Vault, subject_of
from services.views.port import OutboxStep, Query, Views

AT_ONCE: Final = 2_000
"""Names opened on a thread at a time."""
KEEP_UP_SECONDS: Final = 1.0
USED_SECONDS: Final = 600.0
"""How long after a search the index is kept up to date."""
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
PLAIN: Final = {
    "request": ("request",),
    "worker": ("worker", "call_sign"),
    "team": ("team", "call_sign", "name"),
    "incident": ("incident", "name"),
    "area": ("area", "name"),
}
"""Kind -> plain fields that are searched; the first is the row's key."""
KINDS: Final = list(VIEWS)
_KIND: Final = {view: kind for kind, view in VIEWS.items()}
_kept_name = lru_cache(maxsize=20_000)(name_of)
"""Folded names that are no secret and need more than a change of case."""

log_of = logging.getLogger("muster.search")


class Entry(Struct, frozen=True, gc=False):
    """What of a row decides who may find it, and whether its texts have changed."""

    area: str | None
    plain: int
    """Hash of its id, call sign and plain name."""
    token: int
    """Hash of its sealed name; 0 = none."""
    number: int | None


class Person(Entry, frozen=True, gc=False):
    """A worker, with what decides who may open their personal data (`Principal.opens`)."""

    home_area: str | None
    registered_by: str | None


class Spanning(Entry, frozen=True, gc=False):
    """What lies in several areas."""

    areas: tuple[str, ...]


class Building(Struct, frozen=True):
    """How far the index is while it is built: finds may be missing."""

    stage: str
    """`rows` while rows are read, `names` while names are opened."""
    names: int = 0
    """Names that are still to be opened."""


class Index(Followed[Entry]):
    """What is searched in one jurisdiction. Hold `lock` while searching.

    Names are opened in the background. Who shows a find opens its name again, so that an erased key counts at
    once, whatever is still here.
    """

    def __init__(self, jurisdiction: str, views: Views, vault: Vault, progress: ViewProgress) -> None:
        super().__init__(jurisdiction, {view: Query() for view in VIEWS.values()}, self._taken)
        self._root, self._views, self._vault, self._progress = jurisdiction, views, vault, progress
        self._plain = {view: Texts() for view in VIEWS.values()}
        self._names = {VIEWS[kind]: Texts() for kind in NAMES}
        self._closed: dict[str, dict[str, str]] = {VIEWS[kind]: {} for kind in NAMES}
        """Sealed names that are still to be opened, by view and key."""
        self._forgotten = False
        """Whether a name that must go is still in memory."""
        self._outdated = False
        """Whether rows must be read again."""
        self._work: asyncio.Task[None] | None = None
        self._following: asyncio.Task[None] | None = None
        self._used = 0.0

    # -- building ------------------------------------------------------------------------------------------

    async def ready(self, seconds: float) -> Building | None:
        """Bring it up to date, waiting this long until it is complete. Return how far it is; None = complete.

        What takes longer goes on in the background. Raises ViewsUnavailable, VaultUnavailable.
        """
        self._used = time.monotonic()
        if self.position is not None:
            async with self.lock:
                await self.follow()
        work = self.begin()
        if work and self.building:
            await asyncio.wait({work}, timeout=seconds)
            if work.done():
                work.result()
        if self._following is None or self._following.done():
            self._following = alone(self._keep_up())
        return self.building

    @property
    def building(self) -> Building | None:
        """How far it is; None = complete."""
        if self.position is None:
            return Building("rows")
        names = sum(map(len, self._closed.values()))
        return Building("names", names) if names else None

    def begin(self) -> "asyncio.Task[None] | None":
        """Go on building in the background, if there is anything to do; return that work."""
        if self._work is not None and not self._work.done():
            return self._work
        if self.building is None and not self._outdated and not self._forgotten:
            return None
        self._work = alone(self._build())
        return self._work

    async def _build(self) -> None:
        begun, opened = time.perf_counter(), 0
        if self.position is None or self._outdated:
            self._outdated = False
            await self.read(self._views)
        while found := await self._open_some():
            opened += found
        many = opened >= AT_ONCE
        async with self.lock:
            least = 1 if many or self._forgotten else MOST_FRESH
            self._forgotten = False
            await asyncio.to_thread(self._settle, least)
        if many:
            await asyncio.to_thread(give_back)
            seconds = time.perf_counter() - begun
            log_of.info("opened %d names of %s for the search in %.1f s", opened, self._root, seconds)

    async def _keep_up(self) -> None:
        """Follow while it is in use, so that a search has little to catch up with."""
        while time.monotonic() - self._used < USED_SECONDS:
            await asyncio.sleep(KEEP_UP_SECONDS)
            async with self.lock:
                await self.follow()
            self.begin()

    async def _open_some(self) -> int:
        """Open some names; return how many were taken up. Raises VaultUnavailable."""
        view = next((view for view, some in self._closed.items() if some), None)
        if view is None:
            return 0
        closed = self._closed[view]
        part = [(key, closed[key]) for _, key in zip(range(AT_ONCE), closed, strict=False)]
        keys = await self._vault.keyring(self._root, {subject_of(token) for _, token in part})
        opened = await asyncio.to_thread(_opened, keys, part)
        async with self.lock:
            for key, token in part:
                if closed.get(key) == token:
                    del closed[key]
                    name = opened.get(key)
                    self._names[view].put(key, (name,) if name else ())
        return len(part)

    def drop(self) -> None:
        """Read all rows again, beside the searches, because they were rebuilt. Names that stay are kept."""
        self._outdated = True

    def forget(self, subject: str) -> None:
        """Forget the name of somebody whose key was destroyed."""
        kind, _, key = subject.partition("/")
        if (view := VIEWS.get(kind)) in self._names:
            self._closed[view].pop(key, None)
            self._names[view].put(key, ())
            self._forgotten = True
            self.begin()

    # -- following -----------------------------------------------------------------------------------------

    async def read(self, views: Views) -> None:
        """Read all rows, a page at a time beside the searches. Raises ViewsUnavailable.

        Later pages may be newer than the first: steps since then are applied again, without effect.
        """
        head: Head | None = None
        gone = {view: set(entries) for view, entries in self.rows.items()}
        for view in self._plain:
            query = Query(sort="key", limit=AT_ONCE)
            while True:
                page = await views.query(self._root, view, query)
                head = head or page.head
                async with self.lock:
                    await asyncio.to_thread(self._take_in, view, page.items)
                gone.get(view, set[str]()).difference_update(key for key, _ in page.items)
                if page.next is None:
                    break
                query = replace(query, cursor=page.next)
        async with self.lock:
            for view, keys in gone.items():
                for key in keys:
                    self.rows[view].pop(key, None)
                    self._gone(view, key)
            await asyncio.to_thread(self._settle, 1)
            self.position = head.position if head else 0

    def _take_in(self, view: str, items: Sequence[tuple[str, Row]]) -> None:
        self.rows.setdefault(view, {}).update((key, self._taken(view, row)) for key, row in items)

    async def follow(self) -> None:
        """Apply the steps since the last call; if there are none to apply, everything must be read again."""
        while self.position is not None and self.position < self._progress.positions.get(self._root, 0):
            steps = await self._progress.steps(self._root, self.position, views=self._queries)
            if steps is None or (steps and steps[0].after != self.position):
                self.position = None
            elif steps:
                self.apply(steps)
            else:
                break

    def apply(self, steps: Sequence[OutboxStep]) -> None:
        super().apply(steps)
        for step in steps:
            for change in step.changes:
                if change.view in self._plain and change.row is None:
                    self._gone(change.view, change.key)

    def _gone(self, view: str, key: str) -> None:
        self._plain[view].put(key, ())
        if view in self._names:
            self._closed[view].pop(key, None)
            self._names[view].put(key, ())
            self._forgotten = True

    def _taken(self, view: str, row: Any) -> Entry:
        kind = _KIND[view]
        plain = [one for field in PLAIN[kind] if (one := getattr(row, field))]
        token = getattr(row, NAMES[kind]) if kind in NAMES else None
        new, old = _entry(kind, row, plain, token), self.rows.get(view, {}).get(plain[0])
        if old is None or old.plain != new.plain:
            self._plain[view].put(plain[0], map(_plain_name, plain))
        if new.token != (old.token if old else 0):
            self._renamed(view, plain[0], token)
        return new

    def _renamed(self, view: str, key: str, token: str | None) -> None:
        self._names[view].put(key, ())
        if token:
            self._closed[view][key] = token
        else:
            self._closed[view].pop(key, None)
            self._forgotten = True

    # -- searching -----------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Make the texts quick to search again after many changes."""
        self._settle(MOST_FRESH)

    def _settle(self, least: int) -> None:
        for texts in (*self._plain.values(), *self._names.values()):
            if texts.stale >= least:
                texts.settle()

    def plain(self, kind: str, wanted: str, level: int) -> Iterator[str]:
        """Yield in order the keys of rows whose id, call sign or plain name fits this well or better."""
        return self._plain[VIEWS[kind]].matching(wanted, level)

    def named(self, kind: str, wanted: str, level: int) -> Iterator[str]:
        """Yield in order the keys of rows whose sealed name fits this well or better."""
        return self._names[VIEWS[kind]].matching(wanted, level)

    @property
    def held(self) -> str:
        """All names that are in memory."""
        return "".join(texts.held for texts in self._names.values())

    def entry(self, kind: str, key: str) -> Entry | None:
        """Return what is known of a row."""
        return self.rows.get(VIEWS[kind], {}).get(key)

    def entries(self, kind: str) -> Mapping[str, Entry]:
        """Return all rows of a kind by key."""
        return self.rows.get(VIEWS[kind], {})

    def numbered(self, number: int) -> Iterator[str]:
        """Yield the requests with this number."""
        return (key for key, one in self.rows.get("requests", {}).items() if one.number == number)


def _plain_name(text: str) -> Folded:
    """Return a plain id or name, folded. Ids are too many to be kept, and quick to fold."""
    return Folded(folded(text)) if text.isascii() else _kept_name(text)


def _entry(kind: str, row: Any, plain: Iterable[str], token: str | None) -> Entry:
    texts, sealed = hash(tuple(plain)), hash(token) if token else 0
    if "areas" in row.__struct_fields__:
        return Spanning(None, texts, sealed, None, row.areas)
    area = intern(row.area) if row.area else None
    if kind == "worker":
        home, by = (intern(one) if one else None for one in (row.home_area, row.registered_by))
        return Person(area, texts, sealed, None, home, by)
    return Entry(area, texts, sealed, row.number if kind == "request" else None)


def _opened(keys: Keyring, part: Iterable[tuple[str, str]]) -> dict[str, Folded]:
    """Return the names that can be opened, folded, by key."""
    found: dict[str, Folded] = {}
    for key, token in part:
        try:
            plain = keys.open(token)
        except (NoKey, BadToken):  # as after a restore without keys; who reads the row is told
            continue
        if plain is not None:
            found[key] = name_of(plain)
    return found
