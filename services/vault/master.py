"""The master key, which wraps all others: a file beside them, or 32 bytes that the caller brings."""

import secrets
from pathlib import Path
from typing import Final

from services.base.private import keep_private, write_once
from services.vault.errors import MasterKeyMissing, WrongMasterKey

SIZE: Final = 32


def master_key(path: Path, *, needed: bool) -> bytes:
    """Read it; make it (0600) where nothing was wrapped yet. Raises MasterKeyMissing, WrongMasterKey."""
    if not path.exists():
        if needed:
            raise MasterKeyMissing(
                f"{path} is missing, and the keys beside it cannot be opened without it: restore it first"
            )
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_once(path, secrets.token_bytes(SIZE))
    keep_private(path)
    return checked(path.read_bytes(), str(path))


def checked(key: bytes, origin: str) -> bytes:
    """Raises WrongMasterKey where it does not have 32 bytes."""
    if len(key) != SIZE:
        raise WrongMasterKey(f"the master key from {origin} has {len(key)} bytes, not {SIZE}")
    return key


def given_key(path: Path) -> bytes:
    """The master key that all processes of a cluster share, from a file that is only read.

    Raises MasterKeyMissing, WrongMasterKey.
    """
    try:
        return checked(path.read_bytes(), str(path))
    except OSError as error:
        raise MasterKeyMissing(
            f"the master key cannot be read from {path} ({error.strerror}): make it once with"
            f" `head -c {SIZE} /dev/urandom` and give the same file to all processes"
        ) from error
