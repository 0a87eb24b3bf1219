"""A training session in one area."""

from datetime import UTC, datetime

from events.door_code import after
from services.decisions.base import Command
from services.decisions.course.commands import Offer
from services.decisions.session.commands import Attend, Plan
from services.decisions.worker.commands import Register

SEED = "5" * 64
ANCHOR = after(after(SEED))
PAST = ("2020-01-06T01:00:00Z", "2020-01-06T04:00:00Z")
LATER = ("2199-01-06T01:00:00Z", "2199-01-06T04:00:00Z")


def _plan(key: str, times: tuple[str, str], **more: object) -> tuple[str, dict[str, object]]:
    return "session.plan", {"session": key, "course": "CO3", "begins": times[0], "ends": times[1], **more}


STORY = [
    ("course.offer", {"course": "CO3", "title": "First aid", "mode": "base", "area": "230717"}),
    _plan("SE1", LATER, places=1),
    ("session.sign_up", {"session": "SE1", "worker": "W1"}),
    ("session.sign_up", {"session": "SE1", "worker": "W2"}),
    ("session.sign_off", {"session": "SE1", "worker": "W1"}),
    ("session.resize", {"session": "SE1", "places": 2}),
    ("session.call_off", {"session": "SE1", "reason": "No room"}),
    _plan("SE2", PAST),
    (
        "session.open_door",
        {"session": "SE2", "half": "2020-01-06.am", "anchor": ANCHOR, "begins": PAST[0], "codes": 2},
    ),
    (
        "session.attend",
        {"session": "SE2", "worker": "W1", "half": "2020-01-06.am", "reason": "From the printed list"},
    ),
    (
        "session.correct_presence",
        {"session": "SE2", "worker": "W1", "half": "2020-01-06.am", "role": "lecturer", "reason": "Taught"},
    ),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a session that is over, and a worker who was there."""
    begins, ends = datetime(2020, 1, 6, 1, tzinfo=UTC), datetime(2020, 1, 6, 9, tzinfo=UTC)
    course, person = f"{name}-course", f"{name}-person"
    there = {"session": name, "worker": person, "half": "2020-01-06.am", "reason": "Printed list"}
    return [
        Offer(course=course, title="Course", mode="base", area=area),
        Plan(session=name, course=course, area=area, begins=begins, ends=ends),
        Register(worker=person, role="courier", home_area=area),
        Attend.model_validate(there),
    ]
