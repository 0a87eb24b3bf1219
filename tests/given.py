"""given / when / then over real decisions. Every step is also replayed, undone and redone, and must agree."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from events.base import Event, EventEnvelope
from events.catalog import envelopes
from events.commit import Commit, Head, decode, digest, encode
from services.decisions.base import FACT, Command, Context, Refused, Scope, commands
from services.decisions.decide import apply, confirm, decide
from services.decisions.state import State
from services.decisions.table import tables
from services.refusals import sentence

J = "2307"
DAY = datetime(2022, 3, 28, tzinfo=UTC)
"""Midnight UTC, which is 08:00 in the jurisdiction."""


def t(clock: str) -> datetime:
    """Return a time: `t("09:05")` on the story's day, `t("+1 09:05")` on the next."""
    day, _, time = clock.rpartition(" ")
    hour, minute = time.split(":")
    return DAY + timedelta(days=int(day or 0), hours=int(hour), minutes=int(minute))


class Aggregate:
    """An aggregate's commands by verb: `worker.check_in(worker="W1", area="230717")`."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, verb: str) -> Callable[..., Command]:
        return commands[f"{self._name}.{verb}"]


area, worker, team = Aggregate("area"), Aggregate("worker"), Aggregate("team")
incident, request, assignment = Aggregate("incident"), Aggregate("request"), Aggregate("assignment")
jurisdiction, log, personal = Aggregate("jurisdiction"), Aggregate("log"), Aggregate("personal")
handover, term = Aggregate("handover"), Aggregate("term")


def snapshot(state: State) -> dict[str, Any]:
    """Copy every table that has rows. A replay need not agree on the head and the journal."""
    rows = {name: dict(held) for name, table in tables.items() if (held := state[table])}
    return {
        **rows,
        "timezone": state.meta.timezone,
        "name": state.meta.name,
        "moved": state.moved,
        "timers": state.meta.timers,
        "disclosure": state.meta.disclosure,
    }


class Log:
    """A growing log, with the deciding state and a second state that only reads stored events."""

    def __init__(self, jurisdiction: str = J) -> None:
        self.state, self.reader = State(jurisdiction), State(jurisdiction)
        self.events: list[EventEnvelope] = []
        self.commits: list[Commit] = []
        self.now = DAY
        self._commands = 0

    def do(self, command: Command, **how: Any) -> list[EventEnvelope]:
        """Record a command and return its events. Raises Refused without changes."""
        ctx = self.context(command, **how)
        before = snapshot(self.state)
        first = self.state.head.position + 1
        try:
            recorded = decide(self.state, command, ctx, first, "body")
        except Refused:
            self.state.undo()
            assert snapshot(self.state) == before, "a refusal left something behind"
            raise
        decided = snapshot(self.state)
        self.state.undo()
        assert snapshot(self.state) == before, "undo did not restore the state"
        if not recorded:
            assert decided == before, "a command without events changed the state"
            return []
        again = decide(self.state, command, self._again(ctx), first, "body")
        assert again == recorded, "deciding twice differs"
        assert snapshot(self.state) == decided
        return self._seal(
            Commit(
                id=f"commit-{len(self.commits)}",
                jurisdiction=self.state.jurisdiction,
                first=first,
                prev=self.state.head.hash,
                recorded_at=ctx.now,
                events=tuple(recorded),
            )
        )

    def _seal(self, commit: Commit) -> list[EventEnvelope]:
        data = encode(commit)
        stored = decode(data)
        head = Head(commit.first + len(commit.events) - 1, digest(data))
        confirm(self.state, commit, head)
        apply(self.reader, stored, head)
        assert snapshot(self.reader) == snapshot(self.state), "replay differs from what was decided"
        self.commits.append(stored)
        new = list(envelopes(stored))
        self.events += new
        return new

    def context(
        self,
        command: Command,
        *,
        at: datetime | None = None,
        now: datetime | None = None,
        observed: bool = False,
        scope: Scope | None = None,
        id: str | None = None,
        actor: str = "test",
    ) -> Context:
        self.now = max(now or self.now, self.now)
        self._commands += 1
        past = at if at and (observed or command.KIND == FACT) else self.now  # claims happen at once
        return Context(
            id=id or f"c{self._commands}",
            actor=actor,
            now=self.now,
            at=min(past, self.now),
            claimed=at,
            observed=observed,
            scope=scope or Scope(),
            anomalies=[],
        )

    @staticmethod
    def _again(ctx: Context) -> Context:
        return Context(
            id=ctx.id,
            actor=ctx.actor,
            now=ctx.now,
            at=ctx.at,
            claimed=ctx.claimed,
            observed=ctx.observed,
            scope=ctx.scope,
            anomalies=[],
        )


class Given:
    """The history so far, on which the next command is decided."""

    def __init__(self, log: Log) -> None:
        self.log = log

    @property
    def state(self) -> State:
        """Return the decided and confirmed state."""
        return self.log.state

    def and_(self, *steps: Command, **how: Any) -> "Given":
        """Add more history, all at the same time and by the same sender."""
        for step in steps:
            self.log.do(step, **how)
        return self

    def when(self, command: Command, **how: Any) -> "When":
        """Send a command, with `at`, `now`, `observed`, `scope`, `id` and `actor` as the sender gives."""
        try:
            return When(self, self.log.do(command, **how), None)
        except Refused as refused:
            return When(self, [], refused)


class When:
    """The outcome of a command."""

    def __init__(self, given: Given, events: list[EventEnvelope], refusal: Refused | None) -> None:
        self.given, self.events, self.refusal = given, events, refusal

    @property
    def data(self) -> list[Event]:
        """Return the events without their envelopes."""
        return [e.data for e in self.events]

    @property
    def state(self) -> State:
        return self.given.state

    def then(self, cls: type[Event], **fields: Any) -> "When":
        """Assert that an event of this class with these fields was recorded."""
        assert self.refusal is None, f"refused: {self.refusal.code}: {self.refusal}" if self.refusal else ""
        same = [e for e in self.data if type(e) is cls]
        assert same, f"{cls.NAME} did not happen, but {[e.NAME for e in self.data]}"
        matching = [e for e in same if _has(e, fields)]
        assert matching, f"no {cls.NAME} has {fields}: {same}"
        return self

    def only(self, *classes: type[Event]) -> "When":
        """Assert exactly these events, in this order."""
        assert self.refusal is None, str(self.refusal)
        assert [type(e) for e in self.data] == list(classes)
        return self

    def refused(self, code: str, *says: str) -> Given:
        """Assert a refusal with this code and a sentence that contains these words."""
        assert self.refusal is not None, f"accepted: {self.data}"
        assert self.refusal.code == code, f"{self.refusal.code}: {self.refusal}"
        said = sentence(code, self.refusal.values)
        assert said.endswith("."), said
        for word in says:
            assert word in said, said
        return self.given

    def unchanged(self) -> Given:
        """Assert acceptance without any event."""
        assert self.refusal is None, str(self.refusal)
        assert self.events == []
        return self.given

    def anomaly(self, *codes: str) -> "When":
        """Assert that it was recorded with exactly these anomalies, each once in the command."""
        assert self.refusal is None, str(self.refusal)
        assert [code for e in self.data for code in e.anomalies] == list(codes)
        return self

    def moved(self, worker: str, *, before: Any = ..., after: Any = ...) -> "When":
        """Assert the first `before` and last `after` of the worker in `moved`; None = off the roster."""
        mine = [m for e in self.data for m in e.moved if m.worker == worker]
        assert mine, f"{worker} is in no `moved`"
        first, last = mine[0].before, mine[-1].after
        if before is not ...:
            assert (first and first.presence) == before
        if after is not ...:
            assert (last and last.presence) == after
        return self

    @property
    def and_given(self) -> Given:
        """Continue from here."""
        assert self.refusal is None, str(self.refusal)
        return self.given


def _has(event: Event, fields: Mapping[str, Any]) -> bool:
    return all(getattr(event, name) == value for name, value in fields.items())


def given(*steps: Command, **how: Any) -> Given:
    """Return a jurisdiction with this history, at 08:00 local time by default."""
    return Given(Log()).and_(*steps, **how)
