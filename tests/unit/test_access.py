"""Scopes: what each may request and see."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import get_args

from projections.busy import Task, busy_row
from projections.roster import RosterRow
from projections.where import narrowed
from services.access import Principal
from services.decisions.base import Scope, commands
from services.decisions.scopes import RIGHTS, SCOPES, WITHOUT_AREAS, Right


def row_at(area: str) -> RosterRow:
    return RosterRow(worker="W1", area=area, role="courier", presence="available")


def of(scope: str, **more: object) -> Principal:
    worker = "W1" if scope == "worker" else None
    return Principal(id="1", name="desk-1", scope=scope, worker=worker, **more)  # type: ignore[arg-type]


class TestScopes:
    NOBODYS = (
        "personal.reveal",
        "log.fence",
        "jurisdiction.resume",
        "review.escalate",
        "post.lapse",
        "difficulty.ask",
        "difficulty.attach",
        "difficulty.move_on",
        "undertaking.confirm_days",
        "undertaking.move_on",
    )
    OWN = ("worker.check_in", "worker.take_back", "assignment.accept", "assignment.done")

    def may(self, scope: str) -> set[str]:
        return {name for name in commands if of(scope).may_command(name, "2307")}

    def test_viewer_and_analyst_send_nothing(self) -> None:
        assert self.may("viewer") == self.may("analyst") == set()

    def test_an_admin_sends_all_but_what_only_the_service_sends(self) -> None:
        assert self.may("admin") == set(commands) - set(self.NOBODYS)

    def test_a_dispatcher_neither_establishes_nor_sets_nor_erases(self) -> None:
        erasing = {name for name, one in commands.items() if name.endswith(".erase") and one.BY == "admin"}
        assert "worker.erase" in erasing
        assert self.may("admin") - self.may("dispatcher") == erasing | {
            "jurisdiction.establish",
            "jurisdiction.move",
            "jurisdiction.close",
            "jurisdiction.reopen",
            "jurisdiction.set_timers",
            "jurisdiction.set_disclosure",
            "term.define",
            "formation.set",
            "review.set_deadlines",
            "difficulty_waits.set",
            "inspection.erase",
            "undertaking_waits.set",
            "service_limits.set",
            "training_target.set",
        }

    def test_a_worker_sends_own_facts_and_answers_to_offers(self) -> None:
        assert self.may("worker") >= set(self.OWN)
        assert self.may("worker") == {name for name, one in commands.items() if one.IS_OWN}
        assert not self.may("worker") & {"request.open", "assignment.dispatch", "worker.register"}

    def test_a_gateway_speaks_for_workers_and_callers(self) -> None:
        facts = {name for name, one in commands.items() if one.KIND == "fact" and one.BY != "service"}

        assert self.may("gateway") == facts | self.may("worker") | {"worker.register"}
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
        seeing = {s for s in ("viewer", "analyst", "dispatcher", "gateway", "admin") if of(s).may("reveal")}

        assert seeing == {"dispatcher", "admin"}
        assert not of("worker").may("reveal")

    def test_the_log_is_for_those_who_see_all_of_a_jurisdiction(self) -> None:
        assert of("analyst").may("read_log")
        assert not of("analyst", areas=("230717",)).may("read_log")
        assert not of("worker").may("read_log")
        assert not of("viewer").may("read_log")

    def test_rights_over_a_whole_jurisdiction_need_a_token_without_areas(self) -> None:
        lost = set(of("admin").rights) - set(of("admin", areas=("230717",)).rights)

        assert lost == WITHOUT_AREAS
        assert of("admin").decision_scope().establish
        assert not of("admin", areas=("230717",)).decision_scope().establish
        assert not of("dispatcher").decision_scope().establish

    def test_every_scope_has_the_rights_of_the_one_table(self) -> None:
        told = {scope: {right for right in RIGHTS if scope in RIGHTS[right]} for scope in SCOPES}

        assert {scope: set(of(scope).rights) for scope in SCOPES} == told
        assert set(RIGHTS) == set(get_args(Right))
        assert told["viewer"] == {"long_session", "read_metrics"}
        assert told["analyst"] == {"read_log", "read_metrics"}
        assert told["gateway"] == {"exact_positions", "read_metrics", "report_positions"}
        assert told["worker"] == {"exact_positions", "long_session", "report_positions"}

    def test_a_token_for_some_jurisdictions_reaches_no_other(self) -> None:
        principal = of("admin", jurisdictions=("2307",))

        assert principal.may_read("2307")
        assert not principal.may_read("3307")
        assert not principal.may_command("worker.check_in", "3307")

    def test_what_spans_areas_is_seen_by_who_covers_a_part(self) -> None:
        desk, whole = of("dispatcher", areas=("230717",)), of("dispatcher")
        seen = {
            areas: [one.sees(SimpleNamespace(areas=areas)) for one in (desk, whole)]
            for areas in (("230717001",), ("2307",), ("230718", "230717"), ("230718",))
        }
        assert [areas for areas, (here, _) in seen.items() if not here] == [("230718",)]
        assert all(everywhere for _, everywhere in seen.values())

    def test_a_row_here_does_not_tell_of_its_tasks_elsewhere(self) -> None:
        at = datetime(2022, 3, 28, tzinfo=UTC)
        tasks = tuple(
            Task(f"A{area}", f"R{area}", at, "dispatched", area=area) for area in ("230717", "230718")
        )
        row = busy_row("worker:W1", tasks)
        assert row
        assert narrowed(row, ()) == row
        narrow = narrowed(row, ("230717",))
        assert (narrow.tasks, narrow.count) == (tasks[:1], 2)

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
