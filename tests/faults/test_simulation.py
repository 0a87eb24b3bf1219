"""Thousands of small worlds with crashes, lost and repeated messages, wrong clocks and failing disks.

A seed that fails is played again by `MUSTER_SEED=N`.
"""

import logging
import os
from collections import Counter

import pytest
from scale import scaled
from simulation import InlineExecutor, J, World, play

from events.commit import decode
from services.adapters.sqlite import views_connections
from services.verify.views import audit

SEEDS = scaled("MUSTER_SEEDS", 60, 10_000)
PIECE = max(1, SEEDS // 10)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views_connections, "ThreadPoolExecutor", InlineExecutor)
    monkeypatch.setattr(logging.getLogger("muster"), "disabled", True)
    for name in ("muster.writer", "muster.projector"):
        monkeypatch.setattr(logging.getLogger(name), "disabled", True)


async def judged(world: World) -> None:
    """Compare what phones were told with the log, and the views with the log."""
    recorded: dict[str, list[int]] = {}
    commits = Counter[str]()
    for stored in world.log.commits:
        commit = decode(stored.data)
        commits.update({event.command for event in commit.events})
        for n, event in enumerate(commit.events):
            recorded.setdefault(event.command, []).append(commit.first + n)
    assert max(commits.values(), default=0) <= 1, "a command was recorded twice"
    for id_, answers in world.answers.items():
        settled = [one for one in answers if one[0] != "refused"]
        assert answers[len(answers) - len(settled) :] == settled, f"{id_} was refused after it was recorded"
        if settled:
            assert recorded.get(id_), f"{id_} was acknowledged and lost"
            assert len({position for _, position in settled}) == 1, (id_, answers)
        elif answers:
            assert id_ not in recorded, f"{id_} was refused, but is recorded"
    found = (await audit(world.log, world.views, J)).findings  # type: ignore[arg-type]
    assert found == []


def seeds() -> list[range]:
    only = os.environ.get("MUSTER_SEED")
    if only:
        return [range(int(only), int(only) + 1)]
    return [range(begin, min(begin + PIECE, SEEDS)) for begin in range(0, SEEDS, PIECE)]


@pytest.mark.timeout(60 + PIECE)
@pytest.mark.parametrize("some", seeds(), ids=str)
def test_what_was_told_is_true_in_every_world(some: range) -> None:
    for seed in some:
        try:
            play(seed, judged)
        except BaseException as error:
            raise AssertionError(f"MUSTER_SEED={seed}: {type(error).__name__}: {error}") from error
