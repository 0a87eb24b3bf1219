"""Courses 课程: what is taught, online, at the base or at the school, and the hours that each should have."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Final, Literal, get_args

import msgspec

from events.base import Event, event
from events.post import PostRef
from events.refs import AreaRef, Ref

CourseRef = Annotated[str, Ref("course")]
Mode = Literal["online", "base", "school"]
"""online 线上, base: at the training base 基地, school: at the party or trade school 学校."""
MODES: Final[tuple[Mode, ...]] = get_args(Mode)


@event("course.offered")
class CourseOffered(Event, frozen=True):
    """A course was offered."""

    course: CourseRef
    area: AreaRef
    title: str
    mode: Mode
    owner: PostRef | None = None
    """Post that answers for it."""


@event("course.withdrawn")
class CourseWithdrawn(Event, frozen=True):
    """A course is no longer offered. Its sessions stay."""

    course: CourseRef
    area: AreaRef
    reason: str | None = None


@event("training_target.set")
class TrainingTargetSet(Event, frozen=True):
    """The hours that each person should be trained in a year, from the year of `at` on."""

    hours: int


class Target(msgspec.Struct, frozen=True, gc=False):
    """A target, and since when it counts."""

    at: datetime
    position: int
    hours: int


def target_at(targets: Iterable[Target], instant: datetime) -> int | None:
    """Return the hours of the target in force at an instant; None if nothing was set."""
    known = [one for one in targets if one.at <= instant]
    return max(known, key=lambda one: (one.at, one.position)).hours if known else None
