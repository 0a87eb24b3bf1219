"""Short texts of many rows, searched all at once: one long text, and what changed since it was made. Pure."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from heapq import merge
from typing import Final

from services.search.folding import Folded

MOST_FRESH: Final = 2_000
"""Changed rows that are searched one by one, before the long text is made again."""
LEVELS: Final = (0, 1, 2)
"""How well a text fits, as `rank` says: 0 whole, 1 begins with it, 2 contains it."""
_ROW: Final = "\n"
_FIELD: Final = "\x1f"
"""Both are space, which no folded text holds at these places."""


class Lines:
    """Texts by key. Searching runs at the speed of finding a part in one long text."""

    def __init__(self) -> None:
        self._keys: list[str] = []
        """Sorted, each with a line in the long text."""
        self._starts = array("L")
        self._text = ""
        self._fresh: dict[str, str] = {}
        """Lines set since; empty = no longer there."""

    def put(self, key: str, texts: Iterable[str]) -> None:
        """Replace the texts of a key; none removes it."""
        line = _FIELD.join(("", *texts, ""))
        if len(line) > 1:
            self._fresh[key] = line
        elif self._held(key):
            self._fresh[key] = ""
        else:
            self._fresh.pop(key, None)

    @property
    def any(self) -> bool:
        """Whether there may be any text."""
        return bool(self._keys or self._fresh)

    @property
    def stale(self) -> int:
        """Number of rows whose former text is still in memory, or that are searched one by one."""
        return len(self._fresh)

    @property
    def held(self) -> str:
        """All that is in memory, also what was replaced since the long text was made."""
        return "".join((self._text, *self._fresh.values()))

    def settle(self) -> None:
        """Make the long text again. What was removed or replaced is gone from memory afterwards."""
        fresh, self._fresh = self._fresh, {}
        kept = ((key, self._line(n)) for n, key in enumerate(self._keys) if key not in fresh)
        new = sorted((key, line) for key, line in fresh.items() if line)
        keys: list[str] = []
        lines: list[str] = []
        for key, line in merge(kept, new):
            keys.append(key)
            lines.append(line)
        starts, at = array("L"), 0
        for line in lines:
            starts.append(at)
            at += len(line) + 1
        self._keys, self._starts, self._text = keys, starts, _ROW.join((*lines, ""))

    def matching(self, part: str) -> Iterator[str]:
        """Yield the keys of lines that hold this part, in order."""
        fresh = self._fresh.copy()
        if not fresh:
            return self._found(part)
        old = (key for key in self._found(part) if key not in fresh)
        return merge(old, sorted(key for key, line in fresh.items() if line and part in line))

    def _found(self, part: str) -> Iterator[str]:
        text, starts, keys = self._text, self._starts, self._keys
        at = text.find(part) if keys else -1
        while at >= 0:
            row = bisect_right(starts, at) - 1
            yield keys[row]
            at = text.find(part, starts[row + 1]) if row + 1 < len(starts) else -1

    def _held(self, key: str) -> bool:
        at = bisect_left(self._keys, key)
        return at < len(self._keys) and self._keys[at] == key

    def _line(self, row: int) -> str:
        end = self._starts[row + 1] if row + 1 < len(self._starts) else len(self._text)
        return self._text[self._starts[row] : end - 1]


class Texts:
    """Folded texts by key, found as `folding.rank` would find them one by one."""

    def __init__(self) -> None:
        self._whole, self._initials = Lines(), Lines()

    def put(self, key: str, texts: Iterable[Folded]) -> None:
        """Replace the texts of a key; none removes it."""
        told = tuple(texts)
        self._whole.put(key, (one.text for one in told))
        self._initials.put(key, (initials for one in told for initials in one.initials))

    @property
    def stale(self) -> int:
        """See Lines.stale."""
        return self._whole.stale + self._initials.stale

    @property
    def held(self) -> str:
        """See Lines.held."""
        return self._whole.held + self._initials.held

    def settle(self) -> None:
        """See Lines.settle."""
        self._whole.settle()
        self._initials.settle()

    def matching(self, wanted: str, level: int) -> Iterator[str]:
        """Yield in order the keys with a text that fits this well or better; a key may come twice."""
        if level == 2:
            return self._whole.matching(wanted)
        part = f"{_FIELD}{wanted}{_FIELD}" if level == 0 else f"{_FIELD}{wanted}"
        whole = self._whole.matching(part)
        return merge(whole, self._initials.matching(part)) if self._initials.any else whole
