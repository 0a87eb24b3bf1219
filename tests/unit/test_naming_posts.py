"""Where rows name posts is declared for every view, so that none tells of a post elsewhere."""

from collections.abc import Iterator
from typing import Any, get_args

import msgspec
from each import each

from projections.catalog import views
from projections.naming import ELSEWHERE, NAMES, POSTS_IN, without
from projections.verdicts import VERDICTS

OTHER = {
    ("answerable", "parent"),
    ("areas", "parent"),
    ("posts", "post"),
    ("teams", "leader"),
    ("undertakings", "parent"),
    ("units", "parent"),
    ("units", "changes"),
}
"""Fields of these names that are areas, workers, undertakings or units, or the row itself."""
ALL = {**views, VERDICTS.name: VERDICTS}


def named(struct: type[msgspec.Struct], seen: tuple[type, ...] = ()) -> Iterator[str]:
    """Yield the top fields of a row that have, at any depth, a field of the name of posts."""
    for field in msgspec.structs.fields(struct):
        inner = [one for one in _structs(field.type) if one not in seen]
        if field.name in NAMES or any(True for one in inner for _ in named(one, (*seen, struct))):
            yield field.name


def _structs(hint: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield hint
    for part in get_args(hint):
        yield from _structs(part)


@each("view", sorted(ALL))
def test_every_field_that_names_posts_is_declared(view: str):
    found = {field for field in named(ALL[view].row) if (view, field) not in OTHER}
    assert found <= {*POSTS_IN.get(view, ())}


def test_a_post_elsewhere_is_only_said_to_be_there():
    history = [{"at": "now", "post": "P9", "posts": ["P1", "P9"], "to": "P1", "note": "P9"}]
    row = {"owner": "P9", "post": "P1", "offered_to": None, "history": history}
    shown = without("difficulties", row, {"P9"})
    assert (shown["owner"], shown["post"]) == (ELSEWHERE, "P1")
    assert shown["history"] == [{"at": "now", "posts": ["P1"], "to": "P1", "note": "P9"}]
    assert "offered_to" not in shown
