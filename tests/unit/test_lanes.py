"""Waiting commands: the urgent first, senders in turns, and what was sent together in order."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from services.decisions.base import Command
from services.decisions.request.commands import Amend, Cancel, Open
from services.decisions.worker.commands import CheckIn, RaiseSos, Register
from services.recorder.envelope import CommandEnvelope
from services.recorder.errors import Overloaded
from services.recorder.lanes import Lane, lane_of, shares
from services.recorder.queue import ANSWERS, MOST_OF_ONE, MOST_QUEUED, CommandQueue

OPEN = Open(category="grocery", area="2307")
LIFE = Open(category="medical", priority=1, area="2307")
IN = CheckIn(worker="W1", area="2307")
NOW = datetime(2026, 1, 5, tzinfo=UTC)


def sent(
    command: Command, actor: str = "dispatcher/a", *, id: str = "1", bulk: bool = False
) -> CommandEnvelope:
    return CommandEnvelope(id=id, command=command, actor=actor, received=NOW, bulk=bulk)


@pytest.mark.parametrize(
    ("command", "lane"),
    [
        (RaiseSos(worker="W1"), Lane.URGENT),
        (LIFE, Lane.URGENT),
        (Amend(request="R1", priority=1), Lane.URGENT),
        (Amend(request="R1", priority=2), Lane.DESK),
        (IN, Lane.FACTS),
        (OPEN, Lane.FACTS),
        (Register(role="courier"), Lane.DESK),
        (Cancel(request="R1", reason="not_needed"), Lane.DESK),
    ],
)
def test_the_lane_of_a_command(command: Command, lane: Lane) -> None:
    assert lane_of([sent(command)]) is lane
    assert lane_of([sent(command, bulk=True)]) is Lane.BULK


def test_what_is_sent_together_goes_with_its_most_urgent_one() -> None:
    assert lane_of([sent(Register(role="courier")), sent(IN), sent(LIFE)]) is Lane.URGENT


def ids(taken: list) -> list[str]:
    return [one.envelope.id for one in taken]


async def test_a_call_for_help_passes_a_flood() -> None:
    queue = CommandQueue(flood=0)
    for number in range(1000):
        queue.put([sent(IN, f"worker/{number}", id=f"in{number}")])
    queue.put([sent(LIFE, id="help")])
    assert ids(queue.take(10))[0] == "help"


async def test_few_are_answered_together_so_that_the_next_call_for_help_need_not_wait_for_many() -> None:
    queue = CommandQueue()
    for number in range(400):
        queue.put([sent(IN, f"worker/{number}", id=f"in{number}")])
    assert len(queue.take()) == ANSWERS
    queue.put([sent(LIFE, id="help")])
    assert ids(queue.take())[0] == "help"
    assert len(queue) == 400 - 2 * ANSWERS


async def test_a_list_has_one_answer() -> None:
    queue = CommandQueue()
    for number in range(4):
        queue.put([sent(IN, f"worker/{number}", id=f"{number}-{n}") for n in range(100)])
    assert len(queue.take(350)) == 350


async def test_without_a_flood_the_order_is_that_of_arrival() -> None:
    queue = CommandQueue()
    queue.put([sent(OPEN, id="1", bulk=True), sent(OPEN, id="2", bulk=True)])
    queue.put([sent(Register(role="courier"), id="3")])
    queue.put([sent(IN, id="4")])
    queue.put([sent(LIFE, id="5")])
    taken = queue.take(3)
    queue.put_back(taken[1:])
    assert [*ids(taken[:1]), *ids(queue.take())] == ["1", "2", "3", "4", "5"]


async def test_what_had_arrived_before_a_flood_is_sorted_too() -> None:
    queue = CommandQueue(flood=2)
    queue.put([sent(IN, "worker/1", id="1")])
    queue.put([sent(LIFE, "worker/2", id="2")])
    queue.put([sent(IN, "worker/3", id="3")])
    assert ids(queue.take()) == ["2", "1", "3"]


async def test_senders_take_turns() -> None:
    queue = CommandQueue(flood=0)
    queue.put([sent(IN, "gateway/a", id=f"a{number}") for number in range(4)])
    queue.put([sent(IN, "gateway/b", id="b0")])
    assert ids(queue.take(5)) == ["a0", "b0", "a1", "a2", "a3"]


async def test_an_import_waits_but_is_not_forgotten() -> None:
    queue = CommandQueue(flood=0)
    queue.put([sent(OPEN, "admin/import", id=f"i{number}", bulk=True) for number in range(100)])
    queue.put([sent(IN, f"worker/{number}", id="in") for number in range(1)])
    for number in range(100):
        queue.put([sent(IN, f"worker/{number}", id="in")])
    taken = ids(queue.take(80))
    assert taken == ["in"] * ANSWERS + [f"i{number}" for number in range(10)]


async def test_one_sender_has_a_share_and_help_is_always_taken() -> None:
    queue = CommandQueue(flood=0)
    many = [sent(IN, "gateway/a") for _ in range(MOST_OF_ONE)]
    queue.put(many)
    with pytest.raises(Overloaded) as refused:
        queue.put([sent(IN, "gateway/a")])
    assert refused.value.sender == "gateway/a"
    queue.put([sent(IN, "gateway/b")])
    queue.put([sent(LIFE, "gateway/a")])
    assert len(queue) == MOST_OF_ONE + 2


async def test_a_flood_of_calls_for_help_is_bounded_too_and_others_still_get_through() -> None:
    queue = CommandQueue(flood=0)
    queue.put([sent(LIFE, "gateway/a") for _ in range(MOST_OF_ONE)])
    with pytest.raises(Overloaded) as refused:
        queue.put([sent(LIFE, "gateway/a")])
    assert refused.value.sender == "gateway/a"
    for number in range(1, MOST_QUEUED // MOST_OF_ONE):
        queue.put([sent(LIFE, f"gateway/{number}") for _ in range(MOST_OF_ONE)])
    with pytest.raises(Overloaded):
        queue.put([sent(LIFE, "gateway/b")])
    assert len(queue) == MOST_QUEUED


async def test_what_was_taken_and_returned_goes_before_the_rest_but_not_before_help() -> None:
    queue = CommandQueue(flood=0)
    queue.put([sent(IN, id=str(number)) for number in range(4)])
    queue.put_back(queue.take(2))
    queue.put([sent(LIFE, id="help")])
    assert ids(queue.take()) == ["help", "0", "1", "2", "3"]


async def test_whose_sender_has_left_is_passed_over() -> None:
    queue = CommandQueue(flood=0)
    left = queue.put([sent(IN, id="1"), sent(IN, id="2")])
    queue.put([sent(IN, id="3")])
    left.answer.cancel()
    assert ids(queue.take()) == ["3"]
    assert len(queue) == 0


@given(some.lists(some.integers(0, 50), min_size=4, max_size=4), some.integers(0, 100))
def test_shares_fill_the_room_and_no_lane_starves(waiting: list[int], most: int) -> None:
    found = shares(waiting, most)
    assert sum(found) == min(most, sum(waiting))
    assert all(0 <= share <= count for share, count in zip(found, waiting, strict=True))
    if most >= 8:
        assert all(share for share, count in zip(found, waiting, strict=True) if count)


@settings(max_examples=50, deadline=None)
@given(
    some.lists(some.tuples(some.integers(0, 3), some.integers(1, 5), some.booleans()), max_size=20),
    some.data(),
)
async def test_every_command_is_taken_once_and_groups_stay_in_order(
    groups: list[tuple[int, int, bool]], data: some.DataObject
) -> None:
    queue, told = CommandQueue(data.draw(some.sampled_from([0, 3, 100]))), []
    for number, (sender, size, urgent) in enumerate(groups):
        command = LIFE if urgent else IN
        queue.put([sent(command, f"worker/{sender}", id=f"{number}.{at}") for at in range(size)])
    while len(queue):
        taken = queue.take(data.draw(some.integers(1, 10)))
        back = data.draw(some.integers(0, len(taken) - 1))
        queue.put_back(taken[len(taken) - back :])
        told += ids(taken[: len(taken) - back])
    assert sorted(told) == sorted(
        f"{number}.{at}" for number, (_, size, _) in enumerate(groups) for at in range(size)
    )
    for number in range(len(groups)):
        mine = [one for one in told if one.startswith(f"{number}.")]
        assert mine == sorted(mine)
