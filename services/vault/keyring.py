"""In-memory keys: a keyring for one task, and the vault's cache."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.vault.errors import NoKey
from services.vault.sealing import Key, opened, parse

MOST_AGE: Final = 5.0
"""Seconds after which no process uses an erased key, even if the erasure notice was lost."""

_Entry = tuple[Key | None, float]
"""A key, None if erased, and when it was read."""
_Entries = OrderedDict[tuple[str, str], _Entry]


class Keyring:
    """Some of a jurisdiction's keys, for opening a batch of values.

    Does no I/O; safe to use on any thread.
    """

    def __init__(self, jurisdiction: str, keys: Mapping[str, Key | None]) -> None:
        """A key of None means erased."""
        self._jurisdiction, self._keys = jurisdiction, keys
        self._latest: tuple[str, AESGCM] | None = None
        """The last subject: a row's values are opened one after another."""

    def open(self, token: str) -> str | None:
        """Return the value of a sealed token; None if erased. Raises BadToken; NoKey if it has no key."""
        sealed = parse(token)
        latest = self._latest
        if latest is None or latest[0] != sealed.subject:
            if sealed.subject not in self._keys:
                raise NoKey(f"no key for {sealed.subject} in {self._jurisdiction}")
            key = self._keys[sealed.subject]
            if key is None:
                return None
            latest = self._latest = sealed.subject, key.cipher()
        return opened(latest[1], self._jurisdiction, sealed)


class KeyCache:
    """LRU cache of unwrapped keys and tombstones.

    Keys that were just made are apart until they are asked for again, and give way to newer ones first: an
    import makes one for each of its rows, and seals with it once.
    """

    def __init__(self, size: int, made: int, notice_window: Callable[[], tuple[float, float]]) -> None:
        """`made`: how many of those that were not asked for again stay. `notice_window`: the monotonic
        interval during which every erasure notice was received."""
        self._size, self._most_made, self._notice_window = size, made, notice_window
        self._keys: _Entries = OrderedDict()
        self._made: _Entries = OrderedDict()

    def __len__(self) -> int:
        return len(self._keys) + len(self._made)

    def get(self, jurisdiction: str, subject: str) -> Key | None:
        """Return a key, unless an erasure since it was read could have been missed."""
        key, known = self._entry(jurisdiction, subject) or (None, 0.0)
        return key if self._current(known) else None

    def ask(self, jurisdiction: str, subject: str) -> Key | None:
        """Like `get`, and note that the key is in use."""
        name = jurisdiction, subject
        key = self.get(jurisdiction, subject)
        if key is not None:
            if name in self._made:
                self._keys[name] = self._made.pop(name)
            self._keys.move_to_end(name)
        return key

    def known(self, jurisdiction: str, subject: str) -> bool:
        """Whether there is a key, however old, or a tombstone."""
        return self._entry(jurisdiction, subject) is not None

    def erased(self, jurisdiction: str, subject: str) -> bool:
        """Whether there is a tombstone."""
        entry = self._entry(jurisdiction, subject)
        return entry is not None and entry[0] is None

    def keep(
        self,
        jurisdiction: str,
        keys: Iterable[tuple[str, bytes | None]],
        known: float,
        least: int = 0,
        *,
        made: bool = False,
    ) -> dict[str, Key | None]:
        """Store keys just read; tombstones win. The `least` most recently used entries always stay. `made`:
        they are likely to be new."""
        into = self._made if made else self._keys
        found = {subject: self._keep(into, jurisdiction, subject, raw, known) for subject, raw in keys}
        for entries, most in ((self._keys, self._size), (self._made, self._most_made)):
            while len(entries) > max(most, least):
                entries.popitem(last=False)
        return found

    def _keep(
        self, into: _Entries, jurisdiction: str, subject: str, raw: bytes | None, known: float
    ) -> Key | None:
        if self.erased(jurisdiction, subject):
            return None  # erased while it was being read
        key, name = Key(raw) if raw else None, (jurisdiction, subject)
        if name in self._keys:
            into = self._keys
        elif into is self._keys:
            self._made.pop(name, None)
        into[name] = key, known
        into.move_to_end(name)
        return key

    def erase(self, jurisdiction: str, subject: str) -> None:
        """Replace the key with a tombstone."""
        self._made.pop((jurisdiction, subject), None)
        self._keys[jurisdiction, subject] = None, 0.0

    def clear(self) -> None:
        """Forget everything."""
        self._keys.clear()
        self._made.clear()

    def _entry(self, jurisdiction: str, subject: str) -> _Entry | None:
        name = jurisdiction, subject
        return self._keys.get(name) or self._made.get(name)

    def _current(self, known: float) -> bool:
        oldest = time.monotonic() - MOST_AGE
        since, until = self._notice_window()
        return known >= oldest or (known >= since and until >= oldest)
