"""The acceptance rule is frozen: vectors that every later version must judge and hash alike.

A change that fails here would split the chain between readers of two versions. Add vectors; never alter one.
"""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest

from events.commit import (
    GENESIS,
    Commit,
    Head,
    Recorded,
    Verdict,
    after,
    decode,
    digest,
    encode,
    envelope,
    judge,
)

GOLDEN = msgspec.json.decode((Path(__file__).parents[1] / "golden" / "commit_chain.json").read_bytes())
CASES: list[dict[str, Any]] = GOLDEN["cases"]
NOT_COMMITS: list[dict[str, str]] = GOLDEN["not_commits"]
AT = datetime(2022, 3, 28, tzinfo=UTC)


def head(text: str) -> Head:
    position, _, hash_ = text.partition(":")
    return Head(int(position), hash_)


def case(name: str) -> dict[str, Any]:
    return next(one for one in CASES if one["name"] == name)


@pytest.mark.parametrize("vector", CASES, ids=lambda one: one["name"])
def test_judges_and_hashes_as_ever(vector: dict[str, Any]) -> None:
    stored = vector["stored"].encode()

    assert digest(stored) == vector["hash"]
    assert after(head(vector["head"]), stored) == (Verdict(vector["verdict"]), head(vector["after"]))


@pytest.mark.parametrize("vector", NOT_COMMITS, ids=lambda one: one["name"])
def test_bytes_that_are_no_commit_are_an_error_not_a_verdict(vector: dict[str, str]) -> None:
    with pytest.raises(msgspec.DecodeError):
        envelope(vector["stored"].encode())


def test_the_vectors_hold_every_verdict_and_the_file_is_whole() -> None:
    assert {one["verdict"] for one in CASES} == {"accepted", "stale", "gap"}
    assert (len(CASES), len(NOT_COMMITS)) == (21, 16)


def test_a_wrong_prev_at_the_right_position_is_a_gap() -> None:
    assert judge(Head(4, "a" * 64), 5, "b" * 64, 1) is Verdict.GAP


def test_a_commit_that_is_not_accepted_leaves_the_head_as_it_was() -> None:
    for one in CASES:
        if one["verdict"] != "accepted":
            assert one["after"] == one["head"]


def recorded(n: int, **more: Any) -> Recorded:
    return Recorded(
        name="worker.checked_in",
        schema=1,
        at=AT,
        actor="worker/W1",
        command=f"00000000-0000-4000-8000-{n:012d}",
        body="ab" * 32,
        data=msgspec.Raw(b'{"worker":"W%d","area":"230717001"}' % n),
        **more,
    )


def test_a_commit_is_written_as_these_very_bytes() -> None:
    commit = Commit(
        id="c1", jurisdiction="2307", first=1, prev=GENESIS, recorded_at=AT, events=(recorded(1),)
    )

    assert encode(commit).decode() == case("first")["stored"]


def test_claimed_time_and_observed_are_written_only_where_they_say_something() -> None:
    claimed = AT.astimezone(timezone(timedelta(hours=8)))
    stored = case("three events")["stored"]
    commit = decode(stored.encode())

    assert encode(commit).decode() == stored
    assert msgspec.json.encode(recorded(2, claimed=claimed, observed=True)).decode() in stored
    assert b"observed" not in msgspec.json.encode(recorded(3))


def test_what_was_written_is_read_back_with_the_data_untouched() -> None:
    commit = decode(case("three events")["stored"].encode())

    assert (commit.first, len(commit.events), commit.recorded_at.microsecond) == (2, 3, 250_000)
    assert bytes(commit.events[2].data).decode() == '{"area":"2307-A","name":"红旗社区","parent":"2307"}'


def test_a_reader_of_this_version_takes_over_fields_it_does_not_know() -> None:
    vector = case("unknown fields")

    assert len(envelope(vector["stored"].encode()).events) == 2
    assert head(vector["after"]).position == head(vector["head"]).position + 2
