"""The code of a certificate: what the paper says, signed (Ed25519), so that it can be verified offline."""

import base64
import binascii
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PREFIX: Final = "MC1"
"""Version of the format."""
_INFO: Final = b"muster certificate"
_encoder: Final = msgspec.json.Encoder(order="deterministic")


class BadCode(ValueError):
    """No code of a certificate, or not signed with this key."""


class Paper(msgspec.Struct, frozen=True, kw_only=True, rename={"jurisdiction": "j", "number": "n"}):
    """What a certificate says."""

    jurisdiction: str
    number: str
    name: str
    home: str
    since: str
    """First day, YYYY-MM-DD."""
    until: str
    """Last day."""
    times: int
    minutes: int
    issued: str
    """Day."""


def signing_key(secret: bytes, jurisdiction: str) -> Ed25519PrivateKey:
    """Return a jurisdiction's key, derived from its service key, with which it moves."""
    kdf = HKDF(algorithm=SHA256(), length=32, salt=jurisdiction.encode(), info=_INFO)
    return Ed25519PrivateKey.from_private_bytes(kdf.derive(secret))


def public_key(key: Ed25519PrivateKey) -> str:
    """Return the key with which codes are verified, base64url."""
    return _text(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def signed(paper: Paper, key: Ed25519PrivateKey) -> str:
    """Return the code. Equal papers have equal codes."""
    body = _encoder.encode(paper)
    return ".".join((PREFIX, _text(body), _text(key.sign(PREFIX.encode() + body))))


def verified(code: str, key: str) -> Paper:
    """Return what a code says; it may be the end of an address. Raises BadCode."""
    prefix, _, rest = code.strip().rpartition("#")[2].partition(".")
    body, _, signature = rest.partition(".")
    if prefix != PREFIX:
        raise BadCode("this is no code of a certificate")
    try:
        said = _bytes(body)
        Ed25519PublicKey.from_public_bytes(_bytes(key)).verify(_bytes(signature), PREFIX.encode() + said)
        return msgspec.json.decode(said, type=Paper)
    except (InvalidSignature, ValueError, msgspec.DecodeError) as error:
        raise BadCode("the code was altered, or another place signed it") from error


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeError) as error:
        raise ValueError("no base64url") from error
