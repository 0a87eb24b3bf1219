"""Who leads a chapter: by the holder of a post, at any date, and since when nobody does."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from events.leading import ChapterLed
from projections import chapters, leads, posts
from projections.fold import fold
from projections.leaders import LED, NO_POST, VACANT, LeaderRow, leaders
from tests.given import DAY, Aggregate, Given, area, given, t

chapter, enterprise = Aggregate("chapter"), Aggregate("enterprise")
unit, post = Aggregate("unit"), Aggregate("post")
COUNTY = "230717"
FORMED = t("-20 00:00")


@pytest.fixture
def city() -> Given:
    return given(
        area.define(area=COUNTY, name="1"),
        unit.establish(unit="U1", name="U1", area="2307"),
        *(post.create(post=f"P{n}", name=f"Secretary {n}", unit="U1", area="2307") for n in (1, 2)),
        enterprise.register(enterprise="E1", area=COUNTY, name="Firm 1", trade="courier"),
        chapter.form(
            chapter="C1", name="Chapter 1", route="joint", enterprises=("E1",), area=COUNTY, reason="asked"
        ),
        at=FORMED,
    )


def led(at: datetime, after: Given) -> LeaderRow | None:
    rows: Any = {view.VIEW.name: fold(view.VIEW, after.log.commits) for view in (chapters, leads, posts)}
    found = leaders(rows["chapters"].values(), rows["leads"], rows["posts"], at)
    return next(iter(found), None)


def said(at: datetime, after: Given) -> tuple[str, datetime | None] | None:
    one = led(at, after)
    return one and (one.state, one.gap_since)


def test_a_chapter_has_no_leader_since_it_was_formed(city: Given):
    assert said(DAY, city) == (NO_POST, FORMED)
    assert said(FORMED - timedelta(seconds=1), city) is None


def test_the_holder_of_the_post_leads_the_chapter_for_the_term(city: Given):
    lead = chapter.lead(chapter="C1", post="P1")
    city.when(lead, at=t("-10 00:00")).then(ChapterLed, post="P1", area=COUNTY)
    city.when(lead).unchanged()
    assert said(t("-9 00:00"), city) == (VACANT, FORMED)
    term = post.appoint(post="P1", holder="H1", holder_name="sealed:H1", until=t("-2 00:00"))
    city.and_(term, at=t("-5 00:00"))
    now = led(t("-4 00:00"), city)
    assert now
    assert (now.state, now.gap_since, now.holder, now.until) == (LED, None, "H1", t("-2 00:00"))
    assert said(DAY, city) == (VACANT, t("-2 00:00"))  # the term ran out, without an event


def test_another_post_may_lead_it_or_none(city: Given):
    city.and_(chapter.lead(chapter="C1", post="P1"), at=FORMED)
    city.and_(post.appoint(post="P1", holder="H1", holder_name="sealed:H1"), at=FORMED)
    city.and_(chapter.lead(chapter="C1", post="P2"), at=t("-7 00:00"))
    assert said(DAY, city) == (VACANT, t("-7 00:00"))
    city.and_(chapter.lead(chapter="C1"), at=t("-3 00:00"))
    assert said(DAY, city) == (NO_POST, t("-7 00:00"))
    assert said(t("-8 00:00"), city) == (LED, None)


def test_a_lead_told_late_counts_from_its_own_time(city: Given):
    city.and_(chapter.lead(chapter="C1", post="P2"), at=t("-3 00:00"))
    city.and_(chapter.lead(chapter="C1", post="P1"), at=t("-8 00:00"))
    row: Any = fold(leads.VIEW, city.log.commits)["C1"]
    assert row.post == "P2"
    then = leads.at(row, t("-5 00:00"))
    assert then
    assert then.post == "P1"
    assert leads.at(row, t("-9 00:00")) is None


def test_only_a_living_chapter_is_led_by_a_post_that_stands(city: Given):
    city.when(chapter.lead(chapter="C9", post="P1")).refused("chapter.unknown", "C9")
    city.when(chapter.lead(chapter="C1", post="P9")).refused("post.unknown", "P9")
    city.and_(chapter.dissolve(chapter="C1", reason="too_few"))
    city.when(chapter.lead(chapter="C1", post="P1")).refused("chapter.ended", "C1")
    assert led(DAY, city) is None
