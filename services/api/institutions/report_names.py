"""Names in the report of the institutions, as the caller may see them."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec
from starlette.requests import Request

from services.access import Principal, asked_only
from services.api.context import muster
from services.api.institutions.holders import POSTS
from services.api.rows import Opener
from services.api.sight import sight
from services.api.views import record_shown
from services.reports.institutions import InstitutionsReport, Opened, RowFound
from services.vault import subject_of

VIEW = "reports"
ROSTER = "roster"
R = TypeVar("R", bound=RowFound)
F = TypeVar("F", InstitutionsReport, Opened)


async def shown(
    request: Request, jurisdiction: str, asker: Principal, found: F, *, reveal: bool, filed: bool = False
) -> F:
    """Return what was found with names as the caller may see them. Records whose names are revealed.

    `filed`: for a file, which leaves the service: without a recorded reveal, no name in it is in clear.
    """
    subjects = _subjects(found)
    if reveal and subjects:
        await record_shown(request, jurisdiction, VIEW, subjects, asker)
    seen = await sight(request, jurisdiction, asker)
    given = asked_only(seen) if filed else seen
    return await named(Opener(muster(request).vault, jurisdiction, given, reveals=reveal), found)


async def named(opener: Opener, found: F) -> F:
    """Return what was found with names as a reader sees them."""
    await opener.warm_subjects(_subjects(found))
    if isinstance(found, Opened):
        items, gone = _named(opener, found.items), _named(opener, found.gone)
        return msgspec.structs.replace(found, items=items, gone=gone)
    return msgspec.structs.replace(found, overdue=_named(opener, found.overdue))


def _rows(found: InstitutionsReport | Opened) -> Iterable[RowFound]:
    return (*found.items, *found.gone) if isinstance(found, Opened) else found.overdue


def _subjects(found: InstitutionsReport | Opened) -> tuple[str, ...]:
    sealed = (name for row in _rows(found) for name in (row.person_name, row.holder_name) if name)
    return tuple(dict.fromkeys(subject_of(name) for name in sealed))


def _named(opener: Opener, rows: tuple[R, ...]) -> tuple[R, ...]:
    return tuple(
        msgspec.structs.replace(
            row,
            person_name=row.person_name and opener.seen(ROSTER, "name", row.person_name),
            holder_name=row.holder_name and opener.seen(POSTS, "holder_name", row.holder_name),
        )
        for row in rows
    )
