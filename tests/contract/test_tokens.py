"""Access tokens: their owners, their expiry, and that their secrets are not stored.

Runs on both stores: a file in a data folder, and PostgreSQL shared by several processes.
"""

import asyncio
import contextlib
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pg_server import database, execute, server

from services.access import AccessUnavailable, Principal, TokenRefused, Tokens
from services.access.cache import MISSES
from services.access.port import TokenStore
from services.access.tokens import PHONES
from services.adapters.postgres.pool import Pool
from services.adapters.postgres.tokens import PgTokenStore
from services.adapters.sqlite.tokens import SqliteTokenStore, local_tokens
from services.base.unavailable import DatabaseUnavailable

ROOT = Path(__file__).parents[2]
OLD = """
CREATE TABLE tokens (
    id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL, scope TEXT NOT NULL,
    jurisdictions TEXT NOT NULL, areas TEXT NOT NULL, worker TEXT, created_at TEXT NOT NULL,
    expires_at TEXT, revoked_at TEXT
) STRICT;
CREATE TABLE sessions (hash TEXT PRIMARY KEY, token TEXT NOT NULL, expires_at TEXT NOT NULL)
STRICT, WITHOUT ROWID;
"""
"""Tables of the first version, before sign-in codes."""
PROGRAM = """
import asyncio, sys
from services.access import Tokens
from services.adapters.postgres.pool import Pool
from services.adapters.postgres.tokens import PgTokenStore
from services.adapters.sqlite.tokens import local_tokens

async def main(folder, dsn):
    opened = Tokens.open(folder, PgTokenStore(await Pool.open(dsn))) if dsn else local_tokens(folder)
    tokens = await opened
    await tokens.revoke("desk-1")
    print(await tokens.create("desk-2", "viewer"))
    await tokens.close()

asyncio.run(main(*sys.argv[1:]))
"""
"""Another process, which revokes one token and creates another."""


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2022, 3, 28, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Home:
    """The place of a token store, which may be opened several times."""

    def __init__(self, folder: Path, dsn: str | None, clock: Clock) -> None:
        self.folder, self.dsn, self.clock = folder, dsn, clock
        self.stores: list[TokenStore] = []
        """In the order in which they were opened."""

    async def open(self, folder: Path | None = None) -> Tokens:
        where = folder or self.folder
        self.stores.append(await self._store(where))
        return await Tokens.open(where, self.stores[-1], self.clock)

    async def _store(self, where: Path) -> TokenStore:
        if self.dsn:
            return PgTokenStore(await Pool.open(self.dsn))
        return await SqliteTokenStore.open(where / "access.sqlite")

    def kept(self) -> str:
        """Return everything that is stored."""
        if self.dsn:
            rows = [
                execute(self.dsn, f"SELECT * FROM access_{table}")  # noqa: S608
                for table in ("tokens", "sessions", "codes")
            ]
            return str(rows)
        return "".join(file.read_bytes().decode("latin-1") for file in self.folder.iterdir())


