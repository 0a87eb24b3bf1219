"""Names of holders of posts, as the caller may see them."""

from collections.abc import Sequence
from typing import Final, TypeVar

import msgspec
from starlette.requests import Request

from projections.leaders import LeaderRow
from projections.responsibility import Holding
from services.access import Principal
from services.api.context import muster
from services.api.rows import Opener
from services.api.sight import sight
from services.api.views import record_shown
from services.vault import subject_of

POSTS: Final = "posts"
"""The view that has the names, by whose rules they are shown."""
H = TypeVar("H", Holding, LeaderRow)


async def shown(
    request: Request, jurisdiction: str, asker: Principal, items: Sequence[H], *, reveal: bool
) -> list[H]:
    """Return items with the names of holders as the caller may see them. Records whose names are revealed."""
    subjects = _subjects(items)
    if reveal and subjects:
        await record_shown(request, jurisdiction, POSTS, subjects, asker)
    seen = await sight(request, jurisdiction, asker)
    return await named(Opener(muster(request).vault, jurisdiction, seen, reveals=reveal), items)


async def named(opener: Opener, items: Sequence[H]) -> list[H]:
    """Return items with the names of holders as a reader sees them."""
    await opener.warm_subjects(_subjects(items))
    return [_named(opener, one) for one in items]


def _subjects(items: Sequence[H]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(subject_of(one.holder_name) for one in items if one.holder_name))


def _named(opener: Opener, one: H) -> H:
    name = opener.seen(POSTS, "holder_name", one.holder_name) if one.holder_name else None
    return msgspec.structs.replace(one, holder_name=name)
