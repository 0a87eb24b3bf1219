"""Parts of a projector: sorting a partition's records, and saving checkpoints."""

import pytest

from services.log.identity import partition_of
from services.log.transport import Record
from services.projector.records import RecordSorter
from services.projector.saving import CheckpointSaver

PARTITIONS = 2
J = "2307"
WHERE = partition_of(J, PARTITIONS)
COMMIT = b'{"jurisdiction":"2307","first":1,"prev":"%s","events":[{}]}' % (b"0" * 64)


class Checkpoints:
    """A store that remembers every save."""

    def __init__(self) -> None:
        self.saved: list[dict[int, tuple[int, int]]] = []

    async def load(self) -> dict[int, int]:
        return {}

    async def read(self) -> dict[int, int]:
        return {}

    async def save(self, offsets: dict[int, tuple[int, int]]) -> None:
        self.saved.append(offsets)


@pytest.mark.parametrize(
    ("where", "key", "value", "reason"),
    [
        (WHERE, J.encode(), b"{", "not_a_commit"),
        (WHERE, b"\xff", COMMIT, "not_a_commit"),
        (WHERE, b"2308", COMMIT, "wrong_key"),
        (1 - WHERE, J.encode(), COMMIT, "wrong_partition"),
    ],
)
def test_a_record_that_is_no_commit_is_counted_and_passed_over(
    where: int, key: bytes, value: bytes, reason: str
) -> None:
    sorter = RecordSorter(PARTITIONS)
    assert sorter.by_jurisdiction(where, [Record(1, key, value)]) == {}
    assert sorter.dead == {reason: 1}


def test_commits_keep_their_order_and_the_identity_is_nobodys() -> None:
    sorter = RecordSorter(PARTITIONS)
    first, second = Record(1, J.encode(), COMMIT), Record(3, J.encode(), COMMIT)
    found = sorter.by_jurisdiction(WHERE, [Record(0, None, b"{}"), first, second])
    assert (found, sorter.dead) == ({J: [first, second]}, {})


async def test_only_what_changed_is_saved_and_nothing_beyond_a_parked_jurisdiction() -> None:
    checkpoints = Checkpoints()
    saver = CheckpointSaver(checkpoints)
    await saver.save({0: 7, 1: 9}, [(1, 4), (5, 2)])
    await saver.save({0: 7, 1: 9}, [(1, 4)])
    await saver.save({0: 8, 1: 9}, [(1, 4)])
    saver.forget(1)
    await saver.save({0: 8, 1: 9}, [(1, 4)])
    assert checkpoints.saved == [{0: (7, 7), 1: (4, 9)}, {0: (8, 8)}, {1: (4, 9)}]
