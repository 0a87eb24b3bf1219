"""An award as Open Badges 3.0: an OpenBadgeCredential, signed as a VC-JWT with the key of the papers.

The proof is the one of section 8.2 of the specification (JSON Web Token Proof): the payload is the credential
with the registered claims, the header carries the public key. https://www.imsglobal.org/spec/ob/v3p0/
"""

import base64
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.api.institutions.certificate.code import AwardPaper, BadCode, public_key, verify_key

MEDIA: Final = "application/vc+jwt"
CONTEXTS: Final = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
ALGORITHM: Final = "EdDSA"
LIST: Final = "1EdTechRevocationList"
_SPACE: Final = UUID("6d757374-6572-5079-8368-000000000054")
"""Namespace of the ids of credentials, subjects and achievements."""
_TYPES: Final = ("VerifiableCredential", "OpenBadgeCredential")


def urn(*parts: str) -> str:
    """Return an id derived from these parts that reveals none of them."""
    return uuid5(_SPACE, "/".join(parts)).urn


def jwk(key: str) -> dict[str, str]:
    """Return a public key (base64url) as a JWK."""
    return {"kty": "OKP", "crv": "Ed25519", "x": key}


def issuer(key: str) -> str:
    """Return the id of a key's signer: the key itself, as `did:jwk`."""
    text = base64.urlsafe_b64encode(msgspec.json.encode(jwk(key), order="sorted")).rstrip(b"=")
    return f"did:jwk:{text.decode()}"


def credential(paper: AwardPaper, granted: datetime, key: str, status: str) -> dict[str, Any]:
    """Return what the badge says, unsigned. `status`: address of the list of revoked badges."""
    return {
        "@context": list(CONTEXTS),
        "id": urn(paper.jurisdiction, "award", paper.number),
        "type": list(_TYPES),
        "name": paper.title,
        "issuer": {"id": issuer(key), "type": ["Profile"], "name": paper.giver},
        "validFrom": granted.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "credentialSubject": _subject(paper),
        "credentialStatus": {"id": status, "type": LIST},
    }


def _subject(paper: AwardPaper) -> dict[str, Any]:
    narrative = (
        f"{paper.shown} of {paper.deeds} deeds are shown in full by the log; "
        f"{paper.times} person-times, {paper.minutes} minutes of service."
    )
    return {
        "id": urn(paper.jurisdiction, "award", paper.number, "person"),
        "type": ["AchievementSubject"],
        "identifier": [
            {"type": "IdentityObject", "hashed": False, "identityHash": paper.name, "identityType": "name"}
        ],
        "licenseNumber": paper.number,
        "narrative": narrative,
        "achievement": {
            "id": urn(paper.jurisdiction, "achievement", paper.title),
            "type": ["Achievement"],
            "achievementType": "Award",
            "name": paper.title,
            "description": f"{paper.title}, {paper.giver}",
            "criteria": {"narrative": "Nominated with deeds, which the log shows, and approved in a review."},
        },
    }


def badge(paper: AwardPaper, granted: datetime, key: Ed25519PrivateKey, status: str) -> str:
    """Return the signed badge. Equal awards have equal badges."""
    public = public_key(key)
    said = credential(paper, granted.replace(microsecond=0), public, status)
    claims = {
        "iss": said["issuer"]["id"],
        "jti": said["id"],
        "nbf": int(granted.timestamp()),
        "sub": said["credentialSubject"]["id"],
    }
    return jwt.encode({**said, **claims}, key, algorithm=ALGORITHM, headers={"jwk": jwk(public)})


def opened(token: str, key: str) -> dict[str, Any]:
    """Return the credential of a badge that was signed with a key (base64url). Raises BadCode.

    The key in the header is not believed.
    """
    try:
        said = jwt.decode(
            token.strip(),
            verify_key(key),
            algorithms=[ALGORITHM],
            options={"require": ["iss", "jti", "nbf", "sub"], "verify_nbf": False},
        )
        whole = (
            said["iss"] == said["issuer"]["id"] == issuer(key)
            and said["jti"] == said["id"]
            and said["sub"] == said["credentialSubject"]["id"]
            and set(_TYPES) <= set(said["type"])
        )
    except (jwt.PyJWTError, ValueError, KeyError, TypeError) as error:
        raise BadCode("the badge was altered, or another place signed it") from error
    if not whole:
        raise BadCode("the badge contradicts itself, or names another issuer")
    return said