@pytest.fixture(params=["file", "postgres"])
def home(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Home:
    return Home(tmp_path, database() if request.param == "postgres" else None, clock)


@pytest.fixture
async def tokens(home: Home) -> AsyncIterator[Tokens]:
    opened = await home.open()
    yield opened
    await opened.close()


async def held(tokens: Tokens, secret: str) -> Principal:
    found = await tokens.principal(secret)
    assert found
    return found


class TestLimitsAndUse:
    async def test_a_token_is_limited_and_its_sessions_with_it(self, tokens: Tokens) -> None:
        token, secret = await tokens.create_token("desk-1", "dispatcher", (), (), worker=None, expires=None)
        session = await tokens.session(secret)
        assert session

        await tokens.limit(token.id, ("230717",), None, keep_expiry=True)

        assert (await held(tokens, secret)).areas == ("230717",)
        found = await tokens.by_session(session)
        assert found
        assert found.areas == ("230717",)

    async def test_a_token_gets_an_expiry_that_ends_it(self, tokens: Tokens, clock: Clock) -> None:
        token, secret = await tokens.create_token("d", "viewer", (), (), worker=None, expires=None)
        await tokens.limit(token.id, None, clock.now + timedelta(hours=1), keep_expiry=False)
        assert await tokens.principal(secret)
        clock.now += timedelta(hours=1)
        assert await tokens.principal(secret) is None

    async def test_limits_are_checked(self, tokens: Tokens, clock: Clock) -> None:
        token, _ = await tokens.create_token("d", "viewer", (), (), worker=None, expires=None)
        with pytest.raises(TokenRefused):
            await tokens.limit(token.id, ("no such/code",), None, keep_expiry=True)
        with pytest.raises(TokenRefused):
            await tokens.limit(token.id, None, clock.now, keep_expiry=False)
        with pytest.raises(TokenRefused):
            await tokens.limit("unknown", None, None, keep_expiry=True)

    async def test_the_last_use_is_known_to_the_minute_and_outlives_the_process(
        self, home: Home, clock: Clock
    ) -> None:
        first = await home.open()
        token, secret = await first.create_token("d", "viewer", (), (), worker=None, expires=None)
        assert await first.last_used() == {}
        clock.now += timedelta(minutes=5, seconds=30)
        await first.principal(secret)
        used = {token.id: clock.now - timedelta(seconds=30)}
        assert await first.last_used() == used
        await first.close()

        second = await home.open()
        assert await second.last_used() == used
        await second.close()


class TestATokensLife:
    async def test_its_secret_is_recognised(self, tokens: Tokens) -> None:
        secret = await tokens.create("desk-1", "dispatcher", ["2307"], ["230717"])
        principal = await held(tokens, secret)

        assert secret.startswith("mst_")
        assert len(secret) == 47
        assert principal.actor == "dispatcher/desk-1"
        assert (principal.jurisdictions, principal.areas) == (("2307",), ("230717",))

    async def test_a_worker_token_is_the_workers(self, tokens: Tokens) -> None:
        principal = await held(tokens, await tokens.create("phone-of-W1", "worker:W1"))

        assert (principal.scope, principal.worker, principal.actor) == ("worker", "W1", "worker/W1")

    async def test_other_secrets_are_nobodys(self, tokens: Tokens) -> None:
        secret = await tokens.create("desk-1", "dispatcher")

        for other in ("", "mst_", secret[:-1], secret + "x", secret.upper(), "\udc80"):
            assert await tokens.principal(other) is None

    async def test_the_secret_is_kept_nowhere(self, tokens: Tokens, home: Home) -> None:
        secret = await tokens.create("desk-1", "dispatcher")
        session = await tokens.session(secret)

        assert session
        assert "desk-1" in home.kept()
        assert secret not in home.kept()
        assert session not in home.kept()
        assert not [file for file in home.folder.iterdir() if file.stat().st_mode & 0o077]

    async def test_it_outlives_the_process(self, tokens: Tokens, home: Home, clock: Clock) -> None:
        secret = await tokens.create("desk-1", "dispatcher")
        again = await home.open()

        assert await held(again, secret) == await held(tokens, secret)
        await again.close()

    async def test_it_ends_when_it_was_to(self, tokens: Tokens, clock: Clock) -> None:
        secret = await tokens.create("day", "viewer", expires=clock.now + timedelta(days=1))
        session = await tokens.session(secret)
        assert session
        clock.now += timedelta(hours=11)
        assert await tokens.by_session(session) == await held(tokens, secret)
        clock.now += timedelta(hours=13)

        assert await tokens.principal(secret) is None
        assert await tokens.by_session(session) is None
        assert await tokens.session(secret) is None

    @pytest.mark.parametrize("by", ["name", "id"])
    async def test_revoking_ends_it_at_once(self, tokens: Tokens, by: str) -> None:
        secret, other = (
            await tokens.create("desk-1", "dispatcher"),
            await tokens.create("desk-2", "dispatcher"),
        )
        session = await tokens.session(secret)
        revoked = await tokens.revoke(getattr(await held(tokens, secret), by))

        assert session
        assert revoked.name == "desk-1"
        assert await tokens.principal(secret) is None
        assert await tokens.by_session(session) is None
        assert await tokens.principal(other)

    async def test_a_revoked_name_is_free_again(self, tokens: Tokens) -> None:
        await tokens.create("desk-1", "dispatcher")
        await tokens.revoke("desk-1")
        await tokens.create("desk-1", "viewer")

        assert [(t.name, t.scope, t.revoked_at is None) for t in await tokens.list()] == [
            ("desk-1", "dispatcher", False),
            ("desk-1", "viewer", True),
        ]

    async def test_what_another_process_does_is_noticed_within_a_second(
        self, tokens: Tokens, home: Home
    ) -> None:
        secret = await tokens.create("desk-1", "dispatcher")
        session = await tokens.session(secret)
        assert session
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-c", PROGRAM, str(home.folder), home.dsn or ""],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=True,
        )
        until = time.monotonic() + 1
        while await tokens.principal(secret) and time.monotonic() < until:
            await asyncio.sleep(0.02)

        assert await tokens.principal(secret) is None
        assert await tokens.by_session(session) is None
        assert (await held(tokens, done.stdout.strip())).actor == "viewer/desk-2"

    async def test_what_another_process_made_is_known_at_once(self, tokens: Tokens, home: Home) -> None:
        """A browser that signed in at one process may use another one next."""
        other = await home.open()
        secret = await other.create("desk-1", "dispatcher")
        session = await other.session(secret)
        assert session

        assert await tokens.by_session(session) == await held(other, secret)
        assert await tokens.principal(secret) == await held(other, secret)
        await other.close()


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("code", "arguments"),
        [
            ("token.name", {"name": "two words"}),
            ("token.name", {"name": ""}),
            ("token.name", {"name": "a/b"}),
            ("token.scope", {"scope": "root"}),
            ("token.worker", {"scope": "worker"}),
            ("token.worker", {"scope": "viewer:W1"}),
            ("token.worker", {"scope": "worker:W 1"}),
            ("token.code", {"jurisdictions": ["23 07"]}),
            ("token.code", {"areas": [""]}),
            ("token.expires", {"expires": datetime(2022, 3, 27, tzinfo=UTC)}),
            ("token.expires", {"expires": datetime(2032, 3, 27)}),  # noqa: DTZ001
        ],
    )
    async def test_a_token_that_makes_no_sense(
        self, tokens: Tokens, code: str, arguments: dict[str, object]
    ) -> None:
        given: dict[str, object] = {"name": "desk-1", "scope": "viewer", **arguments}
        with pytest.raises(TokenRefused) as refused:
            await tokens.create(**given)  # type: ignore[arg-type]

        assert refused.value.code == code
        assert await tokens.list() == []

    async def test_a_name_that_is_taken(self, tokens: Tokens) -> None:
        await tokens.create("desk-1", "viewer")
        with pytest.raises(TokenRefused, match="desk-1 already"):
            await tokens.create("desk-1", "admin")

    async def test_revoking_what_there_is_not(self, tokens: Tokens) -> None:
        with pytest.raises(TokenRefused, match="no active token desk-1"):
            await tokens.revoke("desk-1")


