"""Verification: a valid history passes; every violation of the rules is found, with its position."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from chains import AT, History, lockdown, recorded, seal

from events.base import EventEnvelope
from events.commit import Head, Recorded
from services.adapters.sqlite.log import SqliteLog
from services.verify.log import Report, verify


async def report(folder: Path, history: History, **options: Any) -> Report:
    """Write a history unchecked, and verify it."""
    log = SqliteLog(folder / "log.sqlite")
    for data in history.stored():
        assert await log.append("2307", data)
    found = await verify(log, "2307", **options)
    await log.close()
    return found


def codes(found: Report) -> list[tuple[int, str]]:
    return [(f.position, f.code) for f in found.findings]


def alter(history: History, position: int, change: Any) -> None:
    """Rewrite one event. The chain is recomputed, so only the laws can detect it."""
    first = 1
    for n, (events, at) in enumerate(history.commits):
        if position < first + len(events):
            altered = [*events]
            altered[position - first] = change(altered[position - first])
            history.commits[n] = tuple(altered), at
            return
        first += len(events)


def position_of(history: History, name: str, nth: int = 0) -> int:
    events = [e for group, _ in history.commits for e in group]
    return [n for n, e in enumerate(events, 1) if e.name == name][nth]


def data(change: Any) -> Any:
    """Return a change of an event's data, applied to the decoded JSON."""

    def changed(event: Recorded) -> Recorded:
        raw = msgspec.json.decode(event.data)
        change(raw)
        return msgspec.structs.replace(event, data=msgspec.Raw(msgspec.json.encode(raw)))

    return changed


async def test_a_true_history_passes(tmp_path: Path) -> None:
    history = lockdown()
    seen: list[tuple[int, int]] = []
    found = await report(tmp_path, history, progress=lambda now, of: seen.append((now, of)))

    assert found.ok, found.findings
    assert (found.commits, found.head) == (len(history.commits), history.state.head)
    assert seen[-1] == (found.head.position, found.head.position)


async def test_each_commit_is_shown_to_the_caller_with_its_head(tmp_path: Path) -> None:
    history = lockdown()
    shown: list[EventEnvelope] = []
    heads: list[Head] = []

    def each(envelope: Sequence[EventEnvelope], head: Head) -> None:
        shown.extend(envelope)
        heads.append(head)

    await report(tmp_path, history, each=each)
    assert [h.position for h in shown] == list(range(1, history.state.head.position + 1))
    assert (len(heads), heads[-1]) == (len(history.commits), history.state.head)


class TestAHeadKeptElsewhere:
    async def test_on_the_chain_is_fine(self, tmp_path: Path) -> None:
        history = lockdown()
        kept = history.state.head
        history.does("worker.check_in", worker="W1", area="230717001")

        assert (await report(tmp_path, history, expect=kept)).ok

    async def test_of_another_chain_is_found(self, tmp_path: Path) -> None:
        kept = Head(lockdown().state.head.position, "e" * 64)
        found = await report(tmp_path, lockdown(), expect=kept)

        assert codes(found) == [(kept.position, "expected")]

    async def test_beyond_the_end_is_found(self, tmp_path: Path) -> None:
        found = await report(tmp_path, lockdown(), expect=Head(999, "e" * 64))

        assert codes(found) == [(999, "expected")]
        assert "the log ends before it" in found.findings[0].what

    async def test_inside_a_commit_is_found(self, tmp_path: Path) -> None:
        """The first command wrote two events: the jurisdiction and the area."""
        found = await report(tmp_path, lockdown(), expect=Head(1, "e" * 64))

        assert codes(found) == [(1, "expected")]
        assert "no commit ends there" in found.findings[0].what


