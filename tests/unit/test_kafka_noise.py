"""While a broker is away, a process says so in a few lines, not in twenty a second."""

import logging

import pytest

from services.adapters.kafka import quieting
from services.adapters.kafka.quieting import AGAIN_SECONDS, NAMES, quieten


class Now:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = 1000.0

    def monotonic(self) -> float:
        return self.at


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Now:
    clock = Now()
    monkeypatch.setattr(quieting, "time", clock)
    for name in NAMES:
        caplog.set_level(logging.INFO, name)  # a command that ran before may have raised it
        monkeypatch.setattr(logging.getLogger(name), "filters", [])
    quieten()
    return clock


def test_the_same_is_said_once_in_a_while_with_how_often_it_was_left_out(
    now: Now, caplog: pytest.LogCaptureFixture
) -> None:
    log = logging.getLogger("aiokafka")
    for node in range(100):
        log.error("Unable connect to node with id %s: %s", node, "refused")
        log.error("Unable to update metadata from %s", [node])
    assert caplog.messages == [
        "Unable connect to node with id 0: refused",
        "Unable to update metadata from [0]",
    ]

    caplog.clear()
    now.at += AGAIN_SECONDS
    log.error("Unable connect to node with id %s: %s", 7, "refused")
    log.error("Unable connect to node with id %s: %s", 8, "refused")
    assert caplog.messages == ["Unable connect to node with id 7: refused (and 99 times since)"]


def test_what_is_new_is_said_at_once(now: Now, caplog: pytest.LogCaptureFixture) -> None:
    for name in NAMES:
        logging.getLogger(name).error("something new")
    assert len(caplog.messages) == len(NAMES)


def test_a_filter_is_set_once(now: Now) -> None:
    quieten()
    assert {len(logging.getLogger(name).filters) for name in NAMES} == {1}
