"""Apply events to courses and targets."""

import msgspec

from events.base import EventEnvelope
from events.course import CourseOffered, CourseWithdrawn, Target, TrainingTargetSet
from services.decisions.base import evolves
from services.decisions.course.table import COURSES, TARGETS, Course
from services.decisions.state import State


@evolves(CourseOffered)
def _offered(state: State, e: CourseOffered, envelope: EventEnvelope) -> None:
    row = Course(area=e.area, title=e.title, mode=e.mode, owner=e.owner, offered_at=envelope.at)
    state.put(state[COURSES], e.course, row)


@evolves(CourseWithdrawn)
def _withdrawn(state: State, e: CourseWithdrawn, envelope: EventEnvelope) -> None:
    known = state[COURSES][e.course]
    state.put(state[COURSES], e.course, msgspec.structs.replace(known, withdrawn_at=envelope.at))


@evolves(TrainingTargetSet)
def _target(state: State, e: TrainingTargetSet, envelope: EventEnvelope) -> None:
    target = Target(envelope.at, envelope.position, e.hours)
    state.put(state[TARGETS], str(envelope.position), target)
