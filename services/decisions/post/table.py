"""Descriptor of posts."""

from datetime import datetime
from typing import Final

import msgspec

from events.post_history import PostChange
from services.decisions.table import Table


class Post(msgspec.Struct, frozen=True):
    """A post with its dated history, from which it is known at any instant. Names of holders are left out."""

    area: str
    """Where it works by the last change; tokens that reach it reach its past."""
    changes: tuple[PostChange, ...] = ()


POSTS = Table("posts", Post, kind="post", areas=lambda state, key, row: (row.area,), spans=True)
TERMS_DUE: Final = Table("terms_due", datetime)
"""Post -> planned end of its holder's term, which the service records once it has come."""
CHARGES: Final = Table("charges", tuple[str, ...])
"""Key of a charge -> the posts that ever had it (events/answering.py)."""
