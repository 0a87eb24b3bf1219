"""What every store of tokens and sessions can do. Blocking; its adapters pass one contract suite."""

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Protocol

import msgspec

from services.access.principal import Principal, ScopeName


class AccessUnavailable(Exception):
    """Tokens and sessions cannot be read or written now."""


class Token(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A token as it is listed; its secret was told once and is not kept."""

    id: str
    name: str
    scope: ScopeName
    jurisdictions: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    worker: str | None = None
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def valid(self, now: datetime) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    @property
    def principal(self) -> Principal:
        """Whom the token stands for."""
        return Principal(
            id=self.id,
            name=self.name,
            scope=self.scope,
            jurisdictions=self.jurisdictions,
            areas=self.areas,
            worker=self.worker,
        )


class Session(msgspec.Struct, frozen=True):
    """A cookie's session: of which token (id), until when."""

    token: str
    expires_at: datetime


class Code(msgspec.Struct, frozen=True):
    """A one-time sign-in code: whom it makes a token for, and until when. The code itself is not kept."""

    jurisdiction: str
    worker: str
    expires_at: datetime


def hashed(secret: str) -> str:
    """Secrets have 256 random bits, so one plain SHA-256 is enough; codes have 50, and are over in a day."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


class Held(msgspec.Struct, frozen=True):
    """All there is, by hash of the secret; tokens oldest first. Another object where something changed."""

    tokens: dict[str, Token]
    sessions: dict[str, Session]

    # What a store has just written is added here; to read all again takes a second with 50,000 phones.

    def added(self, hash_: str, token: Token) -> "Held":
        """With one token more."""
        return Held({**self.tokens, hash_: token}, self.sessions)

    def revoked(self, id_: str, now: datetime) -> "Held":
        """With a token revoked, and without its sessions."""
        return Held(
            {
                hash_: msgspec.structs.replace(one, revoked_at=one.revoked_at or now)
                if one.id == id_
                else one
                for hash_, one in self.tokens.items()
            },
            {hash_: one for hash_, one in self.sessions.items() if one.token != id_},
        )

    def dropped(self, ids: Collection[str]) -> "Held":
        """Without tokens and their sessions."""
        return Held(
            {hash_: one for hash_, one in self.tokens.items() if one.id not in ids},
            {hash_: one for hash_, one in self.sessions.items() if one.token not in ids},
        )

    def begun(self, hash_: str, session: Session, now: datetime) -> "Held":
        """With one session more, and without those that are over."""
        rest = {hash_: one for hash_, one in self.sessions.items() if one.expires_at > now}
        return Held(self.tokens, {**rest, hash_: session})

    def ended(self, hash_: str) -> "Held":
        """Without a session."""
        return Held(self.tokens, {one: session for one, session in self.sessions.items() if one != hash_})


class TokenStore(Protocol):
    """Tokens and sessions by hash. What writes, and `now`, raises AccessUnavailable."""

    def recent(self) -> Held:
        """What is kept, as of half a second ago at most; costs nothing. While the store cannot be reached
        what was last known holds: nothing can be revoked in it then either."""
        ...

    def missed(self) -> Held:
        """As `recent`, after something unknown was asked for: looks again, but not each time."""
        ...

    def now(self) -> Held:
        """What is kept."""
        ...

    def add(self, token: Token, hash_: str) -> None:
        """Raises KeyError where a token that is not revoked has the name."""
        ...

    def revoke(self, id_: str, now: datetime) -> None:
        """The token and its sessions."""
        ...

    def drop(self, ids: Collection[str]) -> None:
        """Tokens and their sessions, for good."""
        ...

    def begin(self, hash_: str, session: Session, now: datetime) -> None:
        """A new session; those that are over go."""
        ...

    def end(self, hash_: str) -> None:
        """A session; an unknown one is no error."""
        ...

    def issue(self, hash_: str, code: Code, now: datetime) -> None:
        """Keep a code; older ones of this worker are void, and those that are over go."""
        ...

    def redeem(self, hash_: str, now: datetime) -> Code | None:
        """Take the code away: of several that try at once one gets it. None = unknown, used, void or over."""
        ...

    def close(self) -> None:
        """Nothing can be asked any more."""
        ...
