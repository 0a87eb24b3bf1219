"""The step outbox in SQLite: what each batch changed, for the streams. Old steps are deleted."""

from collections.abc import Iterable
from typing import Any, Final

import apsw

from services.views.steps import Changed, pack

KEEP: Final = 4_000
"""Newest steps kept per jurisdiction."""
KEEP_BYTES: Final = 16 * 2**20
_PRUNE_EVERY: Final = 64


def write(db: apsw.Connection, jurisdiction: str, after: int, upto: int, changes: Iterable[Changed]) -> None:
    """Append a step, pruning old ones now and then."""
    packed = pack(changes)
    db.execute("INSERT INTO steps VALUES (?, ?, ?, ?, ?)", (jurisdiction, upto, after, len(packed), packed))
    rowid = db.last_insert_rowid()
    if rowid % _PRUNE_EVERY == 0:
        prune(db, jurisdiction)


def prune(db: apsw.Connection, jurisdiction: str) -> None:
    """Keep the newest steps, at least one, within KEEP and KEEP_BYTES."""
    total = 0
    newest = db.execute(
        "SELECT upto, size FROM steps WHERE jurisdiction = ? ORDER BY upto DESC", (jurisdiction,)
    )
    for count, (upto, size) in enumerate(newest):
        total += size
        if count and (count >= KEEP or total > KEEP_BYTES):
            newest.close()
            db.execute("DELETE FROM steps WHERE jurisdiction = ? AND upto <= ?", (jurisdiction, upto))
            return


def restart(db: apsw.Connection, jurisdiction: str, position: int) -> None:
    """Delete all steps and add an empty one, so that earlier readers start over from `position`."""
    db.execute("DELETE FROM steps WHERE jurisdiction = ?", (jurisdiction,))
    write(db, jurisdiction, position, position, ())


def oldest(db: apsw.Connection, jurisdiction: str) -> int | None:
    """Return the position that the oldest step continues from."""
    found: Any = db.execute("SELECT min(after) FROM steps WHERE jurisdiction = ?", (jurisdiction,)).get
    return found


def read(
    db: apsw.Connection, jurisdiction: str, after: int, head: int, limit: int
) -> list[tuple[int, int, bytes]] | None:
    """Return (after, upto, packed) beyond `after`; None if the outbox does not reach back that far."""
    if after >= head:
        return []
    begin = oldest(db, jurisdiction)
    if begin is None or begin > after:
        return None
    found: Any = db.execute(
        "SELECT after, upto, changes FROM steps WHERE jurisdiction = ? AND upto > ? ORDER BY upto LIMIT ?",
        (jurisdiction, after, limit),
    )
    return found.fetchall()
