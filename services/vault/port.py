"""Interface of every key store; all adapters pass the same contract suite."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Protocol


class KeyStore(Protocol):
    """One wrapped key per subject, tombstones, the service's own keys, phone hashes.

    All methods except `notice_window`, `wrap`, `unwrap` and `close` raise VaultUnavailable. Writes are
    durable when a method returns.
    """

    @property
    def notice_window(self) -> tuple[float, float]:
        """(since, until): all erasures between these monotonic instants, by any process, were reported."""
        ...

    async def empty(self) -> bool:
        """Whether nothing has been wrapped here yet."""
        ...

    def watch(self, erased: Callable[[str, str], None], lost: Callable[[], None]) -> None:
        """Subscribe to erasures by other processes: `erased(jurisdiction, subject)`, on the running loop.

        `lost()` is called when some may have been missed.
        """
        ...

    async def unlock(self, master: bytes) -> None:
        """Set the master key; it must be the first one ever used here. Raises WrongMasterKey."""
        ...

    async def service_key(self, name: str, first: bytes | None = None) -> bytes:
        """Return one of the service's own keys, created on first use."""
        ...

    async def keys(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, bytes | None]:
        """Return these subjects' keys: None if erased, omitted if never made. Does not wait for writers."""
        ...

    async def ensure(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, bytes | None]:
        """Return the keys of all these subjects, creating missing ones; None if erased."""
        ...

    async def adopt(self, jurisdiction: str, keys: Mapping[str, bytes]) -> None:
        """Store keys made elsewhere, for subjects that have none and were not erased."""
        ...

    def wrap(self, key: bytes, *owner: str) -> bytes:
        """Wrap a key so that only this master key opens it, and only for this owner."""
        ...

    def unwrap(self, wrapped: bytes, *owner: str) -> bytes:
        """Unwrap a key. Raises cryptography's InvalidTag for another master key or owner."""
        ...

    async def erase(self, jurisdiction: str, subject: str) -> bool:
        """Destroy a key and its phone hash; False if already done. Call `scrub` next."""
        ...

    async def scrub(self) -> bool:
        """Remove old bytes of erased data from the files; False if that must wait."""
        ...

    async def set_phones(self, jurisdiction: str, hashes: Mapping[str, bytes | None]) -> None:
        """Replace the subjects' phone hashes; None means no phone. Subjects without a key are skipped."""
        ...

    async def find_phone(self, jurisdiction: str, hashes: Collection[bytes]) -> list[str]:
        """Return the subjects whose phone hash begins with one of these halves of 16 bytes, or has it in its
        second half, sorted."""
        ...

    async def close(self) -> None:
        """Release the store; it cannot be used afterwards."""
        ...
