"""Writes to the view store, on its writing thread, each in one transaction."""

from collections.abc import Mapping
from typing import Final, Literal

import apsw

from events.commit import Head
from projections.base import Row
from services.adapters.sqlite import views_file as file
from services.adapters.sqlite import views_steps as outbox
from services.adapters.sqlite.views_table import Table
from services.views.port import Batch
from services.views.steps import Changed

Answer = Literal["written", "raced"] | dict[str, str]
# Errors caused by a row, not the file or the disk.
_BAD_ROW: Final = (
    apsw.ConstraintError,
    apsw.MismatchError,
    apsw.TooBigError,
    TypeError,
    ValueError,
    OverflowError,
    AttributeError,
)


def write(db: apsw.Connection, tables: Mapping[str, Table], batch: Batch) -> Answer:
    """See Views.write."""
    db.execute("BEGIN IMMEDIATE")
    try:
        answer = _write(db, tables, batch)
        db.execute("COMMIT" if answer == "written" else "ROLLBACK")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return answer


def rebuild(
    db: apsw.Connection, jurisdiction: str, table: Table, rows: Mapping[str, Row], head: Head
) -> bool:
    """See Views.rebuild."""
    with file.transaction(db, "IMMEDIATE"):
        if file.head(db, jurisdiction) != head:
            return False
        table.replace(db, jurisdiction, rows)
        db.execute(
            "DELETE FROM degraded WHERE jurisdiction = ? AND view = ?", (jurisdiction, table.view.name)
        )
        outbox.restart(db, jurisdiction, head.position)
    return True


def fill(db: apsw.Connection, jurisdiction: str, rows: Mapping[Table, Mapping[str, Row]], head: Head) -> None:
    """Replace all rows and the head with these."""
    with file.transaction(db, "IMMEDIATE"):
        for table, some in rows.items():
            table.replace(db, jurisdiction, some)
        _put_head(db, jurisdiction, head)


def add(db: apsw.Connection, jurisdiction: str, table: Table, rows: Mapping[str, Row], head: Head) -> None:
    """Add new rows, and set the head."""
    with file.transaction(db, "IMMEDIATE"):
        table.add(db, jurisdiction, rows)
        _put_head(db, jurisdiction, head)


def change(
    db: apsw.Connection,
    jurisdiction: str,
    table: Table,
    before: Mapping[str, Row],
    after: Mapping[str, Row],
    head: Head,
) -> None:
    """Replace the rows `before` by those `after`, and set the head."""
    differing = {key for key in (*before, *after) if before.get(key) != after.get(key)}
    with file.transaction(db, "IMMEDIATE"):
        table.write(db, jurisdiction, before, {key: after.get(key) for key in sorted(differing)})
        _put_head(db, jurisdiction, head)


def _write(db: apsw.Connection, tables: Mapping[str, Table], batch: Batch) -> Answer:
    where = batch.jurisdiction
    if file.head(db, where) != batch.expected or file.degraded(db, where).keys() != batch.aside:
        return "raced"
    changes, refused = _write_rows(db, tables, batch)
    if refused:
        return refused
    outbox.write(db, where, batch.expected.position, batch.head.position, changes)
    _put_head(db, where, batch.head)
    for view, since in batch.degraded.items():
        db.execute("INSERT INTO degraded VALUES (?, ?, ?)", (where, view, since))
    return "written"


def _write_rows(
    db: apsw.Connection, tables: Mapping[str, Table], batch: Batch
) -> tuple[list[Changed], dict[str, str]]:
    """Return the changes, for the step, and the views whose rows cannot be stored, with the reason."""
    changes: list[Changed] = []
    refused: dict[str, str] = {}
    for view, after in batch.after.items():
        table = tables[view]
        try:
            written = table.write(db, batch.jurisdiction, batch.before.get(view, {}), after)
        except _BAD_ROW as error:
            refused[view] = f"{type(error).__name__}: {error}"
            continue
        if table.view.public:
            changes += [(view, key, before, row) for key, before, row in written]
    return changes, refused


def _put_head(db: apsw.Connection, jurisdiction: str, head: Head) -> None:
    db.execute(
        "INSERT INTO heads VALUES (?, ?, ?) ON CONFLICT (jurisdiction) "
        "DO UPDATE SET position = excluded.position, hash = excluded.hash",
        (jurisdiction, head.position, head.hash),
    )
