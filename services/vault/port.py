"""What every key store can do. Blocking, and called from any thread; its adapters pass one contract suite."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol


class Keys(Protocol):
    """One wrapped key for each subject, tombstones, the service's own keys, phone hashes.

    Everything raises VaultUnavailable. What was kept when a method returns is durable.
    """

    @property
    def empty(self) -> bool:
        """Whether nothing was ever wrapped here."""
        ...

    @property
    def heard(self) -> tuple[float, float]:
        """(since, until): of every erasure between these monotonic instants, by whomever, we were told."""
        ...

    def watch(self, erased: Callable[[str, str], None], lost: Callable[[], None]) -> None:
        """Be told of erasures by other processes: `erased(jurisdiction, subject)`, on any thread.

        `lost()` = some may have been missed.
        """
        ...

    def unlock(self, master: bytes) -> None:
        """Take the master key; the first one given stays the right one. Raises WrongMasterKey."""
        ...

    def own(self, name: str, first: bytes | None = None) -> bytes:
        """One of the service's own keys, made at first use."""
        ...

    def keys(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, bytes | None]:
        """Keys of these subjects; None = erased; who never had one is left out. Does not wait for writers."""
        ...

    def ensure(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, bytes | None]:
        """Keys of all these subjects, made where there is none; None = erased."""
        ...

    def adopt(self, jurisdiction: str, keys: Mapping[str, bytes]) -> None:
        """Keep keys that were made elsewhere, for subjects that have none and were not erased."""
        ...

    def wrap(self, key: bytes, *owner: str) -> bytes:
        """A key that only the master key opens, and only for this owner."""
        ...

    def unwrap(self, wrapped: bytes, *owner: str) -> bytes:
        """Raises cryptography's InvalidTag where another master key wrapped it, or for another owner."""
        ...

    def erase(self, jurisdiction: str, subject: str) -> bool:
        """Destroy a key and the phone hash; False where that was done before. `scrub` next."""
        ...

    def scrub(self) -> bool:
        """See to it that no old bytes of what was erased stay in the files; False where that must wait."""
        ...

    def set_phones(self, jurisdiction: str, hashes: Mapping[str, bytes | None]) -> None:
        """Replace the subjects' phone hashes; None = no phone. Who has no key, or no more, stays without."""
        ...

    def by_phone(self, jurisdiction: str, hash_: bytes) -> list[str]:
        """Subjects with this phone hash, sorted."""
        ...

    def close(self) -> None:
        """Nothing can be asked any more."""
        ...
