"""Rows in responses. Personal fields are masked, or opened for authorised callers on request."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache, partial
from typing import Any, Final

import msgspec

from events.disclosure import Shown
from projections import nested
from projections.base import Row, personal_fields
from projections.catalog import views
from projections.hours import HOURS
from projections.naming import without
from projections.serving import REPORTING
from projections.where import narrowed
from services.access import ASKING
from services.base.throttle import Throttle
from services.vault import BadToken, Keyring, NoKey, Vault, shown, subject_of

ON_LOOP: Final = 100
"""Rows opened without a thread: a page takes a millisecond, and a thread waits as long for its turn."""
AT_ONCE: Final = 5_000
"""Number of rows whose keys are in memory at the same time."""
_throttles: defaultdict[str, Throttle] = defaultdict(Throttle)
"""Jurisdiction -> when a line was logged."""

_WORKED_OUT: Final = {view.name: view.row for view in (HOURS, REPORTING)}
"""Rows with names that no view holds."""

log_of = logging.getLogger("muster.api")


@cache
def personal_of(view: str) -> tuple[str, ...]:
    """Return the personal fields of a view's rows."""
    row = _WORKED_OUT.get(view) or (views[view].row if view in views else None)
    return personal_fields(row) if row else ()


@cache
def _left_out(view: str) -> dict[str, Any]:
    """Return the empty values of what a lean list leaves out of a view's rows."""
    if view not in views:
        return {}
    given = {field.name: field.default for field in msgspec.structs.fields(views[view].row)}
    return {name: given[name] for name in views[view].detail}


def subjects_of(view: str, rows: Iterable[Row]) -> tuple[str, ...]:
    """Return the subjects whose personal data these rows hold: `worker/ID`, `request/ID`, `handover/ID`."""
    return tuple(dict.fromkeys(subject_of(token) for token in _sealed(view, rows) if token))


def _sealed(view: str, rows: Iterable[Row]) -> Iterator[str | None]:
    fields = personal_of(view)
    for row in rows:
        for field in fields:
            yield getattr(row, field)
        for entry in nested.entries(row):
            for field in personal_fields(type(entry)):
                yield getattr(entry, field)


def _untold(field: str, token: str) -> None:
    """Tell nothing, not even a mask."""


def _tell(jurisdiction: str, error: Exception) -> None:
    """Log at most once a minute per jurisdiction: without its keys a whole roster fails."""
    if (more := _throttles[jurisdiction].more()) is not None:
        log_of.warning("personal field of %s cannot be decrypted: %s%s", jurisdiction, error, more)


class Opener:
    """Converts rows to JSON objects. Personal data is opened here and nowhere else."""

    def __init__(
        self,
        vault: Vault,
        jurisdiction: str,
        sight: Shown = ASKING,
        *,
        opens: Callable[[Row], bool] = lambda row: True,
        areas: Sequence[str] = (),
        reveals: bool = False,
        lean: bool = False,
        beyond: Collection[str] = (),
    ) -> None:
        """`sight`: what the reader sees. `opens` decides for which rows; of the others, nothing personal is
        told, not even masked. `areas`: what the reader is limited to, also within a row. `reveals`: whether
        what is seen on demand is revealed, which must be recorded. `lean`: whether fields that only one row
        read by itself needs are left empty. `beyond`: posts that the reader does not know of.
        """
        self._vault, self._jurisdiction = vault, jurisdiction
        self._sight, self._opens, self._areas, self._reveals = sight, opens, areas, reveals
        self._lean, self._beyond = lean, beyond
        self._keys = Keyring(jurisdiction, {})

    async def warm(self, **rows: Iterable[Row]) -> None:
        """Load the keys of all subjects in these rows, given by view, in one read of the key store.
        Afterwards `row` and `plain` open only the data of these subjects."""
        await self.warm_subjects([s for view, some in rows.items() for s in subjects_of(view, some)])

    async def warm_subjects(self, subjects: Sequence[str]) -> None:
        """Load the keys of these subjects, as `warm` does."""
        empty = Keyring(self._jurisdiction, {})
        self._keys = await self._vault.keyring(self._jurisdiction, subjects) if subjects else empty

    def row(self, view: str, key: str, row: Row) -> dict[str, Any]:
        """Return one row with its key."""
        if self._lean:  # before it is opened, which costs more than all else
            row = msgspec.structs.replace(row, **_left_out(view))
        fields: dict[str, Any] = {"key": key, **msgspec.structs.asdict(narrowed(row, self._areas))}
        seen: nested.Change = partial(self.seen, view) if self._opens(row) else _untold
        for name in personal_of(view):
            if (token := fields[name]) is not None:
                fields[name] = seen(name, token)
        fields |= nested.changed(row, seen)
        return fields | without(view, fields, self._beyond) if self._beyond else fields

    def seen(self, view: str, field: str, token: str) -> str | None:
        """Return a sealed value as the reader sees it; None if it was erased or cannot be opened."""
        plain = self.plain(token)
        return None if plain is None else shown(view, field, plain, self._sight, revealed=self._reveals)

    def plain(self, token: str) -> str | None:
        """Open a sealed value; None if it was erased or cannot be opened."""
        try:
            return self._keys.open(token)
        except (
            NoKey,
            BadToken,
        ) as error:  # after a restore without keys, a row without its name is still useful
            _tell(self._jurisdiction, error)
            return None

    async def rows(self, view: str, items: Sequence[tuple[str, Row]]) -> list[dict[str, Any]]:
        """Convert many rows. Rows with personal data are opened on a thread."""
        if not personal_of(view):
            return self._rows(view, items)
        shown: list[dict[str, Any]] = []
        for begin in range(0, len(items), AT_ONCE):
            part = items[begin : begin + AT_ONCE]
            await self.warm(**{view: (row for _, row in part)})
            shown += (
                await asyncio.to_thread(self._rows, view, part)
                if len(part) > ON_LOOP
                else self._rows(view, part)
            )
        return shown

    def _rows(self, view: str, items: Sequence[tuple[str, Row]]) -> list[dict[str, Any]]:
        return [self.row(view, key, row) for key, row in items]
