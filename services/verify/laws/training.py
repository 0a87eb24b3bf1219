"""Places of a session are taken once, everybody is there once on a half-day, and codes are the door's."""

from collections import Counter
from collections.abc import Iterable, Iterator

from events.door_code import leads_to, shown
from events.session_facts import PLANNED, SessionFact, standing, trained
from projections.sessions import SessionRow
from projections.training import TrainingRow, key_of
from services.verify.laws.base import Law, Rows


def broken(jurisdiction: str, rows: Rows) -> Iterable[str]:
    """Yield the sessions and the records of training that do not follow from what was recorded."""
    records: dict[str, TrainingRow] = dict(rows["training"])
    times = Counter(row.session for row in records.values() for _ in range(row.person_times))
    for key, row in rows["sessions"].items():
        yield from (f"session {key} {what}" for what in _of_session(row, times[key], records))
    for key, row in records.items():
        if row.session not in rows["sessions"]:
            yield f"training {key} is of a session that is not there"


def _of_session(row: SessionRow, times: int, records: dict[str, TrainingRow]) -> Iterator[str]:
    people = (*row.signed, *row.waiting)
    if row.places is not None and row.taken > row.places:
        yield f"has {row.taken} of {row.places} places taken"
    if row.state == PLANNED and row.waits and row.room != 0:
        yield f"lets {row.waits} people wait although it has room"
    if len(set(people)) < len(people):
        yield "has somebody in its lists twice"
    yield from _of_presence(row)
    if not times == row.person_times == len(trained(row.presence)):
        yield f"counts {row.person_times} person-times, and its records {times}"
    for one in row.presence:
        record = records.get(key_of(row.session, one.who))
        if record is None or one.half not in {half.half for half in record.halves}:
            yield f"has {one.who} there on {one.half}, and no record says so"
    yield from (what for fact in row.facts if fact.via == "qr" for what in _of_scan(row, fact))


def _of_presence(row: SessionRow) -> Iterator[str]:
    then = standing(row.facts)
    if then is None or tuple(then.presence.values()) != row.presence:
        yield "is not what its facts say"
    for (who, half), many in Counter((one.who, one.half) for one in row.presence).items():
        if many > 1:
            yield f"has {who} there {many} times on {half}"
    for one in row.presence:
        if one.half not in row.halves:
            yield f"has {one.who} there on {one.half}, which is none of its half-days"


def _of_scan(row: SessionRow, fact: SessionFact) -> Iterator[str]:
    """A code must have been made by a door of the session, and scanned while it was shown."""
    door = next((one.door for one in row.facts if one.door and one.door.anchor == fact.anchor), None)
    if door is None or fact.number is None or fact.code is None:
        yield f"has a scan at position {fact.position} of no door"
        return
    since, until = shown(door.begins, fact.number)
    if not leads_to(fact.code, fact.number, door.anchor) or not since <= fact.at < until:
        yield f"has a scan at position {fact.position} whose code does not count"


LAW = Law(
    code="training",
    meaning="Places, presence or codes of a training session contradict what was recorded.",
    broken=broken,
)
