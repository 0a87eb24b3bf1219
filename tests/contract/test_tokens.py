"""Access tokens: who they are of, until when, and that their secrets are kept by nobody.

On both stores alike: a file of one data folder, and PostgreSQL shared by several processes.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pg_server import database, execute, server

from services.access import AccessUnavailable, Principal, TokenRefused, Tokens
from services.access.postgres import MISSES, PgTokenStore
from services.access.tokens import PHONES
from services.base.private import connect
from services.postgres.blocking import Blocking

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
"""Of the first version, before there were codes."""


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2022, 3, 28, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Home:
    """Where tokens are kept; they may be opened several times."""

    def __init__(self, folder: Path, dsn: str | None, clock: Clock) -> None:
        self.folder, self.dsn, self.clock = folder, dsn, clock

    def open(self, folder: Path | None = None) -> Tokens:
        store = PgTokenStore(self.dsn) if self.dsn else None
        return Tokens(folder or self.folder, self.clock, store)

    def kept(self) -> str:
        """All that is stored."""
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
def tokens(home: Home) -> Iterator[Tokens]:
    opened = home.open()
    yield opened
    opened.close()


def held(tokens: Tokens, secret: str) -> Principal:
    found = tokens.principal(secret)
    assert found
    return found


class TestATokensLife:
    def test_its_secret_is_recognised(self, tokens: Tokens) -> None:
        secret = tokens.create("desk-1", "dispatcher", ["2307"], ["230717"])
        principal = held(tokens, secret)

        assert secret.startswith("mst_")
        assert len(secret) == 47
        assert principal.actor == "dispatcher/desk-1"
        assert (principal.jurisdictions, principal.areas) == (("2307",), ("230717",))

    def test_a_worker_token_is_the_workers(self, tokens: Tokens) -> None:
        principal = held(tokens, tokens.create("phone-of-W1", "worker:W1"))

        assert (principal.scope, principal.worker, principal.actor) == ("worker", "W1", "worker/W1")

    def test_other_secrets_are_nobodys(self, tokens: Tokens) -> None:
        secret = tokens.create("desk-1", "dispatcher")

        for other in ("", "mst_", secret[:-1], secret + "x", secret.upper(), "\udc80"):
            assert tokens.principal(other) is None

    def test_the_secret_is_kept_nowhere(self, tokens: Tokens, home: Home) -> None:
        secret = tokens.create("desk-1", "dispatcher")
        session = tokens.session(secret)

        assert session
        assert "desk-1" in home.kept()
        assert secret not in home.kept()
        assert session not in home.kept()
        assert not [file for file in home.folder.iterdir() if file.stat().st_mode & 0o077]

    def test_it_outlives_the_process(self, tokens: Tokens, home: Home, clock: Clock) -> None:
        secret = tokens.create("desk-1", "dispatcher")
        again = home.open()

        assert held(again, secret) == held(tokens, secret)
        again.close()

    def test_it_ends_when_it_was_to(self, tokens: Tokens, clock: Clock) -> None:
        secret = tokens.create("day", "viewer", expires=clock.now + timedelta(days=1))
        session = tokens.session(secret)
        assert session
        clock.now += timedelta(hours=11)
        assert tokens.by_session(session) == held(tokens, secret)
        clock.now += timedelta(hours=13)

        assert tokens.principal(secret) is None
        assert tokens.by_session(session) is None
        assert tokens.session(secret) is None

    @pytest.mark.parametrize("by", ["name", "id"])
    def test_revoking_ends_it_at_once(self, tokens: Tokens, by: str) -> None:
        secret, other = tokens.create("desk-1", "dispatcher"), tokens.create("desk-2", "dispatcher")
        session = tokens.session(secret)
        revoked = tokens.revoke(getattr(held(tokens, secret), by))

        assert session
        assert revoked.name == "desk-1"
        assert tokens.principal(secret) is None
        assert tokens.by_session(session) is None
        assert tokens.principal(other)

    def test_a_revoked_name_is_free_again(self, tokens: Tokens) -> None:
        tokens.create("desk-1", "dispatcher")
        tokens.revoke("desk-1")
        tokens.create("desk-1", "viewer")

        assert [(t.name, t.scope, t.revoked_at is None) for t in tokens.list()] == [
            ("desk-1", "dispatcher", False),
            ("desk-1", "viewer", True),
        ]

    def test_what_another_process_does_is_noticed_within_a_second(self, tokens: Tokens, home: Home) -> None:
        secret = tokens.create("desk-1", "dispatcher")
        session = tokens.session(secret)
        assert session
        program = (
            "import sys; from pathlib import Path; from services.access import Tokens;"
            "from services.access.postgres import PgTokenStore;"
            "store = PgTokenStore(sys.argv[2]) if sys.argv[2] else None;"
            "t = Tokens(Path(sys.argv[1]), store=store); t.revoke('desk-1');"
            "print(t.create('desk-2', 'viewer')); t.close()"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, str(home.folder), home.dsn or ""],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=True,
        )
        until = time.monotonic() + 1
        while tokens.principal(secret) and time.monotonic() < until:
            time.sleep(0.02)

        assert tokens.principal(secret) is None
        assert tokens.by_session(session) is None
        assert held(tokens, done.stdout.strip()).actor == "viewer/desk-2"

    def test_what_another_process_made_is_known_at_once(self, tokens: Tokens, home: Home) -> None:
        """A browser that signed in at one process may ask another one next."""
        other = home.open()
        secret = other.create("desk-1", "dispatcher")
        session = other.session(secret)
        assert session

        assert tokens.by_session(session) == held(other, secret)
        assert tokens.principal(secret) == held(other, secret)
        other.close()


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
    def test_a_token_that_makes_no_sense(
        self, tokens: Tokens, code: str, arguments: dict[str, object]
    ) -> None:
        given: dict[str, object] = {"name": "desk-1", "scope": "viewer", **arguments}
        with pytest.raises(TokenRefused) as refused:
            tokens.create(**given)  # type: ignore[arg-type]

        assert refused.value.code == code
        assert tokens.list() == []

    def test_a_name_that_is_taken(self, tokens: Tokens) -> None:
        tokens.create("desk-1", "viewer")
        with pytest.raises(TokenRefused, match="desk-1 already"):
            tokens.create("desk-1", "admin")

    def test_revoking_what_there_is_not(self, tokens: Tokens) -> None:
        with pytest.raises(TokenRefused, match="no token desk-1"):
            tokens.revoke("desk-1")


class TestTheFirstStart:
    def test_makes_one_admin_and_tells_it_once(self, tokens: Tokens, home: Home) -> None:
        secret = tokens.first_admin()

        assert secret
        assert held(tokens, secret).scope == "admin"
        assert tokens.first_admin() is None
        assert len(tokens.list()) == 1

    def test_leaves_it_readable_for_its_owner(self, tokens: Tokens, home: Home) -> None:
        assert tokens.local_admin() is None
        secret = tokens.first_admin()

        assert tokens.local_admin() == secret
        assert (home.folder / "admin.token").stat().st_mode & 0o777 == 0o600

    def test_another_is_made_only_once_it_is_revoked(self, tokens: Tokens, home: Home) -> None:
        first = tokens.first_admin()
        tokens.revoke("local")
        assert not (home.folder / "admin.token").exists()
        second = tokens.first_admin()

        assert first != second
        assert tokens.local_admin() == second

    def test_revoking_another_keeps_the_file(self, tokens: Tokens) -> None:
        secret = tokens.first_admin()
        tokens.create("desk-1", "viewer")
        tokens.revoke("desk-1")

        assert tokens.local_admin() == secret

    def test_makes_none_beside_an_admin_made_by_hand(self, tokens: Tokens) -> None:
        tokens.create("boss", "admin")

        assert tokens.first_admin() is None


class TestSessions:
    def test_stand_for_their_token(self, tokens: Tokens) -> None:
        secret = tokens.create("desk-1", "dispatcher")
        session = tokens.session(secret)

        assert session
        assert session != secret
        assert tokens.by_session(session) == held(tokens, secret)
        assert tokens.principal(session) is None

    def test_need_a_valid_token(self, tokens: Tokens) -> None:
        assert tokens.session("mst_unknown") is None

    def test_end_when_signed_out(self, tokens: Tokens) -> None:
        session = tokens.session(tokens.create("desk-1", "dispatcher"))
        assert session
        tokens.end_session(session)
        tokens.end_session("unknown")

        assert tokens.by_session(session) is None

    def test_last_twelve_hours_and_over_restarts(self, tokens: Tokens, home: Home, clock: Clock) -> None:
        session = tokens.session(tokens.create("desk-1", "dispatcher"))
        assert session
        again = home.open()
        assert again.by_session(session)
        clock.now += timedelta(hours=12)

        assert again.by_session(session) is None
        again.close()

    @pytest.mark.parametrize("scope", ["viewer", "worker:W1"])
    def test_last_a_month_on_a_wall_and_on_a_phone(self, tokens: Tokens, clock: Clock, scope: str) -> None:
        session = tokens.session(tokens.create("long", scope, jurisdictions=("2307",)))
        assert session
        clock.now += timedelta(days=29)
        assert tokens.by_session(session)
        clock.now += timedelta(days=1)

        assert tokens.by_session(session) is None


class TestWhatAProcessHolds:
    """It adds what it wrote itself, and reads again what others wrote."""

    def test_is_what_another_reads_after_every_write(self, tokens: Tokens, home: Home, clock: Clock) -> None:
        fresh = home.open()
        secret, other = tokens.create("desk-1", "dispatcher"), tokens.create("desk-2", "viewer")
        steps = [
            lambda: tokens.session(secret),
            lambda: tokens.end_session(tokens.session(other) or ""),
            lambda: fresh.create("desk-3", "viewer"),
            lambda: tokens.create("desk-4", "viewer"),
            lambda: tokens.redeem_code(fresh.issue_code("2307", "W1")[0]),
            lambda: tokens.revoke("desk-1"),
            lambda: fresh.revoke("desk-2"),
            lambda: tokens.session(fresh.create("desk-5", "viewer")),
            *[lambda: tokens.redeem_code(fresh.issue_code("2307", "W1")[0])] * 6,
            lambda: tokens.end_session(tokens.redeem_code(fresh.issue_code("2307", "W1")[0]) or ""),
        ]
        for step in steps:
            clock.now += timedelta(minutes=1)
            step()
            assert tokens.list() == fresh.list()
            assert tokens._held == fresh._held
        fresh.close()

    def test_signing_out_with_what_is_no_session_writes_nothing(
        self, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Anybody may try that, as often as they like."""
        written: list[str] = []
        monkeypatch.setattr(tokens._store, "end", written.append)
        tokens.end_session("unknown")
        assert written == []


