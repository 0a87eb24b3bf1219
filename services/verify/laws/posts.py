"""A post has at most one holder at an instant."""

from collections.abc import Iterator

from projections.posts import PostRow
from services.verify.laws.base import Law, Rows


def broken(jurisdiction: str, rows: Rows) -> Iterator[str]:
    """Yield the posts with two holders, or with a holder who has no term."""
    for key, row in rows["posts"].items():
        yield from _overlaps(key, row)
        last = row.terms[-1] if row.terms else None
        if row.holder is not None and (last is None or last.holder != row.holder):
            yield f"post {key} is held by {row.holder}, who has none of its terms"


def _overlaps(key: str, row: PostRow) -> Iterator[str]:
    for earlier, later in zip(row.terms, row.terms[1:], strict=False):
        if earlier.until is None or later.since < earlier.until:
            yield f"post {key} is held by {earlier.holder} and {later.holder} at {later.since.isoformat()}"


LAW = Law(code="holders", meaning="A post has two holders at one instant.", broken=broken)
