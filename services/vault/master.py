"""The master key that wraps all others: a file next to them, or 32 bytes supplied by the caller."""

import secrets
from pathlib import Path
from typing import Final

from services.base.private import keep_private, make_folder, write_once
from services.vault.errors import MasterKeyMissing, WrongMasterKey

SIZE: Final = 32


def master_key(path: Path, *, needed: bool) -> bytes:
    """Read the key; create it (0600) if nothing is wrapped yet. Raises MasterKeyMissing, WrongMasterKey."""
    if not path.exists():
        if needed:
            raise MasterKeyMissing(
                f"{path} is missing, and the keys next to it cannot be opened without it: restore it first"
            )
        make_folder(path.parent)
        write_once(path, secrets.token_bytes(SIZE))
    keep_private(path)
    return checked(path.read_bytes(), str(path))


def checked(key: bytes, origin: str) -> bytes:
    """Return the key. Raises WrongMasterKey unless it is 32 bytes long."""
    if len(key) != SIZE:
        raise WrongMasterKey(f"the master key from {origin} has {len(key)} bytes, not {SIZE}")
    return key


def given_key(path: Path) -> bytes:
    """Read the master key shared by all processes of a cluster from a read-only file.

    Raises MasterKeyMissing, WrongMasterKey.
    """
    try:
        return checked(path.read_bytes(), str(path))
    except OSError as error:
        raise MasterKeyMissing(
            f"the master key cannot be read from {path} ({error.strerror}): create it once with"
            f" `head -c {SIZE} /dev/urandom` and give the same file to all processes"
        ) from error
