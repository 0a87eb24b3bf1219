"""Access tokens: made, listed, revoked, and recognised at each request."""

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
from services.refusals.errors import Told

SESSION_LIFETIME: Final = timedelta(hours=12)
PHONE_LIFETIME: Final = timedelta(days=30)
"""A token made by a sign-in code, and the session of any worker's token."""
PHONES: Final = 5
"""Of one worker, signed in by codes; the oldest makes way."""
CODE_MINUTES: Final = 15
MAX_CODE_MINUTES: Final = 24 * 60
_NAME: Final = re.compile(r"\w[\w.\-]{0,63}")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-]{0,63}")


class TokenRefused(Told):
    """This token cannot be made or revoked."""


def session_lifetime(principal: Principal) -> timedelta:
    """How long a session of theirs may be: a shift at a desk, a month on a phone or a wall."""
    return PHONE_LIFETIME if principal.may("long_session") else SESSION_LIFETIME


def _phone_name(worker: str, id_: str) -> str:
    """Of a token made by a code; told apart from any other's name by the token's own id in it."""
    return f"phone-{worker[:40]}-{id_}"


def made_by_code(token: Token) -> bool:
    """Whether a sign-in code made it, and nobody at the command line."""
    return token.worker is not None and token.name == _phone_name(token.worker, token.id)


class Tokens:
    """Tokens of one data folder, or of a store that several processes share.

    Recognising one costs no look into the store. What others change is noticed within a second. What makes
    or ends something raises AccessUnavailable.
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
        """The first admin's secret lies in `admin.token` in the folder. Takes the store over. Raises
        AccessUnavailable."""
        folder = Path(folder)
        tokens = cls(folder, now, store)
        try:
            await tokens._cache.open()
        except BaseException:
            await store.close()
            raise
        return tokens

    async def close(self) -> None:
        """Nothing can be asked any more."""
        await self._cache.close()
        await self._store.close()

    # -- keeping them --------------------------------------------------------------------------------------

    async def create(
        self,
        name: str,
        scope: str,
        jurisdictions: Iterable[str] = (),
        areas: Iterable[str] = (),
        worker: str | None = None,
        expires: datetime | None = None,
    ) -> str:
        """The secret of a new token, told this once. No jurisdictions or areas = all. Raises TokenRefused.

        The scope `worker:ID` may be given in one word.
        """
        scope, _, own = scope.partition(":")
        worker = own or worker
        places = tuple(jurisdictions), tuple(areas)
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
        return await self._add(token)

    async def _add(self, token: Token) -> str:
        secret = f"mst_{secrets.token_urlsafe(32)}"
        try:
            await self._store.add_token(token, hash_secret(secret))
        except KeyError:
            raise TokenRefused("token.exists", name=token.name) from None
        return secret

    async def list(self) -> list[Token]:
        """All tokens, oldest first: revoked and expired ones too, but for phones that have made way."""
        return [*(await self._cache.refresh()).tokens.values()]

    async def revoke(self, name_or_id: str) -> Token:
        """End a token and its sessions. Raises TokenRefused where no valid one has that name or id."""
        found = [t for t in await self.list() if name_or_id in (t.name, t.id) and not t.revoked_at]
        if not found:
            raise TokenRefused("token.unknown", token=name_or_id)
        await self._store.revoke_token(found[0].id, self._now())
        self._forget_local(found[0])
        return found[0]

    # -- codes ---------------------------------------------------------------------------------------------

    async def issue_code(
        self, jurisdiction: str, worker: str, minutes: int = CODE_MINUTES
    ) -> tuple[str, datetime]:
        """A new one-time code for this worker's phone, told this once, and until when it can be used; older
        ones are void. Raises TokenRefused."""
        _refuse_bad("code", "worker", ((jurisdiction,), ()), worker, None, self._now())
        if not 1 <= minutes <= MAX_CODE_MINUTES:
            raise TokenRefused("token.expires", variant="code", most=MAX_CODE_MINUTES)
        shown, now = new_code(), self._now()
        code = Code(jurisdiction, worker, now + timedelta(minutes=minutes))
        await self._store.add_code(hash_secret(shown.replace("-", "")), code, now)
        return shown, code.expires_at

    async def redeem_code(self, text: str) -> str | None:
        """Exchange a code for a session of a token of its own, limited to the worker; None = no such code.

        The token's secret is told to nobody: it is the session that the phone holds. The worker's phones that
        have signed out are forgotten then, and so is the oldest where they are more than PHONES.
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
        with suppress(AccessUnavailable):  # the code is used up: the next sign-in tidies up
            await self._delete_old_phones(code, now)
        return session

    async def _delete_old_phones(self, code: Code, now: datetime) -> None:
        """The table must not grow with every time that somebody signs in."""
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

    # -- the first one -------------------------------------------------------------------------------------

    @property
    def _local(self) -> Path:
        return self._folder / "admin.token"

    async def first_admin(self) -> str | None:
        """The secret of an admin token made because there was no valid one, else None.

        It stays readable in `admin.token` (0600), for the command line beside a running server.
        """
        now, kept = self._now(), await self.list()
        if any(t.scope == "admin" and t.valid(now) for t in kept):
            return None
        taken = {t.name for t in kept if not t.revoked_at}
        name = next(n for n in chain(("local",), (f"local-{i}" for i in count(2))) if n not in taken)
        try:
            secret = await self.create(name, "admin")
        except TokenRefused:  # another process that starts with this one was first
            return None
        replace(self._local, secret.encode())
        return secret

    async def local_admin(self) -> str | None:
        """The secret in `admin.token`, if it is still valid."""
        try:
            secret = self._local.read_text().strip()
        except FileNotFoundError:
            return None
        return secret if await self.principal(secret) else None

    def _forget_local(self, token: Token) -> None:
        if self._local.exists():
            kept = self._cache.table.tokens.get(hash_secret(self._local.read_text().strip()))
            if kept is None or kept.id == token.id:
                self._local.unlink()

    # -- recognising ---------------------------------------------------------------------------------------

    async def principal(self, secret: str) -> Principal | None:
        """Who holds this secret; None = unknown, revoked or expired."""
        token = await self._cache.by_secret(hash_secret(secret))
        return self._valid(token.id) if token else None

    async def session(self, secret: str) -> str | None:
        """Exchange a token's secret for that of a session (a cookie), as long as `session_lifetime`; None =
        no valid token."""
        principal = await self.principal(secret)
        if principal is None:
            return None
        now, session = self._now(), secrets.token_urlsafe(32)
        begun = Session(principal.id, now + session_lifetime(principal))
        await self._store.add_session(hash_secret(session), begun, now)
        return session

    async def by_session(self, session: str) -> Principal | None:
        """Who holds this session; it ends with its token."""
        found = await self._cache.by_session(hash_secret(session))
        return self._valid(found.token) if found and self._now() < found.expires_at else None

    def holds(self, id_: str) -> bool:
        """Whether the token of this id is valid still."""
        return self._valid(id_) is not None

    async def end_session(self, session: str) -> None:
        """Sign out; an unknown session is no error, and costs no write. A token that a code made goes with
        it."""
        hash_ = hash_secret(session)
        found = await self._cache.by_session(hash_)
        if found is None:
            return
        token = self._cache.token(found.token)
        if token and made_by_code(token):
            await self._store.revoke_token(token.id, self._now())
        else:
            await self._store.delete_session(hash_)

    def _valid(self, id_: str) -> Principal | None:
        token = self._cache.token(id_)
        return token.principal if token and token.valid(self._now()) else None


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
    if expires is not None and (expires.tzinfo is None or expires <= now):
        raise TokenRefused("token.expires")
