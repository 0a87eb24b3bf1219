"""What every key store can do; its adapters pass one contract suite."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol


class KeyStore(Protocol):
    """One wrapped key for each subject, tombstones, the service's own keys, phone hashes.

    All but `notice_window`, `wrap`, `unwrap` and `close` raise VaultUnavailable. What was written when a
    method returns is durable.
    """

    @property
    def notice_window(self) -> tuple[float, float]:
        """(since, until): of every erasure between these monotonic instants, by whomever, we were told."""
        ...

    async def empty(self) -> bool:
        """Whether nothing was ever wrapped here."""
        ...

    def watch(self, erased: Callable[[str, str], None], lost: Callable[[], None]) -> None:
        """Be told of erasures by other processes: `erased(jurisdiction, subject)`, on the running loop.

        `lost()` = some may have been missed.
        """
        ...

    async def unlock(self, master: bytes) -> None:
        """Take the master key; the first one given stays the right one. Raises WrongMasterKey."""
        ...

    async def service_key(self, name: str, first: bytes | None = None) -> bytes:
        """One of the service's own keys, made at first use."""
        ...

    async def keys(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, bytes | None]:
        """Keys of these subjects; None = erased; who never had one is left out. Does not wait for writers."""
        ...

    async def ensure(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, bytes | None]:
        """Keys of all these subjects, made where there is none; None = erased."""
        ...

    async def adopt(self, jurisdiction: str, keys: Mapping[str, bytes]) -> None:
        """Keep keys that were made elsewhere, for subjects that have none and were not erased."""
        ...

    def wrap(self, key: bytes, *owner: str) -> bytes:
        """A key that only the master key opens, and only for this owner."""
        ...

    def unwrap(self, wrapped: bytes, *owner: str) -> bytes:
        """Raises cryptography's InvalidTag where another master key wrapped it, or for another owner."""
        ...

    async def erase(self, jurisdiction: str, subject: str) -> bool:
        """Destroy a key and the phone hash; False where that was done before. `scrub` next."""
        ...

    async def scrub(self) -> bool:
        """See to it that no old bytes of what was erased stay in the files; False where that must wait."""
        ...

    async def set_phones(self, jurisdiction: str, hashes: Mapping[str, bytes | None]) -> None:
        """Replace the subjects' phone hashes; None = no phone. Who has no key, or no more, stays without."""
        ...

    async def find_phone(self, jurisdiction: str, hash_: bytes) -> list[str]:
        """Subjects with this phone hash, sorted."""
        ...

    async def close(self) -> None:
        """Nothing can be asked any more."""
        ...
