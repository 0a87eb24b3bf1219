"""Leaders and their training before the lockdown: six posts lead the chapters of the trades, and 18 holders
of posts are trained online, at the base and at the school: 42 person-times. Courses and days are invented.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from services.demo.scenarios.story import Timed
from services.demo.scenarios.yichun.days import LOCAL, REGISTRATION
from services.demo.scenarios.yichun.institutions.chapters import OPENING
from services.demo.scenarios.yichun.institutions.enterprises import TRADES
from services.demo.scenarios.yichun.institutions.offices import CITY, IN_TRADES, LEAD
from services.demo.scenarios.yichun.institutions.records import Records
from services.demo.scenarios.yichun.world import World

PERSON_TIMES: Final = 42
PEOPLE: Final = tuple(f"holder-{number:03}" for number in range(1, 20) if number != 8)
"""Those who are trained. The eighth holder was transferred before."""
OFFICER: Final = "trade-office"
"""Post of the department, which leads the chapter of a trade that has no post of its own."""
HOURS: Final = 12
"""Target for each person and year."""
DAY: Final = timedelta(days=1)


class Session(NamedTuple):
    """One session: the people who come are those from one number to another."""

    key: str
    title: str
    mode: str
    begins: datetime
    ends: datetime
    halves: tuple[str, ...]
    first: int
    last: int
    places: int | None = None


SESSIONS: Final = (
    Session(
        "session-01",
        "新就业群体政策解读",
        "online",
        datetime(2022, 3, 3, 14, tzinfo=LOCAL),
        datetime(2022, 3, 3, 17, tzinfo=LOCAL),
        ("2022-03-03.pm",),
        0,
        16,
    ),
    Session(
        "session-02",
        "领头雁实务",
        "base",
        datetime(2022, 3, 10, 9, tzinfo=LOCAL),
        datetime(2022, 3, 10, 17, tzinfo=LOCAL),
        ("2022-03-10.am", "2022-03-10.pm"),
        2,
        16,
    ),
    Session(
        "session-03",
        "行业组织负责人研修",
        "school",
        datetime(2022, 3, 17, 9, tzinfo=LOCAL),
        datetime(2022, 3, 18, 12, tzinfo=LOCAL),
        ("2022-03-17.am", "2022-03-17.pm", "2022-03-18.am"),
        6,
        18,
        12,
    ),
)
"""16 + 14 + 12 person-times of 18 people."""
MISTAKEN: Final = PEOPLE[16]
"""Somebody signed for them in the first session; that was corrected."""
RELUCTANT: Final = PEOPLE[0]
"""Gave up a place in the third session, which went to the first in the waiting list."""


def training(seed: int) -> Iterator[Timed]:
    """Return the timed commands of leaders and their training."""
    world = World(seed, "training")
    records = Records(world, "training")
    for number, trade in enumerate(TRADES):
        at = OPENING + timedelta(hours=number, minutes=30)
        post = f"P-{trade}" if trade in IN_TRADES else OFFICER
        records.fact("chapter.lead", at, chapter=f"chapter-trade-{trade}", post=post)
    records.fact("training_target.set", REGISTRATION + timedelta(minutes=5), hours=HOURS)
    for one in SESSIONS:
        _session(world, records, one)
    return world.run()


def _session(world: World, records: Records, one: Session) -> None:
    announced, course = one.begins - 5 * DAY, one.key.replace("session", "course")
    records.fact("course.offer", announced, course=course, title=one.title, mode=one.mode, owner=LEAD)
    times = {"begins": one.begins.isoformat(), "ends": one.ends.isoformat()}
    records.fact(
        "session.plan", announced + DAY / 24, session=one.key, course=course, places=one.places, **times
    )
    coming = PEOPLE[one.first : one.last]
    early = [RELUCTANT, *coming] if one.places else coming
    for number, holder in enumerate(early):
        when = announced + DAY + timedelta(minutes=7 * number)
        _send(world, when, "session.sign_up", session=one.key, holder=holder)
    if one.places:
        _send(world, announced + 2 * DAY, "session.sign_off", session=one.key, holder=RELUCTANT)
    for half in one.halves:
        for number, holder in enumerate(coming):
            at = _seen(half) + timedelta(minutes=number)
            records.fact("session.attend", at, session=one.key, holder=holder, half=half)
    if MISTAKEN not in coming:
        _mistake(world, records, one)


def _mistake(world: World, records: Records, one: Session) -> None:
    about: dict[str, Any] = {"session": one.key, "holder": MISTAKEN, "half": one.halves[0]}
    records.fact("session.attend", one.ends, **about)
    _send(world, one.ends + DAY, "session.correct_presence", **about, reason="他人代签")


def _seen(half: str) -> datetime:
    """Return when the first one is seen on a half-day."""
    day, _, part = half.partition(".")
    return datetime.fromisoformat(day).replace(hour=9 if part == "am" else 14, tzinfo=LOCAL)


def _send(world: World, at: datetime, name: str, **data: Any) -> None:
    world.on(at, lambda: world.send(name, data, CITY))
