"""Chains of commits for tests of the log: synthetic ones, and a history made by real decisions."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from events.commit import Commit, Head, Recorded, digest, encode
from services.decisions.base import Context, commands
from services.decisions.decide import confirm, decide
from services.decisions.state import State

AT = datetime(2022, 3, 28, tzinfo=UTC)


def recorded(n: int, size: int = 20, name: str = "worker.checked_in") -> Recorded:
    """Return the n-th event, a plain one."""
    data = msgspec.Raw(b'{"worker":"W%d","area":"2307","pad":"%s"}' % (n, b"x" * size))
    command = f"00000000-0000-4000-8000-{n:012d}"
    return Recorded(name=name, schema=1, at=AT, actor="a", command=command, body="b", data=data)


def commit(
    jurisdiction: str, head: Head, count: int = 1, *, id_: str = "c", size: int = 20
) -> tuple[bytes, Head]:
    """Return the bytes of a commit that follows `head`, and the head after it."""
    events = tuple(recorded(head.position + 1 + n, size) for n in range(count))
    return seal(jurisdiction, head, events, id_=id_)


def seal(
    jurisdiction: str, head: Head, events: Sequence[Recorded], at: datetime = AT, id_: str = "c"
) -> tuple[bytes, Head]:
    """Return events as the bytes of a commit that follows `head`, and the head after it."""
    data = encode(
        Commit(
            id=id_,
            jurisdiction=jurisdiction,
            first=head.position + 1,
            prev=head.hash,
            recorded_at=at,
            events=tuple(events),
        )
    )
    return data, Head(head.position + len(events), digest(data))


def chain(jurisdiction: str, counts: Sequence[int]) -> list[tuple[bytes, Head]]:
    """Return chained commits with these numbers of events."""
    made: list[tuple[bytes, Head]] = []
    head = Head()
    for count in counts:
        made.append(commit(jurisdiction, head, count, id_=f"c{len(made)}"))
        head = made[-1][1]
    return made


class History:
    """A jurisdiction with real decisions, one commit per command."""

    def __init__(self, jurisdiction: str = "2307") -> None:
        self.state = State(jurisdiction)
        self.commits: list[tuple[tuple[Recorded, ...], datetime]] = []
        self.now = AT

    def does(self, name: str, /, **fields: object) -> "History":
        """Decide and record a command, one minute after the last."""
        self.now += timedelta(minutes=1)
        n = len(self.commits)
        ask = Context(id=f"00000000-0000-4000-8000-{n:012d}", actor="admin/local", now=self.now, at=self.now)
        model = commands[name].model_validate(fields)
        events = tuple(decide(self.state, model, ask, self.state.head.position + 1, "b"))
        data, head = seal(self.state.jurisdiction, self.state.head, events, self.now)
        confirm(self.state, msgspec.json.decode(data, type=Commit), head)
        self.commits.append((events, self.now))
        return self

    def stored(self) -> list[bytes]:
        """Return the commits' bytes, chained again in case a test has altered them."""
        made: list[bytes] = []
        head = Head()
        for events, at in self.commits:
            data, head = seal(self.state.jurisdiction, head, events, at)
            made.append(data)
        return made


def lockdown() -> History:
    """Return the history of a shift: workers, a team and a request, from registration to check-out."""
    history = History()
    history.does("area.define", area="230717", name="街道 1")
    history.does("area.define", area="230717001", name="社区 1")
    for n in (1, 2, 3):
        history.does("worker.register", worker=f"W{n}", role="courier", home_area="230717001")
        history.does("worker.check_in", worker=f"W{n}", area="230717001")
    history.does("team.form", team="T1", name="车队 1", kind="vehicle", area="230717", members=["W2", "W3"])
    history.does("team.activate", team="T1")
    history.does("request.open", request="R1", category="medicine", priority=2, area="230717001", slots=None)
    history.does("assignment.dispatch", assignment="A1", request="R1", worker="W1")
    history.does("assignment.progress", assignment="A1", stage="on_scene")
    history.does("assignment.done", assignment="A1")
    history.does("request.complete", request="R1")
    history.does("worker.check_out", worker="W1")
    return history
