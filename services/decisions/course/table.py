"""Descriptor of courses, and the targets of training."""

from datetime import datetime
from typing import Final

import msgspec

from events.course import Mode, Target
from services.decisions.table import Table


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """A course."""

    area: str
    title: str
    mode: Mode
    owner: str | None = None
    offered_at: datetime
    withdrawn_at: datetime | None = None


COURSES: Final = Table(
    "courses", Course, kind="course", areas=lambda state, key, row: (row.area,), spans=True
)
TARGETS: Final = Table("training_targets", Target)
"""Position -> target set there."""
