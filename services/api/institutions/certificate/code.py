"""The code of a paper: what it says, signed (Ed25519), so that it can be verified offline."""

import base64
import binascii
from typing import ClassVar, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_INFO: Final = b"muster certificate"
_encoder: Final = msgspec.json.Encoder(order="deterministic")


class BadCode(ValueError):
    """No code of a paper, or not signed with this key."""


class Said(msgspec.Struct, frozen=True, kw_only=True, rename={"jurisdiction": "j", "number": "n"}):
    """What every paper says."""

    PREFIX: ClassVar[str] = ""
    """Kind of paper, and version of its format."""

    jurisdiction: str
    number: str
    name: str


class Paper(Said, frozen=True, kw_only=True, rename={"jurisdiction": "j", "number": "n"}):
    """What a certificate of service says."""

    PREFIX: ClassVar[str] = "MC1"

    home: str
    since: str
    """First day, YYYY-MM-DD."""
    until: str
    """Last day."""
    times: int
    minutes: int
    issued: str
    """Day."""


class AwardPaper(Said, frozen=True, kw_only=True, rename={"jurisdiction": "j", "number": "n"}):
    """What the paper of an award says."""

    PREFIX: ClassVar[str] = "MA1"

    title: str
    giver: str
    """Who gives it: the jurisdiction, by name."""
    granted: str
    """Day, YYYY-MM-DD."""
    deeds: int
    shown: int
    """Deeds that the log showed in full."""
    times: int
    minutes: int


_KINDS: Final[dict[str, type[Said]]] = {one.PREFIX: one for one in (Paper, AwardPaper)}


def signing_key(secret: bytes, jurisdiction: str) -> Ed25519PrivateKey:
    """Return a jurisdiction's key, derived from its service key, with which it moves."""
    kdf = HKDF(algorithm=SHA256(), length=32, salt=jurisdiction.encode(), info=_INFO)
    return Ed25519PrivateKey.from_private_bytes(kdf.derive(secret))


def public_key(key: Ed25519PrivateKey) -> str:
    """Return the key with which codes are verified, base64url."""
    return _text(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def verify_key(key: str) -> Ed25519PublicKey:
    """Return the key of `public_key`. Raises ValueError."""
    return Ed25519PublicKey.from_public_bytes(_bytes(key))


def signed(paper: Said, key: Ed25519PrivateKey) -> str:
    """Return the code. Equal papers have equal codes."""
    body = _encoder.encode(paper)
    return ".".join((paper.PREFIX, _text(body), _text(key.sign(paper.PREFIX.encode() + body))))


def verified(code: str, key: str) -> Said:
    """Return what a code says; it may be the end of an address. Raises BadCode."""
    prefix, _, rest = code.strip().rpartition("#")[2].partition(".")
    body, _, signature = rest.partition(".")
    kind = _KINDS.get(prefix)
    if kind is None:
        raise BadCode("this is no code of a certificate or an award")
    try:
        said = _bytes(body)
        verify_key(key).verify(_bytes(signature), prefix.encode() + said)
        return msgspec.json.decode(said, type=kind)
    except (InvalidSignature, ValueError, msgspec.DecodeError) as error:
        raise BadCode("the code was altered, or another place signed it") from error


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeError) as error:
        raise ValueError("no base64url") from error