class TestLaws:
    async def test_a_place_that_replay_does_not_give_is_found(self, tmp_path: Path) -> None:
        history = lockdown()
        at = position_of(history, "worker.checked_in")
        alter(history, at, data(lambda d: d["moved"][0]["after"].update(presence="on_scene")))
        found = await report(tmp_path, history)

        assert found.findings[0].position == at
        assert found.findings[0].code == "replay"
        assert "W1" in found.findings[0].what

    async def test_a_before_that_was_not_the_last_after_is_found(self, tmp_path: Path) -> None:
        history = lockdown()
        at = position_of(history, "assignment.progressed")
        alter(history, at, data(lambda d: d["moved"][0]["before"].update(area="230717")))

        assert (at, "law") in codes(await report(tmp_path, history))

    async def test_a_request_that_moved_otherwise_is_found(self, tmp_path: Path) -> None:
        history = lockdown()
        at = position_of(history, "request.completed")
        alter(history, at, data(lambda d: d["requests_moved"][0]["after"].update(state="failed")))

        assert codes(await report(tmp_path, history)) == [(at, "replay")]

    async def test_a_move_left_out_is_found(self, tmp_path: Path) -> None:
        history = lockdown()
        at = position_of(history, "worker.checked_out")
        alter(history, at, data(lambda d: d.pop("moved")))

        assert codes(await report(tmp_path, history)) == [(at, "replay")]

    async def test_a_command_in_two_commits_is_found(self, tmp_path: Path) -> None:
        history = lockdown()
        first = history.commits[2][0][0].command
        at = position_of(history, "request.completed")
        alter(history, at, lambda event: msgspec.structs.replace(event, command=first))

        assert codes(await report(tmp_path, history)) == [(at, "command_twice")]

    async def test_time_that_runs_backwards_is_found(self, tmp_path: Path) -> None:
        history = lockdown()
        events, _ = history.commits[-1]
        early = AT - timedelta(hours=1)
        events = tuple(msgspec.structs.replace(event, at=early) for event in events)
        history.commits[-1] = events, early
        at = history.state.head.position

        assert (at, "recorded_back") in codes(await report(tmp_path, history))

    async def test_an_event_after_its_record_is_found(self, tmp_path: Path) -> None:
        history = lockdown()
        at = position_of(history, "area.defined", 1)
        alter(history, at, lambda event: msgspec.structs.replace(event, at=AT + timedelta(days=1)))

        assert codes(await report(tmp_path, history)) == [(at, "early")]

    async def test_an_event_about_nobody_is_found(self, tmp_path: Path) -> None:
        history = lockdown()
        at = position_of(history, "team.activated")
        alter(history, at, data(lambda d: d.update(team="T9")))

        assert codes(await report(tmp_path, history)) == [(at, "replay")]


class TestWhatCannotBeRead:
    async def test_an_event_of_a_newer_program_is_named_and_the_chain_checked_on(
        self, tmp_path: Path
    ) -> None:
        history = lockdown()
        at = position_of(history, "team.formed")
        alter(history, at, lambda event: msgspec.structs.replace(event, schema=99))
        found = await report(tmp_path, history)

        assert codes(found) == [(at, "unknown_event")]
        assert found.head.position == history.state.head.position

    async def test_data_that_do_not_fit_their_event_are_named(self, tmp_path: Path) -> None:
        history = lockdown()
        at = position_of(history, "team.formed")
        alter(history, at, data(lambda d: d.update(capacity="many")))

        assert codes(await report(tmp_path, history)) == [(at, "unreadable")]

    async def test_a_commit_that_is_chained_but_no_commit_is_named(self, tmp_path: Path) -> None:
        log = SqliteLog(tmp_path / "log.sqlite")
        whole, _ = seal("2307", Head(), [recorded(1)])
        raw = msgspec.json.decode(whole)
        del raw["recorded_at"]
        assert await log.append("2307", msgspec.json.encode(raw))
        found = await verify(log, "2307")
        await log.close()

        assert codes(found) == [(1, "unreadable")]

    async def test_a_jurisdiction_without_commits_is_fine(self, tmp_path: Path) -> None:
        log = SqliteLog(tmp_path / "log.sqlite")
        found = await verify(log, "2307")
        await log.close()

        assert (found.ok, found.commits, found.head) == (True, 0, Head())
