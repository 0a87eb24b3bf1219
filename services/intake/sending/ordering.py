"""The order in which drafts are sent.

The jurisdiction and areas come first, parents before children. Then drafts are sorted by the running maximum
of `at` within the row; at one instant, the rows of one key in their order; stages and ends of assignments
dispatched before that time; stage rank; row. Drafts without a time keep the order of the rows. A unit freed
at 10:00:00 can thus be sent at 10:00:00.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

import apsw
import msgspec

from services.decisions.assignment.table import ASSIGNMENTS
from services.decisions.base import commands
from services.decisions.references import mentions
from services.intake.mapping import Source
from services.intake.rows.draft import UNDATED, Draft
from services.intake.sending.stints import Repeats, Stints

BEGINNING: Final = frozenset(("assignment.dispatch", "assignment.accept", "assignment.offer"))
"""Commands that can start an assignment."""
FOLLOWING: Final = frozenset(("assignment.progress", "assignment.done", "assignment.release"))
"""Commands about an assignment already started."""
MOST_ITEMS: Final = 500
MOST_BYTES: Final = 1 << 20
"""Size of a batch."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_decode: Final = msgspec.json.Decoder().decode
_LATEST: Final = 1000
"""Phase of what is neither the jurisdiction nor an area."""
_STEP: Final = """CASE WHEN drafts.sort = :undated THEN 0 WHEN step IS NOT NULL THEN step
  ELSE dense_rank() OVER (PARTITION BY phase, thing, drafts.sort ORDER BY row) END"""
"""Of rows of one key at one instant: the first, second ... of them."""
_ORDERED: Final = """
SELECT line, gid, name, at, observed, data, saying, drafts.sort, after FROM drafts LEFT JOIN begun b
  ON follows AND b.entity = drafts.entity
ORDER BY phase, drafts.sort, {step},
  CASE WHEN follows AND drafts.sort > :undated AND coalesce(b.sort, :undated) < drafts.sort THEN 0 ELSE 1 END,
  CASE WHEN drafts.sort = :undated THEN row ELSE rank END,
  CASE WHEN drafts.sort = :undated THEN rank ELSE row END, seq
"""


class Item(msgspec.Struct, frozen=True):
    """A command to send, with its line or group."""

    line: int
    gid: int | None
    name: str
    at: datetime | None
    observed: bool
    data: dict[str, Any]
    nth: int = 0
    """How often the same was said before, at the same instant."""
    says: bool = False
    """Whether it says what a thing is: a sheet has a memory of that."""
    after: str | None = None
    """Of a stage: the one that its row has before it."""


def ordered(db: apsw.Connection, source: Source) -> Iterator[list[Item]]:
    """Yield all drafts of a source in order, in batches."""
    batch: list[Item] = []
    size = 0
    stints, each_row = Stints(db), source.each_row
    repeats = Repeats(db, each_row=each_row) if source.key or each_row else None
    query = _ORDERED.format(step=_STEP if source.key else "NULL")
    found = db.execute(query, {"undated": UNDATED})
    for line, gid, name, at, observed, data, kept_under, sort, after in found:
        if batch and (len(batch) == MOST_ITEMS or size + len(data) > MOST_BYTES):
            yield batch
            batch, size = [], 0
        when = None if at is None else _EPOCH + timedelta(microseconds=at)
        said = stints.named(name, when, _decode(data))
        nth = repeats.before(name, sort, said) if repeats else 0
        batch.append(Item(line, gid, name, when, bool(observed), said, nth, kept_under is not None, after))
        size += len(data)
    if batch:
        yield batch


def assignment_of(draft: Draft) -> str | None:
    """Return the id of the command's assignment, or None."""
    field = _assignment_field(draft.name)
    return None if field is None else draft.data.get(field)


@cache
def _assignment_field(command: str) -> str | None:
    found = mentions(commands[command])
    return next((one.path[0] for one in found if one.kind == ASSIGNMENTS.kind and len(one.path) == 1), None)


def phase_of(draft: Draft) -> int:
    """Return the sending phase: jurisdiction, areas by code length, everything else."""
    if draft.name == "jurisdiction.establish":
        return 0
    return len(str(draft.data.get("area"))) if draft.name == "area.define" else _LATEST
