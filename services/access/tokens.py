"""Access tokens: creating, listing, revoking and authenticating them."""

import re
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import chain, count
from pathlib import Path
from typing import Final, cast

from services.access.cache import TokenCache
from services.access.port import AccessUnavailable, Code, Session, Token, TokenStore, hash_secret
from services.access.principal import SCOPES, Principal, ScopeName
from services.access.sign_in_codes import new_code, normalise
from services.base.private import replace
from services.refusals.errors import CodedError

SESSION_LIFETIME: Final = timedelta(hours=12)
PHONE_LIFETIME: Final = timedelta(days=30)
"""Of a token made by a sign-in code, and of any worker token's session."""
PHONES: Final = 5
"""Phones per worker signed in by code; the oldest is signed out."""
CODE_MINUTES: Final = 15
MAX_CODE_MINUTES: Final = 24 * 60
_NAME: Final = re.compile(r"\w[\w.\-]{0,63}")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-]{0,63}")


class TokenRefused(CodedError):
    """The token cannot be created or revoked."""


def session_lifetime(principal: Principal) -> timedelta:
    """How long the principal's sessions last: a shift at a desk, a month on a phone or wall display."""
    return PHONE_LIFETIME if principal.may("long_session") else SESSION_LIFETIME


def _phone_name(worker: str, id_: str) -> str:
    """Name of a token made by a code; the token's id makes it unique."""
    return f"phone-{worker[:40]}-{id_}"


def made_by_code(token: Token) -> bool:
    """Whether the token was made by a sign-in code, not on the command line."""
    return token.worker is not None and token.name == _phone_name(token.worker, token.id)


