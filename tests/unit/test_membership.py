"""A projector keeps its name in the group over restarts, and logs what a rebalance costs."""

import asyncio
import logging
from pathlib import Path
from typing import cast

import pytest

from services.projector.app import Rebalance
from services.projector.membership import Membership
from services.projector.partitions import PartitionProjector


def test_a_restarted_projector_has_the_name_it_had(tmp_path: Path) -> None:
    first = Membership(tmp_path)
    first.close()
    second = Membership(tmp_path)
    assert second.name == first.name
    assert second.name
    second.close()


def test_a_second_one_in_the_same_folder_has_none(tmp_path: Path) -> None:
    first, second = Membership(tmp_path), Membership(tmp_path)
    assert first.name
    assert second.name is None
    second.close()
    assert Membership(tmp_path).name is None, "the first one still runs"
    first.close()


def test_each_folder_has_its_own(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    members = [Membership(folder) for folder in folders]
    assert len({member.name for member in members}) == 2
    for member in members:
        member.close()


async def test_a_rebalance_says_what_it_cost_once_all_has_caught_up(caplog: pytest.LogCaptureFixture) -> None:
    caught_up = asyncio.Event()

    class Slow:
        async def catch_up(self, partition: int) -> None:
            await caught_up.wait()

    caplog.set_level(logging.INFO, "muster.projector")
    rebalance = Rebalance()
    rebalance.begin()
    telling = asyncio.create_task(rebalance.tell(cast("PartitionProjector", Slow()), [1, 2]))
    await asyncio.sleep(0)
    assert not caplog.messages
    caught_up.set()
    await telling
    [told] = caplog.messages
    assert told.startswith("rebalance: 2 partitions, projected to their ends after ")
