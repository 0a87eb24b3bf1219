"""Access tokens: who may do what, until when, and that their secrets are kept by nobody."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from projections.roster import RosterRow
from services.access import Principal, TokenRefused, Tokens
from services.decisions import decide
from services.decisions.base import Scope, commands

ROOT = Path(__file__).parents[2]


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2022, 3, 28, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(tmp_path: Path, clock: Clock) -> Iterator[Tokens]:
    opened = Tokens(tmp_path, clock)
    yield opened
    opened.close()


def row_at(area: str) -> RosterRow:
    return RosterRow(worker="W1", area=area, role="courier", presence="available")


def held(tokens: Tokens, secret: str) -> Principal:
    found = tokens.principal(secret)
    assert found
    return found


def of(scope: str, **more: object) -> Principal:
    worker = "W1" if scope == "worker" else None
    return Principal(id="1", name="desk-1", scope=scope, worker=worker, **more)  # type: ignore[arg-type]


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

    def test_the_secret_is_kept_nowhere(self, tokens: Tokens, tmp_path: Path) -> None:
        secret = tokens.create("desk-1", "dispatcher")
        session = tokens.session(secret)

        assert session
        for file in tmp_path.iterdir():
            assert file.stat().st_mode & 0o077 == 0
            assert secret.encode() not in file.read_bytes()
            assert session.encode() not in file.read_bytes()

    def test_it_outlives_the_process(self, tokens: Tokens, tmp_path: Path, clock: Clock) -> None:
        secret = tokens.create("desk-1", "dispatcher")
        again = Tokens(tmp_path, clock)

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

    def test_what_another_process_does_is_noticed_within_a_second(
        self, tokens: Tokens, tmp_path: Path
    ) -> None:
        secret = tokens.create("desk-1", "dispatcher")
        program = (
            "import sys; from services.access import Tokens; t = Tokens(sys.argv[1]); "
            "t.revoke('desk-1'); print(t.create('desk-2', 'viewer'))"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=True,
        )
        until = time.monotonic() + 1
        while tokens.principal(secret) and time.monotonic() < until:
            time.sleep(0.02)

        assert tokens.principal(secret) is None
        assert held(tokens, done.stdout.strip()).actor == "viewer/desk-2"


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
    def test_makes_one_admin_and_tells_it_once(self, tokens: Tokens, tmp_path: Path) -> None:
        secret = tokens.first_admin()

        assert secret
        assert held(tokens, secret).scope == "admin"
        assert tokens.first_admin() is None
        assert len(tokens.list()) == 1

    def test_leaves_it_readable_for_its_owner(self, tokens: Tokens, tmp_path: Path) -> None:
        assert tokens.local_admin() is None
        secret = tokens.first_admin()

        assert tokens.local_admin() == secret
        assert (tmp_path / "admin.token").stat().st_mode & 0o777 == 0o600

    def test_another_is_made_only_once_it_is_revoked(self, tokens: Tokens, tmp_path: Path) -> None:
        first = tokens.first_admin()
        tokens.revoke("local")
        assert not (tmp_path / "admin.token").exists()
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

    def test_last_twelve_hours_and_over_restarts(self, tokens: Tokens, tmp_path: Path, clock: Clock) -> None:
        session = tokens.session(tokens.create("desk-1", "dispatcher"))
        assert session
        again = Tokens(tmp_path, clock)
        assert again.by_session(session)
        clock.now += timedelta(hours=12)

        assert again.by_session(session) is None
        again.close()


class TestScopes:
    NOBODYS = ("personal.reveal", "log.fence")
    ADMINS = ("jurisdiction.establish", "worker.erase", "request.erase")
    OWN = ("worker.check_in", "worker.take_back", "assignment.accept", "assignment.done")

    def may(self, scope: str) -> set[str]:
        return {name for name in commands if of(scope).may_command(name, "2307")}

    def test_viewer_and_analyst_send_nothing(self) -> None:
        assert self.may("viewer") == self.may("analyst") == set()

    def test_an_admin_sends_all_but_what_only_the_service_sends(self) -> None:
        assert self.may("admin") == set(commands) - set(self.NOBODYS)

    def test_a_dispatcher_neither_establishes_nor_erases(self) -> None:
        assert self.may("admin") - self.may("dispatcher") == set(self.ADMINS)

    def test_a_worker_sends_what_decisions_take_as_their_own(self) -> None:
        assert self.may("worker") == decide._OWN_FACTS | decide._OWN_TASKS

    def test_a_gateway_speaks_for_workers_and_callers(self) -> None:
        facts = {name for name, one in commands.items() if one.KIND == "fact"}

        assert self.may("gateway") == facts | set(self.OWN) | {"assignment.decline", "worker.register"}
        assert "request.open" in self.may("gateway")
        assert "assignment.dispatch" not in self.may("gateway")

    def test_an_unknown_command_is_nobodys(self) -> None:
        assert not of("admin").may_command("worker.fly", "2307")

    def test_only_who_may_send_it_may_have_observed_it(self) -> None:
        assert of("gateway").may_observe("worker.check_in")
        assert of("dispatcher").may_observe("assignment.dispatch")
        assert not of("gateway").may_observe("assignment.dispatch")
        assert not of("viewer").may_observe("worker.check_in")

    def test_a_worker_observes_own_facts_not_claims(self) -> None:
        assert of("worker").may_observe("worker.check_out")
        assert of("worker").may_observe("assignment.done")
        assert not of("worker").may_observe("assignment.accept")

    def test_personal_data_are_for_dispatchers_and_admins(self) -> None:
        seeing = {s for s in ("viewer", "analyst", "dispatcher", "gateway", "admin") if of(s).may_reveal()}

        assert seeing == {"dispatcher", "admin"}
        assert not of("worker").may_reveal()

    def test_the_log_is_for_those_who_see_all_of_a_jurisdiction(self) -> None:
        assert of("analyst").may_read_log()
        assert not of("analyst", areas=("230717",)).may_read_log()
        assert not of("worker").may_read_log()
        assert not of("viewer").may_read_log()

    def test_a_token_for_some_jurisdictions_reaches_no_other(self) -> None:
        principal = of("admin", jurisdictions=("2307",))

        assert principal.may_read("2307")
        assert not principal.may_read("3307")
        assert not principal.may_command("worker.check_in", "3307")

    def test_areas_limit_what_is_seen(self) -> None:
        principal = of("dispatcher", areas=("230717",))

        assert principal.sees(row_at("230717001"))
        assert not principal.sees(row_at("230718"))
        assert of("dispatcher").sees(row_at("230718"))

    def test_what_their_commands_may_touch(self) -> None:
        assert of("admin").decision_scope() == Scope(establish=True)
        assert of("dispatcher", areas=("230717",)).decision_scope() == Scope(("230717",), None, False)
        assert of("admin", areas=("230717",)).decision_scope().establish is False
        assert of("worker").decision_scope() == Scope((), "W1", False)