class Tokens:
    """Tokens of one data folder, or of a store shared by several processes.

    Authenticating needs no store access. Changes by other processes are seen within a second. Methods that
    write raise AccessUnavailable.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime], store: TokenStore) -> None:
        self._folder, self._now, self._store = folder, now, store
        self._cache = TokenCache(store)

    @classmethod
    async def open(
        cls,
        folder: Path | str,
        store: TokenStore,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> "Tokens":
        """Open the tokens, taking ownership of the store. The first admin's secret is kept in `admin.token`
        in the folder. Raises AccessUnavailable."""
        folder = Path(folder)
        tokens = cls(folder, now, store)
        try:
            await tokens._cache.open()
        except BaseException:
            await store.close()
            raise
        return tokens

    async def close(self) -> None:
        """Stop refreshing and release the store."""
        await self._cache.close()
        await self._store.close()

    # -- managing tokens -----------------------------------------------------------------------------------

    async def create(
        self,
        name: str,
        scope: str,
        jurisdictions: Iterable[str] = (),
        areas: Iterable[str] = (),
        worker: str | None = None,
        expires: datetime | None = None,
    ) -> str:
        """Create a token and return its secret, shown only once. No jurisdictions or areas means all.

        The scope may be written `worker:ID`. Raises TokenRefused.
        """
        scope, _, own = scope.partition(":")
        worker = own or worker
        places = tuple(jurisdictions), tuple(areas)
        return (await self.create_token(name, scope, *places, worker=worker, expires=expires))[1]

    async def create_token(
        self,
        name: str,
        scope: str,
        jurisdictions: tuple[str, ...],
        areas: tuple[str, ...],
        *,
        worker: str | None,
        expires: datetime | None,
    ) -> tuple[Token, str]:
        """Do as `create`, and return the token with its secret. Raises TokenRefused."""
        places = jurisdictions, areas
        _refuse_bad(name, scope, places, worker, expires, self._now())
        token = Token(
            id=secrets.token_hex(8),
            name=name,
            scope=cast("ScopeName", scope),
            jurisdictions=places[0],
            areas=places[1],
            worker=worker,
            created_at=self._now(),
            expires_at=expires,
        )
        return token, await self._add(token)

    async def _add(self, token: Token) -> str:
        secret = f"mst_{secrets.token_urlsafe(32)}"
        try:
            await self._store.add_token(token, hash_secret(secret))
        except KeyError:
            raise TokenRefused("token.exists", name=token.name) from None
        return secret

    async def list(self) -> list[Token]:
        """Return all tokens, oldest first, including revoked and expired ones but not replaced phones."""
        return [*(await self._cache.refresh()).tokens.values()]

    async def revoke(self, name_or_id: str) -> Token:
        """Revoke a token and its sessions. Raises TokenRefused if no valid token has that name or id."""
        found = [t for t in await self.list() if name_or_id in (t.name, t.id) and not t.revoked_at]
        if not found:
            raise TokenRefused("token.unknown", token=name_or_id)
        await self._store.revoke_token(found[0].id, self._now())
        self._forget_local(found[0])
        return found[0]

    async def limit(
        self, id_: str, areas: tuple[str, ...] | None, expires: datetime | None, *, keep_expiry: bool
    ) -> Token:
        """Replace a valid token's areas (None keeps them) and expiry. Raises TokenRefused."""
        found = await self._known(id_)
        places = found.areas if areas is None else areas
        until = found.expires_at if keep_expiry else expires
        now = self._now()
        _refuse_bad(found.name, found.scope, (found.jurisdictions, places), found.worker, None, now)
        if not keep_expiry:
            _refuse_past(expires, now)
        await self._store.limit_token(id_, places, until)
        return await self._known(id_)

    def expires(self, id_: str) -> datetime | None:
        """Return when a token ends; None = never, or there is no such token."""
        token = self._cache.token(id_)
        return token.expires_at if token else None

    async def _known(self, id_: str) -> Token:
        found = next((one for one in await self.list() if one.id == id_ and not one.revoked_at), None)
        if found is None:
            raise TokenRefused("token.unknown", token=id_)
        return found

    async def last_used(self) -> dict[str, datetime]:
        """Return the last use of each token that was used, by id, to the minute."""
        return await self._cache.usage.all()

    # -- codes ---------------------------------------------------------------------------------------------

    async def issue_code(
        self, jurisdiction: str, worker: str, minutes: int = CODE_MINUTES
    ) -> tuple[str, datetime]:
        """Create a one-time code for this worker's phone, invalidating older ones. Return it with its expiry;
        it is shown only once. Raises TokenRefused."""
        _refuse_bad("code", "worker", ((jurisdiction,), ()), worker, None, self._now())
        if not 1 <= minutes <= MAX_CODE_MINUTES:
            raise TokenRefused("token.expires", variant="code", most=MAX_CODE_MINUTES)
        shown, now = new_code(), self._now()
        code = Code(jurisdiction, worker, now + timedelta(minutes=minutes))
        await self._store.add_code(hash_secret(shown.replace("-", "")), code, now)
        return shown, code.expires_at

    async def redeem_code(self, text: str) -> str | None:
        """Exchange a code for a session with its own token, limited to the worker; None if invalid.

        The phone gets only the session, never the token's secret. The worker's signed-out phones are deleted,
        and so are the oldest beyond PHONES.
        """
        plain, now = normalise(text), self._now()
        code = await self._store.redeem_code(hash_secret(plain), now) if plain else None
        if code is None:
            return None
        id_ = secrets.token_hex(8)
        token = Token(
            id=id_,
            name=_phone_name(code.worker, id_),
            scope="worker",
            jurisdictions=(code.jurisdiction,),
            worker=code.worker,
            created_at=now,
            expires_at=now + PHONE_LIFETIME,
        )
        session = await self.session(await self._add(token))
        with suppress(AccessUnavailable):  # the code is used up; the next sign-in cleans up
            await self._delete_old_phones(code, now)
        return session

    async def _delete_old_phones(self, code: Code, now: datetime) -> None:
        """Delete old phones, so that the table does not grow with every sign-in."""
        mine = [
            token
            for token in self._cache.table.tokens.values()
            if token.worker == code.worker
            and token.jurisdictions == (code.jurisdiction,)
            and made_by_code(token)
        ]
        valid = [token for token in mine if token.valid(now)]
        gone = [token.id for token in mine if not token.valid(now)] + [t.id for t in valid[:-PHONES]]
        if gone:
            await self._store.delete_tokens(gone)

    # -- first admin ---------------------------------------------------------------------------------------

    @property
    def _local(self) -> Path:
        return self._folder / "admin.token"

    async def first_admin(self) -> str | None:
        """Create an admin token if there is no valid one and return its secret, else None.

        The secret stays in `admin.token` (0600) for the command line on the same machine.
        """
        now, kept = self._now(), await self.list()
        if any(t.scope == "admin" and t.valid(now) for t in kept):
            return None
        taken = {t.name for t in kept if not t.revoked_at}
        name = next(n for n in chain(("local",), (f"local-{i}" for i in count(2))) if n not in taken)
        try:
            secret = await self.create(name, "admin")
        except TokenRefused:  # another process starting at the same time was first
            return None
        replace(self._local, secret.encode())
        return secret

    async def local_admin(self) -> str | None:
        """Return the secret in `admin.token`, if still valid."""
        secret = self._local_secret()
        return secret if secret and await self.principal(secret) else None

    def _local_secret(self) -> str | None:
        try:
            return self._local.read_text(encoding="ascii").strip()
        except (FileNotFoundError, UnicodeDecodeError):  # whatever is there is no token
            return None

    def _forget_local(self, token: Token) -> None:
        if self._local.exists():
            kept = self._cache.table.tokens.get(hash_secret(self._local_secret() or ""))
            if kept is None or kept.id == token.id:
                self._local.unlink()

    # -- authenticating ------------------------------------------------------------------------------------

    async def principal(self, secret: str) -> Principal | None:
        """Return the holder of this secret; None if unknown, revoked or expired."""
        token = await self._cache.by_secret(hash_secret(secret))
        return self._holder(token) if token else None

    def known(self, secret: str) -> Principal | None:
        """Do as `principal`, without asking the store: None also if this process has not seen it yet."""
        token = self._cache.table.tokens.get(hash_secret(secret))
        return self._holder(token) if token else None

    async def session(self, secret: str) -> str | None:
        """Exchange a token's secret for a session's (a cookie), valid for `session_lifetime`; None if the
        token is not valid."""
        principal = await self.principal(secret)
        if principal is None:
            return None
        now, session = self._now(), secrets.token_urlsafe(32)
        begun = Session(principal.id, now + session_lifetime(principal))
        await self._store.add_session(hash_secret(session), begun, now)
        return session

    async def by_session(self, session: str) -> Principal | None:
        """Return the holder of this session. A session ends with its token."""
        found = await self._cache.by_session(hash_secret(session))
        token = self._cache.token(found.token) if found and self._now() < found.expires_at else None
        return self._holder(token) if token else None

    def holds(self, id_: str) -> bool:
        """Whether the token with this id is still valid. This is no use of it."""
        token = self._cache.token(id_)
        return token is not None and token.valid(self._now())

    async def end_session(self, session: str) -> None:
        """Sign out; also revokes a token made by a code. Unknown sessions are ignored without a write."""
        hash_ = hash_secret(session)
        found = await self._cache.by_session(hash_)
        if found is None:
            return
        token = self._cache.token(found.token)
        if token and made_by_code(token):
            await self._store.revoke_token(token.id, self._now())
        else:
            await self._store.delete_session(hash_)

    def _holder(self, token: Token) -> Principal | None:
        now = self._now()
        if not token.valid(now):
            return None
        self._cache.usage.note(token.id, now)
        return token.principal


def _refuse_bad(
    name: str,
    scope: str,
    places: tuple[tuple[str, ...], tuple[str, ...]],
    worker: str | None,
    expires: datetime | None,
    now: datetime,
) -> None:
    if not _NAME.fullmatch(name):
        raise TokenRefused("token.name")
    if scope not in SCOPES:
        raise TokenRefused("token.scope", scope=scope, scopes=tuple(SCOPES))
    if (scope == "worker") != (worker is not None):
        raise TokenRefused("token.worker")
    if worker is not None and not _NAME.fullmatch(worker):
        raise TokenRefused("token.worker", worker=worker)
    for code in (*places[0], *places[1]):
        if not _CODE.fullmatch(code):
            raise TokenRefused("token.code", code=code)
    _refuse_past(expires, now)


def _refuse_past(expires: datetime | None, now: datetime) -> None:
    if expires is not None and (expires.tzinfo is None or expires <= now):
        raise TokenRefused("token.expires")