class TestTheFirstStart:
    async def test_makes_one_admin_and_tells_it_once(self, tokens: Tokens, home: Home) -> None:
        secret = await tokens.first_admin()

        assert secret
        assert (await held(tokens, secret)).scope == "admin"
        assert await tokens.first_admin() is None
        assert len(await tokens.list()) == 1

    async def test_leaves_it_readable_for_its_owner(self, tokens: Tokens, home: Home) -> None:
        assert await tokens.local_admin() is None
        secret = await tokens.first_admin()

        assert await tokens.local_admin() == secret
        assert (home.folder / "admin.token").stat().st_mode & 0o777 == 0o600

    async def test_another_is_made_only_once_it_is_revoked(self, tokens: Tokens, home: Home) -> None:
        first = await tokens.first_admin()
        await tokens.revoke("local")
        assert not (home.folder / "admin.token").exists()
        second = await tokens.first_admin()

        assert first != second
        assert await tokens.local_admin() == second

    async def test_revoking_another_keeps_the_file(self, tokens: Tokens) -> None:
        secret = await tokens.first_admin()
        await tokens.create("desk-1", "viewer")
        await tokens.revoke("desk-1")

        assert await tokens.local_admin() == secret

    async def test_makes_none_beside_an_admin_made_by_hand(self, tokens: Tokens) -> None:
        await tokens.create("boss", "admin")

        assert await tokens.first_admin() is None


