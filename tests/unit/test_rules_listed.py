"""Reasons and kinds are terms of lists: another one is refused, and the refusal names those there are."""

from typing import Any

import pytest

from events.source_list import MatchJudged
from services.decisions.base import Command, commands
from services.decisions.listed import of_lists
from tests.given import Aggregate, Given, area, given, t, term

source_list, entry, match = Aggregate("source_list"), Aggregate("entry"), Aggregate("match")
enterprise = Aggregate("enterprise")


def judge(reason: str) -> Command:
    return match.judge(entry="X1", enterprise="E1", verdict="same", reason=reason)


@pytest.fixture
def city() -> Given:
    """A list with one entry, and an enterprise."""
    return given(
        area.define(area="230717", name="1"),
        enterprise.register(enterprise="E1", area="230717", name="Firm 1"),
        source_list.declare(source_list="L1", kind="registry", title="Registry"),
        entry.list(entry="X1", source_list="L1", area="230717", name="Firm 1"),
    )


def test_a_reason_that_is_not_in_the_list_is_refused_with_those_that_are(city: Given):
    city.when(judge("because")).refused("term.unlisted", "because", "match", "same_firm", "to_ask")


def test_of_what_was_observed_it_is_noted(city: Given):
    city.when(judge("because"), observed=True).anomaly("term.unlisted")


def test_a_reason_that_was_added_is_taken(city: Given):
    city.and_(term.define(list="match", code="because", names={"en": "Because"}))
    city.when(judge("because")).then(MatchJudged, reason="because")


def test_a_retired_reason_is_for_what_is_told_late(city: Given):
    city.and_(term.define(list="match", code="renamed", retired=True))
    city.when(judge("renamed")).refused("term.unlisted", "renamed")
    city.when(judge("renamed"), at=t("00:00"), now=t("09:00")).then(MatchJudged, reason="renamed")


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        ("review.judge", {"reason": "send_back"}),
        ("review.send_back", {"reason": "send_back"}),
        ("match.judge", {"reason": "match"}),
        ("chapter.form", {"reason": "route"}),
        ("chapter.dissolve", {"reason": "dissolve"}),
        ("source_list.declare", {"kind": "source_kind"}),
        ("difficulty.register", {"category": "difficulty"}),
        ("difficulty.decline", {"reason": "difficulty_end"}),
    ],
)
def test_it_holds_for_every_reason_and_kind_of_institutions(command: str, fields: dict[str, Any]):
    assert dict(of_lists(commands[command])) == fields
