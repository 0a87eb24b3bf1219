"""Encrypt push messages for one browser (RFC 8291) and sign requests (RFC 8292).

Both take about thirty lines on top of `cryptography`. Of the existing libraries, pywebpush adds two HTTP
clients, and webpush neither pads messages nor accepts a web address as contact.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import msgspec
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

RECORD: Final = 4096
"""Record size in octets; a push is a single record (RFC 8188)."""
PADDED: Final = 128
"""Messages are padded to this many octets, so that their length reveals nothing."""
SIGNED_FOR: Final = timedelta(hours=12)
"""Lifetime of a signature; RFC 8292 allows up to a day."""
_CURVE: Final = ec.SECP256R1()


class BadKeys(ValueError):
    """The browser's subscription keys are invalid."""


def b64(data: bytes) -> str:
    """Encode as base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Decode base64url. Raises BadKeys."""
    try:
        return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError as error:
        raise BadKeys("not base64url") from error


def new_key() -> bytes:
    """Return a new sender's private key (PKCS #8, DER)."""
    return ec.generate_private_key(_CURVE).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """Encode as an uncompressed point: 65 octets."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


class Browser(msgspec.Struct, frozen=True):
    """Recipient of a message."""

    public: bytes
    auth: bytes

    @classmethod
    def of(cls, p256dh: str, auth: str) -> "Browser":
        """Parse a subscription's keys. Raises BadKeys."""
        found = cls(unb64(p256dh), unb64(auth))
        found.point()
        if len(found.auth) != 16:
            raise BadKeys("auth must have 16 octets")
        return found

    def point(self) -> ec.EllipticCurvePublicKey:
        """Decode the public key. Raises BadKeys."""
        if len(self.public) != 65:
            raise BadKeys("p256dh must be an uncompressed point of 65 octets")
        try:
            return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, self.public)
        except (ValueError, InvalidKey) as error:
            raise BadKeys("p256dh is not a point on P-256") from error


def seal(
    message: bytes,
    browser: Browser,
    *,
    padded: int = PADDED,
    salt: bytes | None = None,
    sender: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """Return the body of a push (aes128gcm). Only tests pass `salt` and `sender`."""
    salt, sender = salt or os.urandom(16), sender or ec.generate_private_key(_CURVE)
    public = point(sender.public_key())
    shared = sender.exchange(ec.ECDH(), browser.point())
    secret = _derived(shared, browser.auth, b"WebPush: info\0" + browser.public + public, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    plain = message + b"\x02" + bytes(max(padded - len(message), 0))
    header = salt + RECORD.to_bytes(4, "big") + bytes([len(public)]) + public
    return header + AESGCM(key).encrypt(nonce, plain, None)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


class Signer:
    """Signs requests with the sender's key (VAPID)."""

    def __init__(self, private: bytes, contact: str) -> None:
        key = load_der_private_key(private, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise BadKeys("the push key is not a P-256 key")
        self._key, self._contact = key, contact
        self.public = b64(point(key.public_key()))
        """Public key that browsers subscribe with (`applicationServerKey`)."""

    def authorization(self, endpoint: str, now: datetime) -> str:
        """Return the Authorization header for a push to this endpoint."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((now + SIGNED_FOR).timestamp()),
            "sub": self._contact,
        }
        head = {"typ": "JWT", "alg": "ES256"}
        text = ".".join(b64(msgspec.json.encode(part)) for part in (head, claims))
        r, s = decode_dss_signature(self._key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"vapid t={text}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}, k={self.public}"
