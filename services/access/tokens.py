"""Access tokens: made, listed, revoked, and recognised at each request."""

import re
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, cast

from services.access.principal import SCOPES, Principal, ScopeName
from services.access.store import Session, Store, Token, hashed
from services.private import replace

LOOK_SECONDS: Final = 0.5
"""How often the file is asked whether another process wrote to it."""
SESSION_LASTS: Final = timedelta(hours=12)
_NAME: Final = re.compile(r"\w[\w.\-]{0,63}")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-]{0,63}")


class TokenRefused(Exception):
    """This token cannot be made or revoked; the message says why. `code` is stable."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


class Tokens:
    """Tokens of one data folder (`access.sqlite`). What others change is noticed within a second."""

    def __init__(self, folder: Path | str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._folder, self._now = Path(folder), now
        self._store = Store(self._folder / "access.sqlite")
        self._gate = threading.RLock()
        self._version = -1
        self._looked = 0.0
        self._tokens: dict[str, Token] = {}
        self._principals: dict[str, Principal] = {}
        self._sessions: dict[str, Session] = {}
        self._load()

    # -- keeping them --------------------------------------------------------------------------------------

    def create(
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
        return self._add(token)

    def _add(self, token: Token) -> str:
        secret = f"mst_{secrets.token_urlsafe(32)}"
        with self._gate:
            try:
                self._store.add(token, hashed(secret))
            except KeyError:
                raise TokenRefused(
                    "token.exists", f"There is a token {token.name} already; revoke it, or take another name."
                ) from None
            self._load()
        return secret

    def list(self) -> list[Token]:
        """All tokens ever made, oldest first."""
        with self._gate:
            self._load()
            return [*self._tokens.values()]

    def revoke(self, name_or_id: str) -> Token:
        """End a token and its sessions. Raises TokenRefused where no valid one has that name or id."""
        with self._gate:
            self._load()
            found = [t for t in self._tokens.values() if name_or_id in (t.name, t.id) and not t.revoked_at]
            if not found:
                raise TokenRefused("token.unknown", f"There is no token {name_or_id} that could be revoked.")
            self._store.revoke(found[0].id, self._now())
            self._forget_local(found[0])
            self._load()
        return found[0]

    # -- the first one -------------------------------------------------------------------------------------

    @property
    def _local(self) -> Path:
        return self._folder / "admin.token"

    def first_admin(self) -> str | None:
        """The secret of an admin token made because there was no valid one, else None.

        It stays readable in `admin.token` (0600), for the command line beside a running server.
        """
        with self._gate:
            self._load()
            now = self._now()
            if any(t.scope == "admin" and t.valid(now) for t in self._tokens.values()):
                return None
            taken = {t.name for t in self._tokens.values() if not t.revoked_at}
            name = next(n for n in ("local", *(f"local-{i}" for i in range(2, 10**6))) if n not in taken)
            secret = self.create(name, "admin")
            replace(self._local, secret.encode())
            return secret

    def local_admin(self) -> str | None:
        """The secret in `admin.token`, if it is still valid."""
        try:
            secret = self._local.read_text().strip()
        except FileNotFoundError:
            return None
        return secret if self.principal(secret) else None

    def _forget_local(self, token: Token) -> None:
        if self._local.exists():
            kept = self._tokens.get(hashed(self._local.read_text().strip()))
            if kept is None or kept.id == token.id:
                self._local.unlink()

    # -- recognising ---------------------------------------------------------------------------------------

    def principal(self, secret: str) -> Principal | None:
        """Who holds this secret; None = unknown, revoked or expired."""
        with self._gate:
            self._look()
            return self._valid(hashed(secret))

    def session(self, secret: str) -> str | None:
        """Exchange a token's secret for that of a session (a cookie) of 12 hours; None = no valid token."""
        with self._gate:
            principal = self.principal(secret)
            if principal is None:
                return None
            now = self._now()
            session = self._store.begin(principal.id, now, now + SESSION_LASTS)
            self._load()
        return session

    def by_session(self, session: str) -> Principal | None:
        """Who holds this session; it ends with its token."""
        with self._gate:
            self._look()
            found = self._sessions.get(hashed(session))
            if found is None or self._now() >= found.expires_at:
                return None
            return next((self._valid(h) for h, t in self._tokens.items() if t.id == found.token), None)

    def end_session(self, session: str) -> None:
        """Sign out; an unknown session is no error."""
        with self._gate:
            self._store.end(session)
            self._load()

    def close(self) -> None:
        with self._gate:
            self._store.close()

    def _valid(self, hash_: str) -> Principal | None:
        token = self._tokens.get(hash_)
        return self._principals[hash_] if token and token.valid(self._now()) else None

    def _look(self) -> None:
        """Every half second, whether another process wrote (microseconds)."""
        now = time.monotonic()
        if now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        if self._store.version() != self._version:
            self._load()

    def _load(self) -> None:
        self._version = self._store.version()
        self._tokens = self._store.tokens()
        self._principals = {hash_: token.principal for hash_, token in self._tokens.items()}
        self._sessions = self._store.sessions()


def _refuse_bad(
    name: str,
    scope: str,
    places: tuple[tuple[str, ...], tuple[str, ...]],
    worker: str | None,
    expires: datetime | None,
    now: datetime,
) -> None:
    if not _NAME.fullmatch(name):
        raise TokenRefused("token.name", "A token's name has 1-64 letters, digits, _ . - and no spaces.")
    if scope not in SCOPES:
        raise TokenRefused("token.scope", f"The scope {scope} is not one of {', '.join(SCOPES)}.")
    if (scope == "worker") != (worker is not None):
        raise TokenRefused("token.worker", "The scope worker, and no other, names its worker: worker:ID.")
    if worker is not None and not _NAME.fullmatch(worker):
        raise TokenRefused("token.worker", f"{worker} cannot be the id of a worker.")
    for code in (*places[0], *places[1]):
        if not _CODE.fullmatch(code):
            raise TokenRefused("token.code", f"{code} cannot be the code of a jurisdiction or area.")
    if expires is not None and (expires.tzinfo is None or expires <= now):
        raise TokenRefused("token.expires", "The end of a token is an instant with offset, in the future.")
