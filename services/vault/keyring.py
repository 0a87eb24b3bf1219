"""Keys in memory: a few for one task, and those that the vault remembers."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from services.vault.errors import NoKey
from services.vault.sealing import Key, parse

MOST_AGE: Final = 5.0
"""Seconds after which an erased key is used by no process any more, whatever became of the notice of it."""


class Keyring:
    """Keys of some subjects of a jurisdiction, for as long as it takes to open their values.

    Asks nobody, and may be used on any thread.
    """

    def __init__(self, jurisdiction: str, keys: Mapping[str, Key | None]) -> None:
        """None = erased."""
        self._jurisdiction, self._keys = jurisdiction, keys

    def open(self, token: str) -> str | None:
        """The value of a sealed token; None = erased. Raises BadToken; NoKey where its subject has none."""
        sealed = parse(token)
        if sealed.subject not in self._keys:
            raise NoKey(f"there is no key of {sealed.subject} in {self._jurisdiction} here")
        key = self._keys[sealed.subject]
        return None if key is None else key.open(self._jurisdiction, sealed)


class KeyCache:
    """Unwrapped keys and tombstones, the least used of which are forgotten first."""

    def __init__(self, size: int, notice_window: Callable[[], tuple[float, float]]) -> None:
        """`notice_window` = between which monotonic instants every erasure was told of."""
        self._size, self._notice_window = size, notice_window
        self._keys: OrderedDict[tuple[str, str], tuple[Key | None, float]] = OrderedDict()
        """Key, or None = erased; and since when it is known."""

    def get(self, jurisdiction: str, subject: str) -> Key | None:
        """A key, if an erasure since it was read would have been heard of."""
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
        """Take what was read; what was erased meanwhile stays so. The `least` used last stay."""
        found = {subject: self._keep(jurisdiction, subject, raw, known) for subject, raw in keys}
        while len(self._keys) > max(self._size, least):
            self._keys.popitem(last=False)
        return found

    def _keep(self, jurisdiction: str, subject: str, raw: bytes | None, known: float) -> Key | None:
        if self.known(jurisdiction, subject) and self.erased(jurisdiction, subject):
            return None  # while it was being read
        key = Key(raw) if raw else None
        self._keys[jurisdiction, subject] = key, known
        self._keys.move_to_end((jurisdiction, subject))
        return key

    def erase(self, jurisdiction: str, subject: str) -> None:
        """A key is destroyed."""
        self._keys[jurisdiction, subject] = None, 0.0

    def clear(self) -> None:
        """Forget all."""
        self._keys.clear()

    def _current(self, known: float) -> bool:
        oldest = time.monotonic() - MOST_AGE
        since, until = self._notice_window()
        return known >= oldest or (known >= since and until >= oldest)
