"""In-memory keys: a keyring for one task, and the vault's cache."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from services.vault.errors import NoKey
from services.vault.sealing import Key, parse

MOST_AGE: Final = 5.0
"""Seconds after which no process uses an erased key, even if the erasure notice was lost."""


class Keyring:
    """Some of a jurisdiction's keys, for opening a batch of values.

    Does no I/O; safe to use on any thread.
    """

    def __init__(self, jurisdiction: str, keys: Mapping[str, Key | None]) -> None:
        """A key of None means erased."""
        self._jurisdiction, self._keys = jurisdiction, keys

    def open(self, token: str) -> str | None:
        """Return the value of a sealed token; None if erased. Raises BadToken; NoKey if it has no key."""
        sealed = parse(token)
        if sealed.subject not in self._keys:
            raise NoKey(f"no key for {sealed.subject} in {self._jurisdiction}")
        key = self._keys[sealed.subject]
        return None if key is None else key.open(self._jurisdiction, sealed)


class KeyCache:
    """LRU cache of unwrapped keys and tombstones."""

    def __init__(self, size: int, notice_window: Callable[[], tuple[float, float]]) -> None:
        """`notice_window`: the monotonic interval during which every erasure notice was received."""
        self._size, self._notice_window = size, notice_window
        self._keys: OrderedDict[tuple[str, str], tuple[Key | None, float]] = OrderedDict()
        """Key (None if erased), and when it was read."""

    def get(self, jurisdiction: str, subject: str) -> Key | None:
        """Return a key, unless an erasure since it was read could have been missed."""
        key, known = self._keys.get((jurisdiction, subject), (None, 0.0))
        if key is None or not self._current(known):
            return None
        self._keys.move_to_end((jurisdiction, subject))
        return key

    def known(self, jurisdiction: str, subject: str) -> bool:
        """Whether there is a key, however old, or a tombstone."""
        return (jurisdiction, subject) in self._keys

    def erased(self, jurisdiction: str, subject: str) -> bool:
        """Whether there is a tombstone."""
        return self._keys.get((jurisdiction, subject), (True, 0.0))[0] is None

    def keep(
        self, jurisdiction: str, keys: Iterable[tuple[str, bytes | None]], known: float, least: int = 0
    ) -> dict[str, Key | None]:
        """Store keys just read; tombstones win. The `least` most recently used entries always stay."""
        found = {subject: self._keep(jurisdiction, subject, raw, known) for subject, raw in keys}
        while len(self._keys) > max(self._size, least):
            self._keys.popitem(last=False)
        return found

    def _keep(self, jurisdiction: str, subject: str, raw: bytes | None, known: float) -> Key | None:
        if self.known(jurisdiction, subject) and self.erased(jurisdiction, subject):
            return None  # erased while it was being read
        key = Key(raw) if raw else None
        self._keys[jurisdiction, subject] = key, known
        self._keys.move_to_end((jurisdiction, subject))
        return key

    def erase(self, jurisdiction: str, subject: str) -> None:
        """Replace the key with a tombstone."""
        self._keys[jurisdiction, subject] = None, 0.0

    def clear(self) -> None:
        """Forget everything."""
        self._keys.clear()

    def _current(self, known: float) -> bool:
        oldest = time.monotonic() - MOST_AGE
        since, until = self._notice_window()
        return known >= oldest or (known >= since and until >= oldest)
