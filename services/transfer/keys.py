"""Export and load the keys of personal data, which decrypt every copy of the log."""

import asyncio
import re
import secrets
from pathlib import Path
from typing import IO, Final, Literal

import msgspec

from events.catalog import envelopes
from events.commit import decode
from services.decisions.erasure import erased_by
from services.log.port import Log
from services.transfer import keyfile
from services.transfer.draft import whole
from services.transfer.errors import TransferFailed
from services.transfer.form import Progress
from services.vault import Vault, WrongMasterKey
from services.vault.wrapping import SERVICE

_TOKEN: Final = re.compile(rb'"sealed:1:([^:"]+):')
_OWNER: Final = "file of keys"


class KeysWritten(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a key export."""

    file: str
    jurisdiction: str
    subjects: int
    """Workers, requests and handover notes."""
    erased: int
    """How many of the subjects are erased."""
    missing: int
    """Subjects in the log with neither a key nor a record of erasure."""
    under: Literal["master", "passphrase"]


class KeysLoaded(msgspec.Struct, frozen=True, kw_only=True):
    """The result of loading a key file."""

    jurisdiction: str
    subjects: int
    erased: int
    conflicts: tuple[str, ...]
    """Subjects that kept a different key, so that data encrypted elsewhere stays unreadable."""


async def export_keys(
    log: Log,
    vault: Vault,
    jurisdiction: str,
    file: Path,
    passphrase: str | None = None,
    progress: Progress | None = None,
) -> KeysWritten:
    """Write the keys of all subjects in the log, encrypted by the master key or a passphrase.

    Raise TransferFailed, LogDamaged, LogUnavailable, VaultError or OSError.
    """
    subjects = await _subjects(log, jurisdiction, progress)
    if not (await log.end(jurisdiction)).position:
        raise TransferFailed("transfer.nothing", jurisdiction=jurisdiction)
    keys = await vault.keys_of(jurisdiction, subjects)
    erased = sum(key is None for key in keys.values())
    key = secrets.token_bytes(32)
    under, salt, sealed = await asyncio.to_thread(_wrapped, vault, key, jurisdiction, passphrase)
    header = keyfile.Header(
        jurisdiction=jurisdiction,
        log=log.id,
        subjects=len(keys) - 1,
        erased=erased,
        under=under,
        salt=keyfile.encoded(salt),
        key=keyfile.encoded(sealed),
    )
    with whole(file) as target:
        await asyncio.to_thread(keyfile.write, target, header, key, keys)
    return KeysWritten(
        file=str(file),
        jurisdiction=jurisdiction,
        subjects=len(keys) - 1,
        erased=erased,
        missing=len(subjects - keys.keys()),
        under=header.under,
    )


async def load_keys(
    log: Log, vault: Vault, file: Path, passphrase: str | None = None, wanted: str | None = None
) -> KeysLoaded:
    """Load the keys of a file after checking all of it. Subjects erased there or here stay erased.

    Raise TransferFailed, VaultError or OSError.
    """
    header, parts = await asyncio.to_thread(_read, vault, file, passphrase)
    if wanted is not None and header.jurisdiction != wanted:
        raise TransferFailed("keys.jurisdiction", jurisdiction=header.jurisdiction, wanted=wanted)
    erased = await _erased_here(log, header.jurisdiction)
    conflicts: list[str] = []
    for part in parts:
        kept = {subject: None if subject in erased else key for subject, key in part.items()}
        conflicts += await vault.adopt(header.jurisdiction, kept)
    return KeysLoaded(
        jurisdiction=header.jurisdiction,
        subjects=header.subjects,
        erased=header.erased,
        conflicts=tuple(conflicts),
    )


async def _subjects(log: Log, jurisdiction: str, progress: Progress | None = None) -> set[str]:
    """Return the subjects with encrypted data, and those erased."""
    found = await _erased_here(log, jurisdiction)
    async for batch in log.read(jurisdiction):
        for stored in batch:
            found.update(subject.decode() for subject in _TOKEN.findall(stored.data))
        if progress:
            progress(batch[-1].head.position)
    return found


async def _erased_here(log: Log, jurisdiction: str) -> set[str]:
    """Return the subjects that are erased according to the log."""
    found: set[str] = set()
    async for batch in log.read(jurisdiction):
        for stored in batch:
            if b".erased" in stored.data:
                found.update(s for one in envelopes(decode(stored.data)) if (s := erased_by(one.data)))
    return found


def _wrapped(
    vault: Vault, key: bytes, jurisdiction: str, passphrase: str | None
) -> tuple[Literal["master", "passphrase"], bytes, bytes]:
    """Wrap the file key; return what wraps it, the salt and the wrapped key."""
    if passphrase is None:
        return "master", b"", vault.wrap(key, _OWNER, jurisdiction)
    salt = secrets.token_bytes(16)
    wrapper = keyfile.under_passphrase(passphrase, salt)
    return "passphrase", salt, keyfile.seal_key(wrapper, key, jurisdiction)


def _read(
    vault: Vault, path: Path, passphrase: str | None
) -> tuple[keyfile.Header, list[dict[str, bytes | None]]]:
    """Read and check the whole file."""
    try:
        with path.open("rb") as file:
            header, first = keyfile.read_header(file)
            key = _key(vault, header, passphrase)
            parts = list(_checked(file, header, first, key))
    except OSError as error:
        raise TransferFailed("transfer.no_file", file=str(path), why=str(error.strerror)) from error
    return header, parts


def _checked(
    file: IO[bytes], header: keyfile.Header, first: bytes, key: bytes
) -> list[dict[str, bytes | None]]:
    parts = list(keyfile.read(file, first, key))
    subjects, erased = keyfile.count(parts)
    if (subjects - 1, erased) != (header.subjects, header.erased) or not any(SERVICE in one for one in parts):
        raise TransferFailed("keys.damaged")
    return parts


def _key(vault: Vault, header: keyfile.Header, passphrase: str | None) -> bytes:
    """Unwrap the file key."""
    sealed = keyfile.decoded(header.key)
    if header.under == "passphrase":
        if passphrase is None:
            raise TransferFailed("keys.passphrase")
        wrapper = keyfile.under_passphrase(passphrase, keyfile.decoded(header.salt))
        return keyfile.open_key(wrapper, sealed, header.jurisdiction)
    try:
        return vault.unwrap(sealed, _OWNER, header.jurisdiction)
    except WrongMasterKey as error:
        raise TransferFailed("keys.wrong_master_key") from error
