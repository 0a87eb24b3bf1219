"""Rows as they leave the service: personal fields masked, or opened for who may see them and asked."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Final

import msgspec

from projections.base import Row, personal_fields
from projections.catalog import views
from services.vault import BadToken, Keyring, NoKey, Vault

TELL_SECONDS: Final = 60.0
AT_ONCE: Final = 5_000
"""Rows whose keys are in memory together."""
_told: dict[str, tuple[float, int]] = {}
"""Jurisdiction -> when it was last said, and how many were not said since."""

log_of = logging.getLogger("muster.api")


@cache
def personal_of(view: str) -> tuple[str, ...]:
    """Personal fields of a view's rows."""
    return personal_fields(views[view].row) if view in views else ()


def subjects_of(view: str, rows: Iterable[Row]) -> tuple[str, ...]:
    """`worker/ID`, `request/ID` or `handover/ID` of all whose personal data these rows hold."""
    found: dict[str, None] = {}
    for row in rows:
        for field in personal_of(view):
            token = getattr(row, field)
            if token:
                found[token.split(":")[2]] = None
    return tuple(found)


def _tell(jurisdiction: str, error: Exception) -> None:
    """At most once a minute of each jurisdiction: without its keys a whole roster cannot be opened."""
    said, unsaid = _told.get(jurisdiction, (-TELL_SECONDS, 0))
    if time.monotonic() - said < TELL_SECONDS:
        _told[jurisdiction] = said, unsaid + 1
        return
    _told[jurisdiction] = time.monotonic(), 0
    more = f", and {unsaid} others before it" if unsaid else ""
    log_of.warning("a personal field of %s cannot be opened: %s%s", jurisdiction, error, more)


class Opener:
    """Turns rows into JSON objects; what is personal is opened in here and nowhere else."""

    def __init__(
        self, vault: Vault, jurisdiction: str, *, reveals: Callable[[Row], bool] = lambda row: False
    ) -> None:
        """`reveals` tells of which rows personal data leaves unmasked."""
        self._vault, self._jurisdiction, self._reveals = vault, jurisdiction, reveals
        self._keys = Keyring(jurisdiction, {})

    async def warm(self, **rows: Iterable[Row]) -> None:
        """Get the keys of everybody in these rows, by view, with one look into the key store. `row` and
        `plain` open theirs from then on, and those of no others."""
        subjects = [subject for view, some in rows.items() for subject in subjects_of(view, some)]
        empty = Keyring(self._jurisdiction, {})
        self._keys = await self._vault.keyring(self._jurisdiction, subjects) if subjects else empty

    def row(self, view: str, key: str, row: Row) -> dict[str, Any]:
        """One row with its key."""
        fields: dict[str, Any] = {"key": key, **msgspec.structs.asdict(row)}
        masked = not self._reveals(row)
        for name in personal_of(view):
            if fields[name] is not None:
                fields[name] = self._open(name, fields[name], masked=masked)
        return fields

    def _open(self, field: str, token: str, *, masked: bool) -> str | None:
        plain = self.plain(token)
        return self._vault.mask(field, plain) if masked and plain is not None else plain

    def plain(self, token: str) -> str | None:
        """None where it was erased or cannot be opened."""
        try:
            return self._keys.open(token)
        except (
            NoKey,
            BadToken,
        ) as error:  # a log restored without its keys: the row is worth more than the name
            _tell(self._jurisdiction, error)
            return None

    async def rows(self, view: str, items: Sequence[tuple[str, Row]]) -> list[dict[str, Any]]:
        """Many rows; those with personal data are opened on a thread."""
        if not personal_of(view):
            return self._rows(view, items)
        shown: list[dict[str, Any]] = []
        for begin in range(0, len(items), AT_ONCE):
            part = items[begin : begin + AT_ONCE]
            await self.warm(**{view: (row for _, row in part)})
            shown += (
                await asyncio.to_thread(self._rows, view, part) if len(part) >= 50 else self._rows(view, part)
            )
        return shown

    def _rows(self, view: str, items: Sequence[tuple[str, Row]]) -> list[dict[str, Any]]:
        return [self.row(view, key, row) for key, row in items]
