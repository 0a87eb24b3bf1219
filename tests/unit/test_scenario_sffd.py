"""The San Francisco week as a scenario: the commands of its import, in order, at the file's times."""

import gzip
from datetime import datetime
from itertools import islice

from services.decisions.base import commands
from services.demo.scenarios import SCENARIOS
from services.demo.scenarios.sffd import WEEK


def test_it_sends_every_call_and_every_assignment_of_the_week_in_the_order_of_time() -> None:
    story = SCENARIOS["sffd"](328)
    items = list(story.timed)
    assert items[:2000] == list(islice(story.timed, 2000))
    received = [one.received for one in items]
    assert received == sorted(received)
    assert (story.starts, story.days) == (received[0], 8)
    names = [one.item["name"] for one in items]
    with gzip.open(WEEK, "rt", encoding="utf-8") as rows:
        assert names.count("assignment.dispatch") == sum(1 for _ in rows) - 1
    assert names.count("request.open") == 3560
    for number, one in enumerate(items):
        assert set(one.item) <= {"id", "name", "at", "sent_at", "observed", "data"}
        assert "at" not in one.item or datetime.fromisoformat(one.item["at"]) <= one.received
        if number % 10 == 0:  # tests/intake sends each of them
            commands[one.item["name"]].model_validate(one.item["data"])
