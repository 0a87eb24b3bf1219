"""Rules of formation 组建规则: the thresholds that the jurisdiction set, with the dates they begin."""

from collections.abc import Iterable
from datetime import datetime

from events.base import EventEnvelope
from events.formation import Dated, FormationRules, FormationSet, Thresholds
from projections.base import Row, View


class FormationRow(Row, frozen=True, kw_only=True):
    """Rules set once; they hold from `since` until the next ones."""

    position: int
    since: datetime
    members: int
    """Members with which an enterprise forms a chapter of its own."""
    enterprises: int
    """Enterprises of a trade in an area with which it forms one."""
    level: int
    """Depth of that area: 0 = the jurisdiction, 1 = the county, 2 = the street."""
    names: bool
    """Whether members may be named, sealed."""
    purpose: str | None
    """What for."""
    set_by: str


def keys(envelope: EventEnvelope) -> Iterable[str]:
    return (str(envelope.position),) if isinstance(envelope.data, FormationSet) else ()


def evolve(row: FormationRow | None, envelope: EventEnvelope, key: str) -> FormationRow | None:
    e = envelope.data
    if not isinstance(e, FormationSet):
        return row
    thresholds = e.rules.thresholds
    return FormationRow(
        position=envelope.position,
        since=envelope.at,
        members=thresholds.members,
        enterprises=thresholds.enterprises,
        level=thresholds.level,
        names=e.rules.names,
        purpose=e.rules.purpose,
        set_by=envelope.actor,
    )


def at(row: FormationRow, instant: datetime) -> FormationRow | None:
    """Return the row if the rules had begun by then."""
    return row if row.since <= instant else None


def dated(row: FormationRow) -> Dated:
    """Return the rules of a row with their date."""
    thresholds = Thresholds(members=row.members, enterprises=row.enterprises, level=row.level)
    return Dated(
        row.since, row.position, FormationRules(thresholds=thresholds, names=row.names, purpose=row.purpose)
    )


VIEW = View(
    name="formation_rules",
    row=FormationRow,
    keys=keys,
    evolve=evolve,
    events=(FormationSet,),
    filters=("position", "since"),
    sort="-since",
    at=at,
)
