"""Interface of every token and session store; all adapters pass the same contract suite."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

import msgspec

from services.access.principal import Principal, ScopeName


class AccessUnavailable(Exception):
    """Tokens and sessions cannot be read or written at the moment."""


class Token(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A token as listed. Its secret is shown once and not stored."""

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
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    @property
    def principal(self) -> Principal:
        """The principal that the token represents."""
        return Principal(
            id=self.id,
            name=self.name,
            scope=self.scope,
            jurisdictions=self.jurisdictions,
            areas=self.areas,
            worker=self.worker,
        )


class Session(msgspec.Struct, frozen=True):
    """A cookie's session: its token's id and its expiry."""

    token: str
    expires_at: datetime


class Code(msgspec.Struct, frozen=True):
    """A one-time sign-in code: the worker it signs in and its expiry. The code itself is not stored."""

    jurisdiction: str
    worker: str
    expires_at: datetime


def hash_secret(secret: str) -> str:
    """Hash with plain SHA-256: secrets have 256 random bits; codes have 50 and expire within a day."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


class TokenTable(msgspec.Struct, frozen=True):
    """All tokens and sessions by secret hash; tokens oldest first. Every change makes a new object."""

    tokens: dict[str, Token]
    sessions: dict[str, Session]

    # Stores apply their own writes here, because rereading everything takes a second with 50,000 phones.

    def with_token(self, hash_: str, token: Token) -> "TokenTable":
        """Add a token."""
        return TokenTable({**self.tokens, hash_: token}, self.sessions)

    def with_revoked(self, id_: str, now: datetime) -> "TokenTable":
        """Revoke a token and drop its sessions."""
        return TokenTable(
            {
                hash_: msgspec.structs.replace(one, revoked_at=one.revoked_at or now)
                if one.id == id_
                else one
                for hash_, one in self.tokens.items()
            },
            {hash_: one for hash_, one in self.sessions.items() if one.token != id_},
        )

    def with_limits(self, id_: str, areas: tuple[str, ...], expires_at: datetime | None) -> "TokenTable":
        """Replace a token's areas and expiry."""
        return TokenTable(
            {
                hash_: msgspec.structs.replace(one, areas=areas, expires_at=expires_at)
                if one.id == id_
                else one
                for hash_, one in self.tokens.items()
            },
            self.sessions,
        )

    def without_tokens(self, ids: Collection[str]) -> "TokenTable":
        """Drop tokens and their sessions."""
        return TokenTable(
            {hash_: one for hash_, one in self.tokens.items() if one.id not in ids},
            {hash_: one for hash_, one in self.sessions.items() if one.token not in ids},
        )

    def with_session(self, hash_: str, session: Session, now: datetime) -> "TokenTable":
        """Add a session and drop expired ones."""
        rest = {hash_: one for hash_, one in self.sessions.items() if one.expires_at > now}
        return TokenTable(self.tokens, {**rest, hash_: session})

    def without_session(self, hash_: str) -> "TokenTable":
        """Drop a session."""
        rest = {one: session for one, session in self.sessions.items() if one != hash_}
        return TokenTable(self.tokens, rest)


class TokenStore(Protocol):
    """Tokens and sessions by hash. All methods except `table` and `close` raise AccessUnavailable.

    When a writing method returns, `table` reflects the write.
    """

    @property
    def table(self) -> TokenTable:
        """Tokens and sessions as last read or written by this process; no I/O."""
        ...

    async def refresh(self) -> None:
        """Read other processes' writes into `table`."""
        ...

    async def add_token(self, token: Token, hash_: str) -> None:
        """Add a token. Raises KeyError if a token that is not revoked has the same name."""
        ...

    async def revoke_token(self, id_: str, now: datetime) -> None:
        """Revoke a token and delete its sessions."""
        ...

    async def limit_token(self, id_: str, areas: tuple[str, ...], expires_at: datetime | None) -> None:
        """Replace a token's areas and expiry."""
        ...

    async def note_used(self, used: Mapping[str, datetime]) -> None:
        """Store the last use of tokens by id; unknown tokens are ignored. `table` does not change."""
        ...

    async def last_used(self) -> dict[str, datetime]:
        """Read the last use of tokens by id."""
        ...

    async def delete_tokens(self, ids: Collection[str]) -> None:
        """Delete tokens and their sessions permanently."""
        ...

    async def add_session(self, hash_: str, session: Session, now: datetime) -> None:
        """Add a session and delete expired ones."""
        ...

    async def delete_session(self, hash_: str) -> None:
        """Delete a session; unknown ones are ignored."""
        ...

    async def add_code(self, hash_: str, code: Code, now: datetime) -> None:
        """Store a code, invalidating the worker's older ones; expired codes are deleted."""
        ...

    async def redeem_code(self, hash_: str, now: datetime) -> Code | None:
        """Consume a code; only one caller gets it. None if unknown, used, invalidated or expired."""
        ...

    async def close(self) -> None:
        """Release the store; it cannot be used afterwards."""
        ...
