"""What every store of tokens and sessions can do; its adapters pass one contract suite."""

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


def hash_secret(secret: str) -> str:
    """Secrets have 256 random bits, so one plain SHA-256 is enough; codes have 50, and are over in a day."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


class TokenTable(msgspec.Struct, frozen=True):
    """All tokens and sessions by hash of the secret; tokens oldest first. Another object where something
    changed."""

    tokens: dict[str, Token]
    sessions: dict[str, Session]

    # What a store has just written is added here; to read all again takes a second with 50,000 phones.

    def with_token(self, hash_: str, token: Token) -> "TokenTable":
        """With one token more."""
        return TokenTable({**self.tokens, hash_: token}, self.sessions)

    def with_revoked(self, id_: str, now: datetime) -> "TokenTable":
        """With a token revoked, and without its sessions."""
        return TokenTable(
            {
                hash_: msgspec.structs.replace(one, revoked_at=one.revoked_at or now)
                if one.id == id_
                else one
                for hash_, one in self.tokens.items()
            },
            {hash_: one for hash_, one in self.sessions.items() if one.token != id_},
        )

    def without_tokens(self, ids: Collection[str]) -> "TokenTable":
        """Without tokens and their sessions."""
        return TokenTable(
            {hash_: one for hash_, one in self.tokens.items() if one.id not in ids},
            {hash_: one for hash_, one in self.sessions.items() if one.token not in ids},
        )

    def with_session(self, hash_: str, session: Session, now: datetime) -> "TokenTable":
        """With one session more, and without those that are over."""
        rest = {hash_: one for hash_, one in self.sessions.items() if one.expires_at > now}
        return TokenTable(self.tokens, {**rest, hash_: session})

    def without_session(self, hash_: str) -> "TokenTable":
        """Without a session."""
        rest = {one: session for one, session in self.sessions.items() if one != hash_}
        return TokenTable(self.tokens, rest)


class TokenStore(Protocol):
    """Tokens and sessions by hash. All but `table` and `close` raises AccessUnavailable.

    When a method that writes returns, `table` has what it wrote.
    """

    @property
    def table(self) -> TokenTable:
        """What was kept when this process last read or wrote; costs nothing."""
        ...

    async def refresh(self) -> None:
        """Read what other processes wrote since into `table`."""
        ...

    async def add_token(self, token: Token, hash_: str) -> None:
        """Raises KeyError where a token that is not revoked has the name."""
        ...

    async def revoke_token(self, id_: str, now: datetime) -> None:
        """The token ends, and its sessions go."""
        ...

    async def delete_tokens(self, ids: Collection[str]) -> None:
        """Tokens and their sessions, for good."""
        ...

    async def add_session(self, hash_: str, session: Session, now: datetime) -> None:
        """A new session; those that are over go."""
        ...

    async def delete_session(self, hash_: str) -> None:
        """An unknown one is no error."""
        ...

    async def add_code(self, hash_: str, code: Code, now: datetime) -> None:
        """Keep a code; older ones of this worker are void, and those that are over go."""
        ...

    async def redeem_code(self, hash_: str, now: datetime) -> Code | None:
        """Take the code away: of several that try at once one gets it. None = unknown, used, void or over."""
        ...

    async def close(self) -> None:
        """Nothing can be asked any more."""
        ...
