"""How many undertakings there are in each state: raised = done + open + withdrawn, at any date."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from events.undertaking_history import UndertakingFact, UndertakingThen, standing


class UndertakingCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Undertakings at an instant; subtasks count as well."""

    raised: int = 0
    open: int = 0
    done: int = 0
    withdrawn: int = 0
    overdue: int = 0
    """Open, and a deadline of its own or of a step is over."""
    late: int = 0
    """Done after the deadline."""


def counts(
    histories: Iterable[Sequence[UndertakingFact]], instant: datetime, known: int | None = None
) -> UndertakingCounts:
    """Count at an instant. `known`: by what stood in the log before this position."""
    some = (standing(facts, instant, known) for facts in histories)
    return counted([then for then in some if then], instant)


def counted(some: Sequence[UndertakingThen], instant: datetime) -> UndertakingCounts:
    """Count undertakings as they stood at an instant."""
    states = [then.state for then in some]
    return UndertakingCounts(
        raised=len(some),
        open=states.count("open"),
        done=states.count("done"),
        withdrawn=states.count("withdrawn"),
        overdue=sum(then.overdue(instant) for then in some),
        late=sum(then.late for then in some),
    )
