"""A state made from a long log is stored and read back now and then, so that it takes no more memory."""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any, cast

import pytest

from events.commit import Head
from services.decisions.snapshot import TABLES, dump, load_pieces
from services.decisions.state import COMMANDS, Away, RecordedCommand
from services.decisions.worker.commands import CheckIn, CheckOut, Register
from services.log.port import Log, Stored
from services.recorder import replica as module
from services.recorder import snapshotting
from services.recorder.replica import Replica
from services.recorder.snapshotting import SnapshotKeeper
from services.snapshots.port import Idle, RowsLost, Snapshot, Snapshots, supersedes
from tests.given import J
from tests.make import Chain

ROUNDS = 60


class Kept:
    """Snapshots in memory. `lost`: the stored one cannot be read."""

    def __init__(self) -> None:
        self.snapshot: Snapshot | None = None
        self.rows: dict[tuple[str, str], bytes] = {}
        self.positions: list[int] = []
        self.lost = False

    async def get(self, jurisdiction: str) -> Snapshot | None:
        return None if self.lost else self.snapshot

    async def put(self, snapshot: Snapshot, idle: Iterable[Idle] = ()) -> bool:
        kept = self.snapshot
        if kept and not supersedes(snapshot, kept.position, kept.log, kept.code):
            return False
        self.snapshot = snapshot
        self.positions.append(snapshot.position)
        self.rows |= {(name, key): row for name, key, row in idle}
        return True

    async def find(self, of: Snapshot, position: int, keys: Sequence[str]) -> list[Idle]:
        return [(name, key, row) for (name, key), row in self.rows.items() if key in keys]

    async def drop(self, snapshot: Snapshot) -> None:
        self.snapshot = None
        self.rows.clear()


class LongLog:
    """A log that is read a few commits at a time."""

    id = "00000000-0000-4000-8000-000000000000"

    def __init__(self, commits: list[Stored]) -> None:
        self._commits = commits

    async def end(self, jurisdiction: str) -> Head:
        return self._commits[-1].head

    async def read(self, jurisdiction: str, after: int = 0) -> AsyncIterator[list[Stored]]:
        rest = [one for one in self._commits if one.head.position > after]
        for start in range(0, len(rest), 5):
            yield rest[start : start + 5]

    def mark(self, jurisdiction: str) -> None: ...


@pytest.fixture(scope="module")
def chain() -> Chain:
    made = Chain(J)
    made.commit(Register(worker="W1", role="courier"))
    for _ in range(ROUNDS):
        made.commit(CheckIn(worker="W1", area=J))
        made.commit(CheckOut(worker="W1"))
    return made


def replica_of(chain: Chain, kept: Kept) -> Replica:
    log = cast("Log", LongLog(chain.commits))
    made = Replica(J, log, _nobody, SnapshotKeeper(J, log, cast("Snapshots", kept)))
    made.viewed = chain.head.position
    return made


async def _nobody(commands: Any, upto: int) -> dict[str, RecordedCommand]:
    return {}


async def test_the_state_is_that_of_the_log(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_AT_ONCE", 40)
    kept = Kept()
    made = replica_of(chain, kept)
    await made.hydrate()
    assert len(kept.positions) >= 3
    assert len(made.state[COMMANDS]) < 10, "the view has the others"
    await made.take_back(Away({key for _, key in kept.rows}))
    assert made.state.head == chain.head
    for name, table in TABLES.items():
        if table is not COMMANDS:
            assert dict(made.state[table]) == dict(chain.state[table]), name


async def test_one_that_cannot_be_read_back_is_made_from_the_log_and_not_stored_again(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_AT_ONCE", 40)
    kept = Kept()
    kept.lost = True
    made = replica_of(chain, kept)
    with pytest.raises(RowsLost, match="just stored cannot be read"):
        await made.hydrate()
    await made.start_over()
    await made.hydrate()
    assert made.state.head == chain.head


async def test_a_start_behind_few_events_stores_nothing(chain: Chain) -> None:
    kept = Kept()
    made = replica_of(chain, kept)
    await made.hydrate()
    assert kept.positions == []
    assert made.state.head == chain.head


async def test_a_snapshot_full_of_ids_is_replaced_once_the_views_have_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(snapshotting, "MANY_IDS", 50)
    monkeypatch.setattr(module, "KEEP_IDS", 10)
    monkeypatch.setattr(module, "EVICT", 0)
    made, kept = Chain(J), Kept()
    for n in range(ROUNDS):
        made.commit(Register(worker=f"W{n}", role="courier"))
    behind = await opened(made, kept, viewed=0)
    await behind.leave(1)
    first = made.head.position
    made.commit(Register(worker="W", role="courier"))

    waiting = await opened(made, kept, viewed=0)
    waiting.settle()
    await waiting.leave(ROUNDS)
    assert kept.positions == [first], "the views lack the ids"

    level = await opened(made, kept, viewed=made.head.position)
    for _ in range(2):
        level.settle()
    await level.leave(ROUNDS)
    assert kept.positions == [first, first + 1], "once"
    assert len((await opened(made, kept, viewed=0)).state[COMMANDS]) <= 10


async def opened(chain: Chain, kept: Kept, *, viewed: int) -> Replica:
    """Return a state that was made as at a start."""
    made = replica_of(chain, kept)
    made.viewed = viewed
    await made.hydrate()
    return made


@pytest.mark.parametrize("size", [1, 7, 4_096])
def test_a_dump_is_read_in_pieces_of_any_size(chain: Chain, size: int) -> None:
    whole = dump(chain.state)
    pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
    assert dump(load_pieces(pieces).state) == whole
    with pytest.raises(ValueError, match=r"truncated|incomplete"):
        load_pieces(pieces[:-1])
