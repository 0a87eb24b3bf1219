"""Course commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from events.course import Mode
from events.refs import Ref
from services.decisions.base import Command, command
from services.decisions.fields import NEW, WHOLE, AreaCode, Id, Label
from services.decisions.visit.commands import PostConcerned

CourseId = Annotated[Id, Ref("course")]


@command("course.offer", fact=True)
class Offer(Command):
    """Offer a course: online, at the base, or at the school."""

    course: Annotated[CourseId, NEW] | None = None
    title: Label
    mode: Mode
    owner: PostConcerned | None = None
    area: AreaCode | None = None


@command("course.withdraw", fact=True)
class Withdraw(Command):
    """Withdraw a course. Sessions that were planned stay."""

    course: CourseId
    reason: Label | None = None


@command("training_target.set", fact=True, by="admin")
class SetTarget(Command):
    """Set the hours that each person should be trained in a year, from the year of `at` on."""

    hours: Annotated[int, Field(ge=1, le=2_000), WHOLE]
