"""What the log shows of a deed, and how a nomination stood."""

from collections.abc import Iterator
from datetime import datetime

from events.alliance_history import standing as alliance_at
from events.assignment import DONE
from events.nomination import Evidence
from events.nomination_history import Deed, NominationThen, standing
from services.decisions import lookups
from services.decisions.activity.table import ACTIVITIES
from services.decisions.assignment.table import ASSIGNMENTS
from services.decisions.base import Context
from services.decisions.certificate.rules import content
from services.decisions.nomination.table import NOMINATIONS, Nomination
from services.decisions.state import State
from services.decisions.visit.table import VISITS


def stood_at(state: State, key: str, ctx: Context) -> tuple[Nomination, NominationThen]:
    """Return a nomination that was made by the command's time, and how it stood then."""
    row = lookups.known(state, NOMINATIONS, key)
    then = standing(row.now.facts, ctx.at)
    ctx.rule(then, "nomination.not_yet", nomination=key, since=row.now.made_at)
    return row, then or row.now


def evidence(state: State, worker: str, deed: Deed, number: int, now: datetime) -> Evidence:
    """Return what the log shows of a deed of somebody's, as it is known now."""
    match deed.deed:
        case "hours" if deed.since and deed.until:
            found = content(state, worker, deed.since, deed.until, now)
            shown = "shown" if found.seconds else "claim"
            return Evidence(number, shown, found.person_times, found.seconds)
        case "task" if deed.assignment:
            given = lookups.known(state, ASSIGNMENTS, deed.assignment)
            return Evidence(number, "shown" if given.worker == worker and given.state == DONE else "claim")
        case "activity" if deed.activity:
            then = alliance_at(lookups.known(state, ACTIVITIES, deed.activity).facts)
            return Evidence(number, "shown" if then and worker in then.came else "part")
        case "visit" if deed.visit:
            lookups.known(state, VISITS, deed.visit)
            return Evidence(number, "part")
        case _:
            return Evidence(number, "claim")


def evidences(state: State, row: Nomination, deeds: tuple[Deed, ...], now: datetime) -> Iterator[Evidence]:
    """Yield what the log shows of each deed, as it is known now."""
    for deed in deeds:
        yield evidence(state, row.worker, deed, deed.number, now)
