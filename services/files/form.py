"""Form of a stored file: one readable line that names its subject, then the sealed bytes."""

import hashlib
import re
from typing import Final

import msgspec

_FIRST: Final = b"muster:file:1 "
_NAME: Final = re.compile(r"[0-9a-f]{64}")


class BadFile(Exception):
    """The bytes are no sealed file, or were modified."""


class SealedFile(msgspec.Struct, frozen=True):
    """A sealed file. Subject and media type are readable, but cannot be changed without notice."""

    subject: str
    """`request/ID` or `difficulty/ID`."""
    media: str
    """Media type of the plain bytes, such as image/jpeg."""
    box: bytes

    def packed(self) -> bytes:
        """Return the bytes as stored."""
        return _FIRST + msgspec.json.encode((self.subject, self.media)) + b"\n" + self.box


MOST_HEAD: Final = 1024
"""Bytes that hold any first line: an id has at most 64 letters."""


def unpack(stored: bytes) -> SealedFile:
    """Parse stored bytes, or their first MOST_HEAD. Raises BadFile."""
    line, found, box = stored.partition(b"\n")
    if not found or not line.startswith(_FIRST):
        raise BadFile("not a sealed file")
    try:
        subject, media = msgspec.json.decode(line[len(_FIRST) :], type=tuple[str, str])
    except msgspec.DecodeError as error:
        raise BadFile(f"the first line cannot be read: {error}") from error
    return SealedFile(subject, media, box)


def name_of(stored: bytes) -> str:
    """Return the name of stored bytes: their SHA-256, 64 hex digits."""
    return hashlib.sha256(stored).hexdigest()


def is_name(text: str) -> bool:
    """Whether the text can be a file's name."""
    return _NAME.fullmatch(text) is not None
