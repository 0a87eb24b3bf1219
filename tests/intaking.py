"""Helpers for tests of imports: a sink that decides in memory, and tables and mappings from text."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from events.catalog import envelopes
from events.commit import Commit, Recorded
from events.sheet import SheetSaid
from projections.catalog import views
from projections.fold import fold
from projections.instant import READ, Board
from services.decisions.base import Context, Refused, commands
from services.decisions.decide import decide, unchanged
from services.decisions.hearing import said_by
from services.decisions.state import COMMANDS, State
from services.intake import Summary, import_files, parse_mapping

KEY = b"k" * 32
NOW = datetime(2030, 1, 1, tzinfo=UTC)


class Deciding:
    """A sink that answers as the service does, without a log."""

    ahead = 2

    def __init__(self, jurisdiction: str = "2307") -> None:
        self.state = State(jurisdiction)
        self.sent: list[dict[str, Any]] = []
        self.anomalies: list[str] = []
        self.end = 0
        """Position of the last event."""

    async def submit(self, jurisdiction: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        assert jurisdiction == self.state.jurisdiction
        assert 0 < len(items) <= 500
        return [self._one(item) for item in items]

    def _one(self, item: dict[str, Any]) -> dict[str, Any]:
        self.sent.append(item)
        key = str(item["id"])
        if key in self.state[COMMANDS]:
            return {"id": key, "outcome": "known", "position": self.state[COMMANDS][key].position}
        command = commands[item["name"]].model_validate_json(msgspec.json.encode(item["data"]), strict=True)
        at = min(item["at"] or NOW, NOW)
        ask = Context(
            id=key,
            actor="test",
            now=NOW,
            at=at,
            claimed=item["at"],
            observed=item["observed"],
            anomalies=[],
        )
        mark = self.state.mark()
        try:
            recorded = decide(self.state, command, ask, self.end + 1, "body")
        except Refused as refused:
            self.state.undo(mark)
            return {"id": key, "outcome": "refused", "code": refused.code, "values": refused.values}
        self.anomalies += ask.anomalies
        if not recorded and said_by(command):
            return {"id": key, "outcome": "known"}
        told = recorded or unchanged(self.state, command, ask, self.end + 1, "body")
        self.recorded(told)
        self.end += len(told)
        self.state.settle()
        if not recorded or recorded[0].name == SheetSaid.NAME:
            return {"id": key, "outcome": "known" if item["observed"] else "unchanged"}
        return {
            "id": key,
            "outcome": "accepted",
            "position": len(self.sent),
            "anomalies": tuple(ask.anomalies),
        }

    def recorded(self, events: list[Recorded]) -> None:
        """Take note of what was recorded."""

    async def establish(self, areas: Mapping[str, str] = MappingProxyType({})) -> None:
        """Establish the jurisdiction with areas: code -> name."""
        told = [("jurisdiction.establish", {"name": "City", "timezone": "Asia/Shanghai"})]
        told += [("area.define", {"area": code, "name": name}) for code, name in areas.items()]
        items = [
            {"id": f"given-{n}", "name": name, "at": None, "observed": True, "data": data}
            for n, (name, data) in enumerate(told)
        ]
        answers = await self.submit(self.state.jurisdiction, items)
        assert {one["outcome"] for one in answers} == {"accepted"}, answers
        self.sent.clear()

    async def decided(self, name: str, /, **data: Any) -> None:
        """Send a command as people do, which is accepted."""
        item = {"id": f"by-hand-{len(self.sent)}", "name": name, "at": None, "observed": False, "data": data}
        (answer,) = await self.submit(self.state.jurisdiction, [item])
        assert answer["outcome"] == "accepted", answer

    def names(self) -> list[str]:
        return [item["name"] for item in self.sent]


class Recording(Deciding):
    """A sink that also keeps its log, to ask views of it."""

    def __init__(self, jurisdiction: str = "C1") -> None:
        super().__init__(jurisdiction)
        self.commits: list[Commit] = []

    def recorded(self, events: list[Recorded]) -> None:
        commit = Commit(
            id=f"commit-{len(self.commits)}",
            jurisdiction=self.state.jurisdiction,
            first=self.end + 1,
            prev="",
            recorded_at=NOW,
            events=tuple(events),
        )
        self.commits.append(commit)

    def live(self, view: str) -> dict[str, Any]:
        """Return the rows of a view, folded from the log."""
        return fold(views[view], self.commits)

    def at(self, view: str, when: datetime) -> dict[str, Any]:
        """Return the rows of a view at an instant."""
        events = [event for commit in self.commits for event in envelopes(commit)]
        return READ[view][1](Board(self.state.jurisdiction, events, when))


async def run(
    folder: Path, mapping: str, table: str | bytes, sink: Any, name: str = "table.csv", **options: Any
) -> Summary:
    """Import one table with one mapping, both given as text."""
    path = folder / name
    path.write_bytes(table if isinstance(table, bytes) else table.encode())
    rejects = folder / "rejects.csv"
    return await import_files(
        [path],
        parse_mapping(mapping, "test.toml"),
        sink.state.jurisdiction if isinstance(sink, Deciding) else "2307",
        sink,
        import_key=KEY,
        rejects=rejects,
        **options,
    )


def sums(summary: Summary) -> tuple[int, int, int, int]:
    """Return (rows, applied, known, rejected), which must add up."""
    assert summary.rows == summary.applied + summary.known + summary.skipped + summary.rejected
    return summary.rows, summary.applied, summary.known, summary.rejected
