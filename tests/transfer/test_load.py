"""A file is appended to a log only if all of it is valid and fits, in any number of attempts."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import pytest
from chains import History, lockdown, seal
from kafka_server import connection

from events.commit import Head
from services.adapters.kafka.connection import Connection
from services.adapters.kafka.log import open_log
from services.adapters.kafka.topics import migrate
from services.adapters.sqlite.log import SqliteLog
from services.log.port import Log, LogUnavailable, OutcomeUnknown
from services.transfer import CommitFile, Loaded, TransferFailed, export, load
from tests.transfer.places import J, read

Open = Callable[[], Awaitable[Log]]
_topics: dict[Path, Connection] = {}


def new(folder: Path) -> SqliteLog:
    """Return an embedded log in a new folder."""
    folder.mkdir()
    return SqliteLog(folder / "log.sqlite")


def sqlite(folder: Path) -> Open:
    async def opened() -> Log:
        return new(folder)

    return opened


def kafka(folder: Path) -> Open:
    async def opened() -> Log:
        if folder not in _topics:
            _topics[folder] = connection()
            await migrate(_topics[folder], partitions=3, replication=1, min_insync=1)
        return await open_log(_topics[folder])

    return opened


ADAPTERS = {"sqlite": sqlite, "kafka": kafka}


@pytest.fixture(params=ADAPTERS)
async def target(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Log]:
    """Open an empty log."""
    opened = await ADAPTERS[cast("str", request.param)](tmp_path / "target")()
    yield opened
    await opened.close()


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[Log]:
    """Open an empty embedded log."""
    opened = new(tmp_path / "embedded")
    yield opened
    await opened.close()


def moved() -> History:
    """Return the lockdown history, ending with a move."""
    return lockdown().does("jurisdiction.move", to="there")


async def filled(log: Log, history: History) -> Log:
    for data in history.stored():
        assert await log.append(J, data)
    return log


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    """Export a moved log."""
    source = await filled(new(tmp_path / "source"), moved())
    await export(source, J, tmp_path / "2307.muster")
    await source.close()
    return tmp_path / "2307.muster"


async def loaded(file: Path, log: Log, **how: Any) -> Loaded:
    opened = CommitFile(file)
    try:
        return await load(opened, log, **how)
    finally:
        opened.close()


async def code_of(file: Path, log: Log, **how: Any) -> tuple[str, str]:
    """Return the refusal. Nothing may have changed."""
    before = await log.end(J)
    with pytest.raises(TransferFailed) as caught:
        await loaded(file, log, **how)
    assert await log.end(J) == before
    return caught.value.code, caught.value.detail


async def bytes_of(log: Log) -> list[bytes]:
    return [stored.data for stored in await read(log)]


async def test_an_empty_log_holds_the_same_bytes_afterwards(target: Log, file: Path) -> None:
    done = await loaded(file, target)
    assert (done.outcome, done.appended) == ("loaded", len(moved().stored()))
    assert await bytes_of(target) == moved().stored()
    assert await target.end(J) == done.manifest.head


async def test_from_there_to_a_third_log_and_every_hash_stays(
    target: Log, embedded: Log, file: Path, tmp_path: Path
) -> None:
    await loaded(file, target)
    await export(target, J, tmp_path / "further")
    await loaded(tmp_path / "further", embedded)
    assert await bytes_of(embedded) == moved().stored()


@pytest.mark.parametrize("there", [1, 7, len(moved().stored()) - 1, len(moved().stored())])
async def test_what_is_there_already_is_not_appended(target: Log, file: Path, there: int) -> None:
    for data in moved().stored()[:there]:
        assert await target.append(J, data)
    done = await loaded(file, target)
    assert done.appended == len(moved().stored()) - there
    assert await bytes_of(target) == moved().stored()


async def test_another_jurisdiction_is_not_touched(target: Log, file: Path) -> None:
    other = [seal("9999", Head(), lockdown().commits[0][0])[0]]
    assert await target.append("9999", other[0])
    await loaded(file, target)
    assert [s.data async for batch in target.read("9999") for s in batch] == other


# -- where it does not fit ------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [0, 3, 10])
async def test_a_log_that_differs_is_told_from_where(target: Log, file: Path, at: int) -> None:
    history = lockdown()
    del history.commits[at]
    await filled(target, history)
    first = 1 + sum(len(events) for events, _ in lockdown().commits[:at])
    code, detail = await code_of(file, target)
    assert code == "transfer.diverged"
    assert f"from position {first} on" in detail


async def test_a_shorter_log_that_differs(target: Log, file: Path) -> None:
    history = lockdown()
    del history.commits[4:], history.commits[1]
    await filled(target, history)
    assert (await code_of(file, target))[0] == "transfer.diverged"


async def test_a_longer_log_that_differs(target: Log, file: Path) -> None:
    history = lockdown()
    for n in range(20, 40):
        history.does("worker.register", worker=f"W{n}", role="courier")
    await filled(target, history)
    code, detail = await code_of(file, target)
    assert code == "transfer.diverged"
    assert f"position {lockdown().state.head.position + 1} on" in detail


async def test_a_file_that_has_not_moved_needs_restore(target: Log, tmp_path: Path) -> None:
    source = await filled(new(tmp_path / "s"), lockdown())
    await export(source, J, tmp_path / "backup")
    await source.close()
    assert (await code_of(tmp_path / "backup", target))[0] == "transfer.not_moved"
    assert (await loaded(tmp_path / "backup", target, restore=True)).outcome == "loaded"
    assert await bytes_of(target) == lockdown().stored()


def resumed(history: History) -> History:
    head = history.state.head
    return history.does("jurisdiction.resume", position=head.position, hash=head.hash)


async def test_of_moved_and_resumed_the_later_decides(target: Log, tmp_path: Path) -> None:
    for name, history, fits in (
        ("here", resumed(moved()), False),
        ("gone", resumed(moved()).does("jurisdiction.move"), True),
    ):
        source = await filled(new(tmp_path / name), history)
        await export(source, J, tmp_path / f"{name}.muster")
        await source.close()
        if fits:
            assert (await loaded(tmp_path / f"{name}.muster", target)).outcome == "loaded"
        else:
            assert (await code_of(tmp_path / f"{name}.muster", target))[0] == "transfer.not_moved"


async def test_a_move_is_taken_back_on_purpose_only(target: Log, tmp_path: Path) -> None:
    await filled(target, moved())
    await export(target, J, tmp_path / "own")
    assert (await code_of(tmp_path / "own", target))[0] == "transfer.same_log"
    done = await loaded(tmp_path / "own", target, restore=True)
    assert (done.outcome, done.appended) == ("loaded", 0)


async def test_its_own_backup_is_known_to_a_log_that_lives(target: Log, tmp_path: Path) -> None:
    await filled(target, lockdown())
    await export(target, J, tmp_path / "own")
    assert (await loaded(tmp_path / "own", target, restore=True)).outcome == "known"
    data, _ = seal(J, await target.end(J), lockdown().commits[0][0])
    assert await target.append(J, data)
    assert (await code_of(tmp_path / "own", target, restore=True))[0] == "transfer.behind"


async def test_a_file_that_was_gone_on_from_is_known(target: Log, file: Path) -> None:
    await filled(target, resumed(moved()).does("worker.register", worker="W9", role="rider"))
    assert (await loaded(file, target)).outcome == "known"


async def test_a_damaged_file_changes_nothing(target: Log, file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) * 3 // 4])
    assert (await code_of(file, target))[0] in ("transfer.truncated", "transfer.damaged")


# -- a failing log --------------------------------------------------------------------------------------


class Troubled:
    """A log that fails in some appends, before or after writing."""

    def __init__(self, log: Log, failing: Callable[[int], Exception | None], *, written: bool) -> None:
        self._log, self._failing, self._written, self._calls = log, failing, written, 0
        self.id = log.id

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    async def append(self, jurisdiction: str, data: bytes) -> bool:
        self._calls += 1
        failure = self._failing(self._calls)
        if failure is None:
            return await self._log.append(jurisdiction, data)
        if self._written:
            await self._log.append(jurisdiction, data)
        raise failure


@pytest.mark.parametrize("written", [True, False])
@pytest.mark.parametrize("error", [OutcomeUnknown("no answer"), LogUnavailable("away")])
async def test_what_may_have_been_taken_is_looked_for(
    target: Log, file: Path, error: Exception, written: bool
) -> None:
    troubled = Troubled(target, lambda n: error if n in (1, 5, 19) else None, written=written)
    await loaded(file, cast("Log", troubled))
    assert await bytes_of(target) == moved().stored()


async def test_a_log_that_stays_away_is_told_and_loading_again_goes_on(
    embedded: Log, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_pause(_: float) -> None:
        return None

    monkeypatch.setattr(asyncio, "sleep", no_pause)
    away = Troubled(embedded, lambda n: LogUnavailable("away") if n > 4 else None, written=False)
    with pytest.raises(TransferFailed, match="Load the same file again") as caught:
        await loaded(file, cast("Log", away))
    assert caught.value.code == "transfer.unavailable"
    assert len(await read(embedded)) == 4
    assert (await loaded(file, embedded)).appended == len(moved().stored()) - 4
    assert await bytes_of(embedded) == moved().stored()


async def test_another_who_writes_meanwhile_is_noticed(target: Log, file: Path) -> None:
    foreign, _ = seal(J, Head(), lockdown().commits[0][0], id_="another")

    class Raced(Troubled):
        async def append(self, jurisdiction: str, data: bytes) -> bool:
            await self._log.append(jurisdiction, foreign)
            return await self._log.append(jurisdiction, data)

    with pytest.raises(TransferFailed) as caught:
        await loaded(file, cast("Log", Raced(target, lambda _: None, written=False)))
    assert caught.value.code == "transfer.diverged"
    assert await bytes_of(target) == [foreign]


async def test_two_who_load_the_same_file_load_it_once(target: Log, file: Path) -> None:
    done = await asyncio.gather(loaded(file, target), loaded(file, target))
    assert {one.outcome for one in done} == {"loaded"}
    assert await bytes_of(target) == moved().stored()
