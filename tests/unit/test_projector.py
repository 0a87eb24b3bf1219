"""A projector's settings, its watchdog's timeout, the shared clock, and the migrations."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.adapters.kafka.connection import Connection
from services.adapters.postgres.migrate import FOLDER, migrations
from services.base.clock import SharedClock
from services.projector.app import BUFFER, build
from services.projector.watchdog import PATIENCE, Lag


async def _no_work() -> Any:
    raise AssertionError("nothing is delivered here")


def test_faust_is_set_as_it_must_be(tmp_path: Path) -> None:
    """Each of these settings prevents a known failure: see docs/adr/0017 and the comments in the app."""
    conf = build(Connection(servers="a:1,b:2"), 12, "projectors", tmp_path, _no_work).conf
    assert [str(url) for url in conf.broker] == ["kafka://a:1", "kafka://b:2"]
    assert str(conf.store).startswith("memory:")
    assert conf.datadir.is_relative_to(tmp_path)
    assert conf.processing_guarantee.name == "AT_LEAST_ONCE"
    assert not conf.web_enabled
    assert not getattr(conf, "autodiscover", True)
    assert not conf.topic_allow_declare
    assert conf.topic_disable_leader
    assert conf.table_standby_replicas == 0
    assert conf.stream_buffer_maxsize == BUFFER >= 16_384
    assert 2**20 <= conf.consumer_max_fetch_size <= 4 * 2**20
    assert not conf.worker_redirect_stdouts


def test_each_process_has_an_app_of_its_own_without_tables(tmp_path: Path) -> None:
    connection = Connection(servers="a:1")
    one, other = (build(connection, 12, "projectors", tmp_path, _no_work) for _ in range(2))
    assert one is not other
    assert len(one.agents) == len(other.agents) == 1
    assert not one.tables


def looks(lag: Lag, ends: dict[int, int], seen: dict[int, int], times: range) -> list[float]:
    """Return the lag observed every two seconds, without signs of life."""
    return [lag.observe(ends, seen, {}, now) for now in times]


class TestTheWatchdog:
    def test_lets_a_quiet_partition_be_quiet(self) -> None:
        assert set(looks(Lag(), {0: 5}, {0: 5}, range(0, 1000, 2))) == {0}

    def test_counts_from_the_moment_at_which_records_wait_and_nothing_moves(self) -> None:
        lag = Lag()
        looks(lag, {0: 5}, {0: 5}, range(0, 100, 2))
        assert looks(lag, {0: 6}, {0: 5}, range(100, 101)) == [2]
        assert looks(lag, {0: 9}, {0: 5}, range(102, 120, 2))[-1] > PATIENCE
        assert lag.behind == {0: 4}
        assert lag.age(0) > PATIENCE

    def test_starts_over_with_every_step_forward_and_every_sign_of_life(self) -> None:
        lag = Lag()
        for now in range(0, 100, 2):
            assert lag.observe({0: 1000}, {0: now}, {}, now) == 0
        for now in range(100, 200, 2):
            assert lag.observe({0: 1000}, {0: 98}, {0: now}, now) == 0

    def test_sees_the_last_commit_of_the_night(self) -> None:
        """The log no longer grows; one record was left behind."""
        assert looks(Lag(), {0: 6, 1: 9}, {0: 5, 1: 9}, range(0, 30, 2))[-1] == 28

    def test_says_nothing_of_a_time_when_it_was_away_itself(self) -> None:
        lag = Lag()
        looks(lag, {0: 6}, {0: 5}, range(0, 4, 2))
        assert lag.observe({0: 6}, {0: 5}, {}, 600) == 0

    def test_forgets_a_partition_that_another_process_has(self) -> None:
        lag = Lag()
        looks(lag, {0: 6}, {0: 5}, range(0, 8, 2))
        assert looks(lag, {}, {}, range(8, 10, 2)) == [0]
        assert looks(lag, {0: 6}, {0: 5}, range(10, 12, 2)) == [0]


def test_processes_that_share_a_clock_tell_the_same_time(tmp_path: Path) -> None:
    begin = datetime(2022, 3, 28, 1, 2, 3, 123_457, tzinfo=UTC)
    one, other = SharedClock(tmp_path / "clock"), SharedClock(tmp_path / "clock")
    assert abs((one.now() - datetime.now(UTC)).total_seconds()) < 5

    one.set(begin)
    assert other.now() == other.now() == begin
    one.set(begin + timedelta(days=1), going=True)
    first, second = other.now(), other.now()
    assert begin + timedelta(days=1) <= first <= second


def test_migrations_are_numbered_once_each_and_in_order(tmp_path: Path) -> None:
    numbers = [one.number for one in migrations()]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == len(list(FOLDER.glob("*.sql")))
    (tmp_path / "001_a.sql").write_text("SELECT 1")
    (tmp_path / "001_b.sql").write_text("SELECT 2")
    with pytest.raises(ValueError, match="duplicate migration numbers"):
        migrations(tmp_path)
