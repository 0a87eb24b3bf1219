"""Where rows name posts: readers limited to areas see only `elsewhere` for a post outside them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, cast

import msgspec

ELSEWHERE: Final = "elsewhere"
"""Stands for a post outside the reader's areas."""
POSTS_IN: Final[Mapping[str, tuple[str, ...]]] = {
    "activities": ("owner",),
    "activity": ("detail",),
    "awards": ("post",),
    "commitments": ("owner", "delivers"),
    "courses": ("owner",),
    "difficulties": ("owner", "post", "offered_to", "history"),
    "duty_items": ("post",),
    "enterprises": ("review", "history"),
    "leads": ("post", "history"),
    "nominations": ("post",),
    "posts": ("parent", "changes"),
    "reliefs": ("owner",),
    "undertakings": ("leader", "files", "history"),
    "verdicts_without_right": ("post", "owner"),
    "visits": ("post",),
}
"""View -> its fields that name posts, also within."""
NAMES: Final = frozenset(
    (
        *("post", "posts", "to", "raised_to", "delegated", "owner", "delivers", "leader", "offered_to"),
        *("parent", "leads"),
    )
)
"""Names of fields whose value is a post, or several."""


def without(view: str, fields: Mapping[str, Any], beyond: Collection[str]) -> dict[str, Any]:
    """Return the fields of a row that name posts, without the posts `beyond` what the reader knows."""
    found: dict[str, Any] = {}
    for name in POSTS_IN.get(view, ()):
        value = fields[name]
        if value and isinstance(value, str):
            found[name] = ELSEWHERE if value in beyond else value
        elif value:
            found[name] = _pruned(msgspec.to_builtins(value), beyond)
    return found


def _pruned(value: Any, beyond: Collection[str], *, naming: bool = False) -> Any:
    if isinstance(value, dict):
        kept = {
            key: _pruned(one, beyond, naming=naming or key in NAMES)
            for key, one in cast("dict[str, Any]", value).items()
        }
        return {key: one for key, one in kept.items() if one is not None or value[key] is None}
    if isinstance(value, list | tuple):
        some = [_pruned(one, beyond, naming=naming) for one in cast("Sequence[Any]", value)]
        return [one for one in some if one is not None]
    return None if naming and isinstance(value, str) and value in beyond else value
