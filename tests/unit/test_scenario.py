"""The Yichun scenario through the real decisions, without a service: its figures, recomputed from the events."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from events import team, worker
from events.base import Happened
from events.catalog import happened
from events.commit import Commit
from events.duty import ACT, AVAILABLE, BREAK, IN, OUT, REPORT, Fact, intervals, order
from events.incident import IncidentClosed, IncidentDeclared
from events.request import RequestOpened
from services.decisions.base import Refused, commands
from services.decisions.decide import decide
from services.decisions.state import State
from services.intake.scenarios import SCENARIOS, Timed
from services.log.asked import Asked, ask

LOCKDOWN = datetime.fromisoformat("2022-03-28T00:00:00+08:00")
END = datetime.fromisoformat("2022-04-11T00:00:00+08:00")
ENDS = ("done", "failed", "cancelled", "merged")
STATES = ("open", "assigned", "in_progress", *ENDS)


class Run:
    """What became of a whole scenario."""

    def __init__(self, seed: int) -> None:
        started = time.perf_counter()
        self.items = list(SCENARIOS["yichun"](seed).timed)
        self.state, self.events = State("2307"), list[Happened]()
        self.outcomes = Counter[str]()
        self.unforeseen: list[tuple[str, str, str]] = []
        for one in self.items:
            outcome = self._submit(one)
            self.outcomes[outcome] += 1
            if one.expect not in (None, outcome):
                self.unforeseen.append((one.item["name"], str(one.expect), outcome))
        self.seconds = time.perf_counter() - started

    def _submit(self, one: Timed) -> str:
        """As a writer does: repeats by id, then decide, then apply or undo."""
        item = one.item
        if item["id"] in self.state.commands:
            return "known"
        command = commands[item["name"]].model_validate_json(msgspec.json.encode(item["data"]), strict=True)
        now = one.received.astimezone(UTC)
        asked = Asked(
            id=item["id"],
            command=command,
            actor=one.actor,
            received=now,
            at=_instant(item.get("at")),
            sent_at=_instant(item.get("sent_at")),
            observed=item.get("observed", False),
        )
        question = msgspec.structs.replace(ask(asked, now, "Asia/Shanghai"), anomalies=[])
        first = len(self.events) + 1
        try:
            recorded = decide(self.state, command, question, first, "body")
        except Refused as refused:
            self.state.undo()
            return refused.code
        self.state.settle()
        if not recorded:
            return "known" if asked.observed else "unchanged"
        commit = Commit(
            id="c", jurisdiction="2307", first=first, prev="", recorded_at=now, events=tuple(recorded)
        )
        self.events += happened(commit)
        return "accepted"

    def facts(self) -> dict[str, list[Fact]]:
        """Own facts of each worker that were not taken back, by (at, position)."""
        found: dict[str, dict[int, Fact]] = {}
        for event in self.events:
            fact = _fact(event)
            if fact:
                found.setdefault(fact[0], {})[event.position] = fact[1]
            elif isinstance(event.data, worker.WorkerTakenBack):
                del found[event.data.worker][event.data.position]
        return {who: sorted(facts.values(), key=order) for who, facts in found.items()}


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _fact(event: Happened) -> tuple[str, Fact] | None:
    match event.data:
        case worker.WorkerCheckedIn() as e:
            return e.worker, Fact(event.at, event.position, IN, e.area)
        case worker.WorkerCheckedOut() as e:
            return e.worker, Fact(event.at, event.position, OUT)
        case worker.WorkerReported() as e:
            return e.worker, Fact(event.at, event.position, REPORT, e.area)
        case worker.WorkerPresenceSet() as e:
            kind = BREAK if e.presence == "on_break" else AVAILABLE
            return e.worker, Fact(event.at, event.position, kind)
        case _:
            own = event.name in ("assignment.progressed", "assignment.done")
            who = getattr(event.data, "worker", None) if own else None
            return (who, Fact(event.at, event.position, ACT)) if who else None


@pytest.fixture(scope="module", params=[328, 2022])
def run(request: pytest.FixtureRequest) -> Iterator[Run]:
    yield Run(request.param)


def test_every_answer_is_the_one_the_story_foresees(run: Run) -> None:
    assert run.unforeseen == []
