"""JSON objects that give a key twice: readers disagree on which one counts, so none is taken."""

import json
from typing import Any, Final


class Doubled(Exception):
    """An object has this key twice."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def doubled_key(content: bytes) -> str | None:
    """Return the first key that an object in this valid JSON text has twice, or None."""
    try:
        _decoder.decode(content.decode())
    except Doubled as found:
        return found.key[:100]
    return None


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) == len(pairs):
        return
    seen = set[str]()
    for key, _ in pairs:
        if key in seen:
            raise Doubled(key)
        seen.add(key)


_decoder: Final = json.JSONDecoder(object_pairs_hook=_once)  # `json.loads` would make one for each text