class TestSessions:
    async def test_stand_for_their_token(self, tokens: Tokens) -> None:
        secret = await tokens.create("desk-1", "dispatcher")
        session = await tokens.session(secret)

        assert session
        assert session != secret
        assert await tokens.by_session(session) == await held(tokens, secret)
        assert await tokens.principal(session) is None

    async def test_need_a_valid_token(self, tokens: Tokens) -> None:
        assert await tokens.session("mst_unknown") is None

    async def test_end_when_signed_out(self, tokens: Tokens) -> None:
        session = await tokens.session(await tokens.create("desk-1", "dispatcher"))
        assert session
        await tokens.end_session(session)
        await tokens.end_session("unknown")

        assert await tokens.by_session(session) is None

    async def test_last_twelve_hours_and_over_restarts(
        self, tokens: Tokens, home: Home, clock: Clock
    ) -> None:
        session = await tokens.session(await tokens.create("desk-1", "dispatcher"))
        assert session
        again = await home.open()
        assert await again.by_session(session)
        clock.now += timedelta(hours=12)

        assert await again.by_session(session) is None
        await again.close()

    @pytest.mark.parametrize("scope", ["viewer", "worker:W1"])
    async def test_last_a_month_on_a_wall_and_on_a_phone(
        self, tokens: Tokens, clock: Clock, scope: str
    ) -> None:
        session = await tokens.session(await tokens.create("long", scope, jurisdictions=("2307",)))
        assert session
        clock.now += timedelta(days=29)
        assert await tokens.by_session(session)
        clock.now += timedelta(days=1)

        assert await tokens.by_session(session) is None


