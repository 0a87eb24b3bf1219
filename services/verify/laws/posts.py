"""A post has at most one holder at an instant."""

from collections.abc import Iterator

from events.post_history import PostChange, Term
from projections.posts import PostRow, at
from services.verify.laws.base import Law, Rows, excused


def broken(jurisdiction: str, rows: Rows) -> Iterator[str]:
    """Yield the posts with two holders, or whose row does not follow from their history."""
    noted = excused(rows)
    for key, row in rows["posts"].items():
        yield from _overlaps(key, row, noted)
        if at(row, row.changes[-1].at) != row:
            yield f"post {key} is shown with {row.holder or 'no holder'}, which its history does not say"


def _overlaps(key: str, row: PostRow, noted: set[int]) -> Iterator[str]:
    """Yield the appointments to a post that somebody held, as its facts say one by one."""
    held: Term | None = None
    for one in row.changes:
        if held and held.until and held.until <= one.at:
            held = None
        if one.vacated or one.abolished:
            held = None
        if one.term:
            if held and one.position not in noted:
                yield _sentence(key, held, one)
            held = one.term


def _sentence(key: str, held: Term, one: PostChange) -> str:
    new = one.term.holder if one.term else "-"
    return f"post {key} is held by {held.holder} and {new} at {one.at.isoformat()}"


LAW = Law(code="holders", meaning="A post has two holders at one instant.", broken=broken)
