"""Writes to the view store, on its writing thread, each in one transaction."""

from collections.abc import Mapping, Sequence
from typing import Final

import apsw

from events.commit import Head
from projections.base import Row
from services.adapters.sqlite import views_file as file
from services.adapters.sqlite import views_steps as outbox
from services.adapters.sqlite.views_table import Table
from services.views.port import Answer, Batch, Standing
from services.views.steps import Changed

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


def write(db: apsw.Connection, tables: Mapping[str, Table], batches: Sequence[Batch]) -> list[Answer]:
    """See Views.write_all. Rather than take a savepoint for each batch, begin again without one whose rows
    cannot be stored, which is rare."""
    refused: dict[str, Answer] = {}
    while True:
        answers: dict[str, Answer] = {}
        db.execute("BEGIN IMMEDIATE")
        try:
            standing = file.standing(db, [batch.jurisdiction for batch in batches])
            for batch in batches:
                where = batch.jurisdiction
                answers[where] = refused.get(where) or _write(db, tables, batch, standing[where])
                if isinstance(answers[where], dict) and where not in refused:
                    refused[where] = answers[where]
                    break
            else:
                db.execute("COMMIT" if "written" in answers.values() else "ROLLBACK")
                return [answers[batch.jurisdiction] for batch in batches]
            db.execute("ROLLBACK")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise


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


def _write(db: apsw.Connection, tables: Mapping[str, Table], batch: Batch, standing: Standing) -> Answer:
    where = batch.jurisdiction
    if standing != Standing(batch.expected, batch.aside):
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