class TestWhatAProcessHolds:
    """A process adds its own writes to its cache, and reloads those of others."""

    async def test_is_what_another_reads_after_every_write(
        self, tokens: Tokens, home: Home, clock: Clock
    ) -> None:
        fresh = await home.open()
        secret, other = await tokens.create("desk-1", "dispatcher"), await tokens.create("desk-2", "viewer")

        async def signed_in() -> str:
            return await tokens.redeem_code((await fresh.issue_code("2307", "W1"))[0]) or ""

        async def signed_in_with_a_new_token() -> None:
            await tokens.session(await fresh.create("desk-5", "viewer"))

        async def signed_out(session: Awaitable[str | None]) -> None:
            await tokens.end_session(await session or "")

        steps: list[Callable[[], Awaitable[object]]] = [
            lambda: tokens.session(secret),
            lambda: signed_out(tokens.session(other)),
            lambda: fresh.create("desk-3", "viewer"),
            lambda: tokens.create("desk-4", "viewer"),
            signed_in,
            lambda: tokens.revoke("desk-1"),
            lambda: fresh.revoke("desk-2"),
            signed_in_with_a_new_token,
            *[signed_in] * 6,
            lambda: signed_out(signed_in()),
        ]
        for step in steps:
            clock.now += timedelta(minutes=1)
            await step()
            assert await tokens.list() == await fresh.list()
            assert home.stores[0].table == home.stores[1].table
        await fresh.close()

    async def test_signing_out_with_what_is_no_session_writes_nothing(
        self, tokens: Tokens, home: Home, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Anybody may try this, any number of times."""
        written: list[str] = []
        monkeypatch.setattr(home.stores[0], "delete_session", written.append)
        await tokens.end_session("unknown")
        assert written == []


class TestCodes:
    async def test_one_makes_a_session_of_a_token_of_its_own(self, tokens: Tokens, clock: Clock) -> None:
        code, until = await tokens.issue_code("2307", "W1", 30)
        session = await tokens.redeem_code(code)
        assert session
        principal, (token,) = await tokens.by_session(session), await tokens.list()

        assert until == clock.now + timedelta(minutes=30)
        assert principal == token.principal
        assert (token.scope, token.worker, token.jurisdictions) == ("worker", "W1", ("2307",))
        assert token.expires_at == clock.now + timedelta(days=30)
        assert token.name == f"phone-W1-{token.id}"

    async def test_it_signs_in_though_the_store_goes_away_before_older_phones_have_made_way(
        self, tokens: Tokens, home: Home, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The code is used up by then. If it were refused now, the phone could never sign in with it."""

        async def away(ids: object) -> None:
            raise AccessUnavailable("for a test")

        sessions = [
            await tokens.redeem_code((await tokens.issue_code("2307", "W1"))[0]) for _ in range(PHONES)
        ]
        with monkeypatch.context() as ill:
            ill.setattr(home.stores[0], "delete_tokens", away)
            sessions.append(await tokens.redeem_code((await tokens.issue_code("2307", "W1"))[0]))
        assert all([session and await tokens.by_session(session) for session in sessions])

        await tokens.redeem_code((await tokens.issue_code("2307", "W1"))[0])
        assert len(await tokens.list()) == PHONES, "the next sign-in tidies up"

    async def test_it_has_fifty_random_bits_in_letters_that_nobody_confuses(self, tokens: Tokens) -> None:
        some = {(await tokens.issue_code("2307", "W1"))[0] for _ in range(50)}

        assert len(some) == 50
        assert all(
            re.fullmatch("[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2}", c) for c in some
        )

    async def test_it_is_typed_as_people_type(self, tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
        for text in ("0101-ABCD-EF", " oLoi abcd ef ", "OIOL--ABCDEF", "0i0labcdef"):
            monkeypatch.setattr("services.access.tokens.new_code", lambda: "0101-ABCD-EF")
            await tokens.issue_code("2307", "W1")
            assert await tokens.redeem_code(text), text

    @pytest.mark.parametrize(
        "text", ["", "0101", "0101-ABCD-EU", "0101-ABCD-EFG", "\udc80101ABCDEF", "０101-ABCD-EF"]
    )
    async def test_what_cannot_be_a_code_is_none(self, tokens: Tokens, text: str) -> None:
        assert await tokens.redeem_code(text) is None

    async def test_it_is_kept_nowhere(self, tokens: Tokens, home: Home) -> None:
        code, _ = await tokens.issue_code("2307", "W1")

        assert "2307" in home.kept()
        assert code not in home.kept()
        assert code.replace("-", "") not in home.kept()

    async def test_it_is_over_when_its_time_is(self, tokens: Tokens, clock: Clock) -> None:
        code, until = await tokens.issue_code("2307", "W1")
        clock.now = until

        assert await tokens.redeem_code(code) is None

    async def test_used_it_is_void_and_so_is_an_older_one_of_the_same_worker(self, tokens: Tokens) -> None:
        older, _ = await tokens.issue_code("2307", "W1")
        newer, _ = await tokens.issue_code("2307", "W1")
        others = [(await tokens.issue_code("2307", "W2"))[0], (await tokens.issue_code("2308", "W1"))[0]]

        assert await tokens.redeem_code(older) is None
        assert await tokens.redeem_code(newer)
        assert await tokens.redeem_code(newer) is None
        assert all([await tokens.redeem_code(code) for code in others])

    async def test_of_processes_that_race_one_gets_it(self, tokens: Tokens, home: Home) -> None:
        some = [await home.open() for _ in range(4)]
        for _ in range(5):
            code, _ = await tokens.issue_code("2307", "W1")
            got = await asyncio.gather(*(one.redeem_code(code) for one in some))
            assert len([session for session in got if session]) == 1
        for one in some:
            await one.close()

    async def test_one_made_elsewhere_works_at_once(self, tokens: Tokens, home: Home) -> None:
        """As with `muster token code` beside a running server, or any process of a cluster."""
        other = await home.open()
        code, _ = await other.issue_code("2307", "W1")
        session = await tokens.redeem_code(code)
        assert session

        assert await other.by_session(session) == await tokens.by_session(session)
        await other.close()

    async def test_a_phones_session_lasts_thirty_days(self, tokens: Tokens, clock: Clock) -> None:
        by_code = await tokens.redeem_code((await tokens.issue_code("2307", "W1"))[0])
        by_token = await tokens.session(await tokens.create("W2s", "worker:W2"))
        assert by_code
        assert by_token
        clock.now += timedelta(days=30, seconds=-1)
        assert await tokens.by_session(by_code)
        assert await tokens.by_session(by_token)
        clock.now += timedelta(seconds=1)

        assert await tokens.by_session(by_code) is None
        assert await tokens.by_session(by_token) is None

    async def test_signing_out_revokes_the_phones_token_and_no_other(self, tokens: Tokens) -> None:
        phone = await tokens.redeem_code((await tokens.issue_code("2307", "W1"))[0])
        other = await tokens.redeem_code((await tokens.issue_code("2307", "W1"))[0])
        by_hand = await tokens.create("phone-W1-hand", "worker:W1")
        session = await tokens.session(by_hand)
        assert phone
        assert other
        assert session
        await tokens.end_session(phone)
        await tokens.end_session(session)

        assert await tokens.by_session(phone) is None
        assert [t.revoked_at is not None for t in await tokens.list()] == [True, False, False]
        assert await tokens.by_session(other)
        assert await tokens.principal(by_hand)

    async def test_of_a_worker_the_newest_five_phones_stay(self, tokens: Tokens) -> None:
        """A daily sign-in must not leave a token for every day."""
        by_hand = await tokens.create("W1-by-hand", "worker:W1")
        other = await tokens.redeem_code((await tokens.issue_code("2307", "W2"))[0])
        elsewhere = await tokens.redeem_code((await tokens.issue_code("2308", "W1"))[0])
        phones = [await tokens.redeem_code((await tokens.issue_code("2307", "W1"))[0]) for _ in range(8)]

        assert [bool(one and await tokens.by_session(one)) for one in phones] == [False] * 3 + [True] * 5
        assert all([one and await tokens.by_session(one) for one in (other, elsewhere)])
        assert await tokens.principal(by_hand)
        assert len(await tokens.list()) == 8

    async def test_phones_that_signed_out_are_forgotten_at_the_next_sign_in(self, tokens: Tokens) -> None:
        for _ in range(8):
            phone = await tokens.redeem_code((await tokens.issue_code("2307", "W1"))[0])
            assert phone
            await tokens.end_session(phone)

        assert len(await tokens.list()) == 1

    @pytest.mark.parametrize(("worker", "minutes"), [("W 1", 15), ("", 15), ("W1", 0), ("W1", 1441)])
    async def test_one_that_makes_no_sense_is_refused(
        self, tokens: Tokens, worker: str, minutes: int
    ) -> None:
        with pytest.raises(TokenRefused):
            await tokens.issue_code("2307", worker, minutes)

    async def test_the_longest_id_of_a_worker_fits(self, tokens: Tokens) -> None:
        assert await tokens.redeem_code((await tokens.issue_code("2307", "W" * 64))[0])


class TestAFolderOfAnEarlierVersion:
    async def test_opens_and_takes_codes(self, tmp_path: Path, clock: Clock) -> None:
        with contextlib.closing(sqlite3.connect(tmp_path / "access.sqlite")) as db, db:
            db.executescript(OLD)
            db.execute(
                "INSERT INTO tokens VALUES ('1', 'h', 'desk', 'viewer', '[]', '[]', NULL, ?, NULL, NULL)",
                (clock.now.isoformat(),),
            )
        tokens = await local_tokens(tmp_path, clock)

        assert await tokens.redeem_code((await tokens.issue_code("2307", "W1"))[0])
        assert [token.scope for token in await tokens.list()] == ["viewer", "worker"]
        await tokens.close()


class TestAProcessAmongSeveral:
    """PostgreSQL only."""

    @pytest.fixture
    def home(self, tmp_path: Path, clock: Clock) -> Home:
        return Home(tmp_path, database(), clock)

    async def test_recognising_needs_no_look_into_the_store(
        self, tokens: Tokens, home: Home, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Unknown secrets do not either, beyond a few per second."""
        secret, store, looks = await tokens.create("desk-1", "dispatcher"), home.stores[0], list[object]()
        refresh, asking = store.refresh, asyncio.current_task()
        session = await tokens.session(secret)
        assert session

        async def counted() -> None:
            if asyncio.current_task() is asking:  # not the task that keeps them fresh
                looks.append(None)
            await refresh()

        monkeypatch.setattr(store, "refresh", counted)
        for _ in range(1000):
            assert await tokens.principal(secret)
            assert await tokens.by_session(session)
        assert looks == []
        began = time.monotonic()
        for n in range(1000):
            assert await tokens.principal(f"mst_{n}") is None

        assert 0 < len(looks) <= MISSES * (int(time.monotonic() - began) + 2)

    async def test_two_that_start_at_once_make_one_admin(self, home: Home) -> None:
        folders = [home.folder / str(n) for n in range(4)]
        some = [await home.open(folder) for folder in folders]
        for folder in folders:
            folder.mkdir()
        secrets = [s for s in await asyncio.gather(*(one.first_admin() for one in some)) if s]

        assert len(secrets) == 1
        assert [t.name for t in await some[0].list()] == ["local"]
        for one in some:
            await one.close()

    async def test_of_those_that_take_one_name_one_gets_it(self, home: Home) -> None:
        some = [await home.open() for _ in range(3)]

        async def take(one: Tokens) -> str | None:
            try:
                return await one.create("desk-1", "viewer")
            except TokenRefused:
                return None

        assert len([s for s in await asyncio.gather(*map(take, some)) if s]) == 1
        for one in some:
            await one.close()

    async def test_while_the_database_is_away_what_was_known_holds(
        self, tokens: Tokens, home: Home, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert home.dsn
        secret = await tokens.create("desk-1", "dispatcher")
        name, elsewhere = execute(home.dsn, "SELECT current_database()")[0][0], server().get_uri()
        execute(elsewhere, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        execute(elsewhere, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        async with asyncio.timeout(5):
            while "cannot refresh tokens" not in caplog.text:
                await asyncio.sleep(0.01)
        began = time.monotonic()

        assert await tokens.principal(secret)
        with pytest.raises(AccessUnavailable, match="at the moment"):  # nobody can say that it is unknown
            await tokens.principal("mst_unknown")
        assert time.monotonic() - began < 0.1
        with pytest.raises(AccessUnavailable, match="cannot be read or written"):
            await tokens.create("desk-2", "viewer")
        with pytest.raises(DatabaseUnavailable):
            await home.open()
        execute(elsewhere, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert await tokens.create("desk-2", "viewer")