class TestCodes:
    def test_one_makes_a_session_of_a_token_of_its_own(self, tokens: Tokens, clock: Clock) -> None:
        code, until = tokens.issue_code("2307", "W1", 30)
        session = tokens.redeem_code(code)
        assert session
        principal, (token,) = tokens.by_session(session), tokens.list()

        assert until == clock.now + timedelta(minutes=30)
        assert principal == token.principal
        assert (token.scope, token.worker, token.jurisdictions) == ("worker", "W1", ("2307",))
        assert token.expires_at == clock.now + timedelta(days=30)
        assert token.name == f"phone-W1-{token.id}"

    def test_it_signs_in_though_the_store_goes_away_before_older_phones_have_made_way(
        self, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is used up by then: refused now, the phone could never sign in with it."""

        def away(ids: object) -> None:
            raise AccessUnavailable("for a test")

        sessions = [tokens.redeem_code(tokens.issue_code("2307", "W1")[0]) for _ in range(PHONES)]
        with monkeypatch.context() as ill:
            ill.setattr(tokens._store, "drop", away)
            sessions.append(tokens.redeem_code(tokens.issue_code("2307", "W1")[0]))
        assert all(session and tokens.by_session(session) for session in sessions)

        tokens.redeem_code(tokens.issue_code("2307", "W1")[0])
        assert len(tokens.list()) == PHONES, "the next sign-in tidies up"

    def test_it_has_fifty_random_bits_in_letters_that_nobody_confuses(self, tokens: Tokens) -> None:
        some = {tokens.issue_code("2307", "W1")[0] for _ in range(50)}

        assert len(some) == 50
        assert all(
            re.fullmatch("[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2}", c) for c in some
        )

    def test_it_is_typed_as_people_type(self, tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
        for text in ("0101-ABCD-EF", " oLoi abcd ef ", "OIOL--ABCDEF", "0i0labcdef"):
            monkeypatch.setattr("services.access.tokens.new_code", lambda: "0101-ABCD-EF")
            tokens.issue_code("2307", "W1")
            assert tokens.redeem_code(text), text

    @pytest.mark.parametrize(
        "text", ["", "0101", "0101-ABCD-EU", "0101-ABCD-EFG", "\udc80101ABCDEF", "０101-ABCD-EF"]
    )
    def test_what_cannot_be_a_code_is_none(self, tokens: Tokens, text: str) -> None:
        assert tokens.redeem_code(text) is None

    def test_it_is_kept_nowhere(self, tokens: Tokens, home: Home) -> None:
        code, _ = tokens.issue_code("2307", "W1")

        assert "2307" in home.kept()
        assert code not in home.kept()
        assert code.replace("-", "") not in home.kept()

    def test_it_is_over_when_its_time_is(self, tokens: Tokens, clock: Clock) -> None:
        code, until = tokens.issue_code("2307", "W1")
        clock.now = until

        assert tokens.redeem_code(code) is None

    def test_used_it_is_void_and_so_is_an_older_one_of_the_same_worker(self, tokens: Tokens) -> None:
        older, _ = tokens.issue_code("2307", "W1")
        newer, _ = tokens.issue_code("2307", "W1")
        others = [tokens.issue_code("2307", "W2")[0], tokens.issue_code("2308", "W1")[0]]

        assert tokens.redeem_code(older) is None
        assert tokens.redeem_code(newer)
        assert tokens.redeem_code(newer) is None
        assert all(tokens.redeem_code(code) for code in others)

    def test_of_processes_that_race_one_gets_it(self, tokens: Tokens, home: Home) -> None:
        some = [home.open() for _ in range(4)]
        with ThreadPoolExecutor(4) as threads:
            for _ in range(5):
                code, _ = tokens.issue_code("2307", "W1")
                got = list(threads.map(lambda one, code=code: one.redeem_code(code), some))
                assert len([session for session in got if session]) == 1
        for one in some:
            one.close()

    def test_one_made_elsewhere_works_at_once(self, tokens: Tokens, home: Home) -> None:
        """`muster token code` beside a running server; any process of a cluster."""
        other = home.open()
        code, _ = other.issue_code("2307", "W1")
        session = tokens.redeem_code(code)
        assert session

        assert other.by_session(session) == tokens.by_session(session)
        other.close()

    def test_a_phones_session_lasts_thirty_days(self, tokens: Tokens, clock: Clock) -> None:
        by_code = tokens.redeem_code(tokens.issue_code("2307", "W1")[0])
        by_token = tokens.session(tokens.create("W2s", "worker:W2"))
        assert by_code
        assert by_token
        clock.now += timedelta(days=30, seconds=-1)
        assert tokens.by_session(by_code)
        assert tokens.by_session(by_token)
        clock.now += timedelta(seconds=1)

        assert tokens.by_session(by_code) is None
        assert tokens.by_session(by_token) is None

    def test_signing_out_revokes_the_phones_token_and_no_other(self, tokens: Tokens) -> None:
        phone = tokens.redeem_code(tokens.issue_code("2307", "W1")[0])
        other = tokens.redeem_code(tokens.issue_code("2307", "W1")[0])
        by_hand = tokens.create("phone-W1-hand", "worker:W1")
        session = tokens.session(by_hand)
        assert phone
        assert other
        assert session
        tokens.end_session(phone)
        tokens.end_session(session)

        assert tokens.by_session(phone) is None
        assert [t.revoked_at is not None for t in tokens.list()] == [True, False, False]
        assert tokens.by_session(other)
        assert tokens.principal(by_hand)

    def test_of_a_worker_the_newest_five_phones_stay(self, tokens: Tokens) -> None:
        """Whoever signs in every day leaves no token behind for each of them."""
        by_hand = tokens.create("W1-by-hand", "worker:W1")
        other = tokens.redeem_code(tokens.issue_code("2307", "W2")[0])
        elsewhere = tokens.redeem_code(tokens.issue_code("2308", "W1")[0])
        phones = [tokens.redeem_code(tokens.issue_code("2307", "W1")[0]) for _ in range(8)]

        assert [bool(one and tokens.by_session(one)) for one in phones] == [False] * 3 + [True] * 5
        assert all(one and tokens.by_session(one) for one in (other, elsewhere))
        assert tokens.principal(by_hand)
        assert len(tokens.list()) == 8

    def test_phones_that_signed_out_are_forgotten_at_the_next_sign_in(self, tokens: Tokens) -> None:
        for _ in range(8):
            phone = tokens.redeem_code(tokens.issue_code("2307", "W1")[0])
            assert phone
            tokens.end_session(phone)

        assert len(tokens.list()) == 1

    @pytest.mark.parametrize(("worker", "minutes"), [("W 1", 15), ("", 15), ("W1", 0), ("W1", 1441)])
    def test_one_that_makes_no_sense_is_refused(self, tokens: Tokens, worker: str, minutes: int) -> None:
        with pytest.raises(TokenRefused):
            tokens.issue_code("2307", worker, minutes)

    def test_the_longest_id_of_a_worker_fits(self, tokens: Tokens) -> None:
        assert tokens.redeem_code(tokens.issue_code("2307", "W" * 64)[0])


class TestAFolderOfAnEarlierVersion:
    def test_opens_and_takes_codes(self, tmp_path: Path, clock: Clock) -> None:
        db = connect(tmp_path / "access.sqlite", OLD)
        db.execute(
            "INSERT INTO tokens VALUES ('1', 'h', 'desk', 'viewer', '[]', '[]', NULL, ?, NULL, NULL)",
            (clock.now.isoformat(),),
        )
        db.close()
        tokens = Tokens(tmp_path, clock)

        assert tokens.redeem_code(tokens.issue_code("2307", "W1")[0])
        assert [token.scope for token in tokens.list()] == ["viewer", "worker"]
        tokens.close()


class TestAProcessAmongSeveral:
    """On PostgreSQL alone."""

    @pytest.fixture
    def home(self, tmp_path: Path, clock: Clock) -> Home:
        return Home(tmp_path, database(), clock)

    def test_recognising_needs_no_look_into_the_store(
        self, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nor do unknown secrets, beyond a few each second."""
        secret, looks, run = tokens.create("desk-1", "dispatcher"), list[object](), Blocking.run
        session = tokens.session(secret)
        assert session

        def counted(self: Blocking, work: Any) -> Any:
            looks.append(work)
            return run(self, work)

        monkeypatch.setattr(Blocking, "run", counted)
        for _ in range(1000):
            assert tokens.principal(secret)
            assert tokens.by_session(session)
        assert looks == []
        began = time.monotonic()
        for n in range(1000):
            assert tokens.principal(f"mst_{n}") is None

        assert 0 < len(looks) <= MISSES * (int(time.monotonic() - began) + 2)

    def test_two_that_start_at_once_make_one_admin(self, home: Home) -> None:
        some = [home.open(home.folder / str(n)) for n in range(4)]
        for one in some:
            (one._folder).mkdir()
        with ThreadPoolExecutor(4) as threads:
            secrets = [s for s in threads.map(Tokens.first_admin, some) if s]

        assert len(secrets) == 1
        assert [t.name for t in some[0].list()] == ["local"]
        for one in some:
            one.close()

    def test_of_those_that_take_one_name_one_gets_it(self, home: Home) -> None:
        some = [home.open() for _ in range(3)]

        def take(one: Tokens) -> str | None:
            try:
                return one.create("desk-1", "viewer")
            except TokenRefused:
                return None

        with ThreadPoolExecutor(3) as threads:
            assert len([s for s in threads.map(take, some) if s]) == 1
        for one in some:
            one.close()

    def test_while_the_database_is_away_what_was_known_holds(self, tokens: Tokens, home: Home) -> None:
        assert home.dsn
        secret = tokens.create("desk-1", "dispatcher")
        name, elsewhere = execute(home.dsn, "SELECT current_database()")[0][0], server().get_uri()
        execute(elsewhere, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        execute(elsewhere, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        time.sleep(0.6)
        began = time.monotonic()

        assert tokens.principal(secret)
        assert tokens.principal("mst_unknown") is None
        assert time.monotonic() - began < 0.1
        with pytest.raises(AccessUnavailable, match="cannot be read or written"):
            tokens.create("desk-2", "viewer")
        with pytest.raises(AccessUnavailable):
            home.open()
        execute(elsewhere, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert tokens.create("desk-2", "viewer")
