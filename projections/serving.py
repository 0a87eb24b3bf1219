"""Service at home 报到服务, computed as of any instant: person-times 人次, hours, and who could be asked.

Only what somebody did who had reported to a home community when it began is service. One person's intervals
never overlap (`events.serving`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from events.alliance_history import ENDED
from events.area import inside, parents
from events.assignment import DONE
from events.base import EventEnvelope, Personal
from events.duty import Fact, order
from events.service import ACTIVITY, DUTY
from events.serving import (
    ASKS,
    COUNTED,
    Confirmed,
    Part,
    Served,
    Stretch,
    attended,
    duties,
    name_of,
    served,
    task,
)
from projections import services
from projections.base import Own, Row, View
from projections.homes import REPORTED, home_at
from projections.homes import at as home_row_at
from projections.hours import Cut, Span, cuts
from projections.presence import key_in
from projections.service_limits import dated_limits

READ: Final = (
    "presence",
    "assignments",
    "services",
    "activities",
    "homes",
    "service_confirmations",
    "service_limits",
    "roster",
)
"""Views that it follows from."""
OF_NOBODY: Final = ("service_limits", "activities")
"""Those of them whose rows are no one person's."""
Ask = Literal["free", "served_today", "planned", "on_duty"]
"""Whether somebody could be asked. free: nothing is in the way. served_today: free, but served already that
day. planned: a plan begins within a day. on_duty: at it already."""


class ServiceRow(Row, frozen=True, kw_only=True):
    """What one source shows of a person's service, and what of it counts."""

    worker: str
    source: str
    """duty, activity or task."""
    shown_by: str
    """Position of the check-in, service or assignment."""
    area: str
    """Where they served."""
    home: str
    """The home community that they had reported to."""
    at_home: bool
    """Whether they served there."""
    since: datetime
    until: datetime
    """Of what lasts: the instant that is asked about."""
    ongoing: bool
    state: str
    """counted, overlaps, long or short (the last two ask for confirmation)."""
    seconds: float
    """What counts of it."""
    hours: float
    """The same, rounded to two decimals."""
    overlap_seconds: float
    """What of it counts elsewhere."""
    elsewhere: tuple[str, ...] = ()
    """What counts the rest, such as `duty/12`."""
    parts: tuple[Part, ...] = ()
    """The intervals that count."""


class ServiceSumRow(Row, frozen=True, kw_only=True):
    """Service in one area and period. A person-time counts in the period in which it begins."""

    area: str
    period: str
    """2022-W13, 2022-03 or 2022-Q1; empty for the whole span."""
    begins: str
    """First day of the period within the asked span, YYYY-MM-DD."""
    ends: str
    people: int
    """Different people who served."""
    person_times: int
    seconds: float
    hours: float
    asking: int
    """Services that ask for confirmation and do not count until then."""
    planned: int
    """Plans that begin in the period, and were not cancelled or recorded."""
    planned_hours: float


class ReportingRow(Row, frozen=True, kw_only=True):
    """Somebody who reported home, what they served in the span, and whether they could be asked."""

    worker: str
    name: Personal | None = None
    role: str | None = None
    organisation: str | None = None
    area: str
    """The home community, or the last one."""
    state: str
    """reported or left."""
    since: datetime
    left_at: datetime | None = None
    person_times: int
    seconds: float
    hours: float
    last_served: datetime | None = None
    next_planned: datetime | None = None
    ask: str | None = None
    """free, served_today, planned or on_duty; null = has left."""
    home_area: str | None = None
    """On the roster."""
    registered_by: str | None = None


class Book(msgspec.Struct, frozen=True):
    """All that is known of service at an instant."""

    when: datetime
    rows: dict[str, ServiceRow]
    plans: tuple[services.ServicesRow, ...]
    people: Mapping[str, Any]
    """Home rows as they were."""
    roster: Mapping[str, Any]


def book(live: Mapping[str, Mapping[str, Any]], when: datetime) -> Book:
    """Return the service of all workers in these rows of the views in READ, as of an instant."""
    limits = [dated_limits(row) for row in live["service_limits"].values()]
    homes = live["homes"]
    known = _by_worker(live["service_confirmations"].values())
    shown = _shown(live, when)
    rows: dict[str, ServiceRow] = {}
    for worker in sorted(homes):
        changes = homes[worker].changes
        mine = [one for one in shown.get(worker, ()) if home_at(changes, one.since)]
        for one in served(mine, limits, _confirmed(known.get(worker, ()))):
            home = home_at(changes, one.stretch.since) or ""
            rows[key_in(worker, name_of(one.stretch).replace("/", "."))] = _row(one, home)
    then = (services.at(row, when) for row in live["services"].values())
    people = {key: row for key, one in homes.items() if (row := home_row_at(one, when))}
    return Book(when, rows, tuple(row for row in then if row), people, live["roster"])


def _by_worker(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.worker, []).append(row)
    return found


def _confirmed(rows: Iterable[Any]) -> Confirmed:
    return frozenset((row.source, row.shown_by, row.since, row.until) for row in rows)


def _shown(live: Mapping[str, Mapping[str, Any]], when: datetime) -> dict[str, list[Stretch]]:
    """Return what shows that people served up to an instant, at home or not."""
    found: dict[str, list[Stretch]] = {}
    facts = (row for row in live["presence"].values() if not row.void and row.at <= when)
    for worker, own in _by_worker(facts).items():
        told = (Fact(row.at, row.position, row.kind, row.area) for row in sorted(own, key=order))
        found[worker] = list(duties(worker, told, when))
    for key, row in live["services"].items():
        if row.state == services.RECORDED and row.since < when:
            until, lasts = min(row.until, when), row.until > when
            one = Stretch(row.worker, ACTIVITY, key, row.area, row.since, until, lasts)
            found.setdefault(row.worker, []).append(one)
    for key, row in live["activities"].items():
        for worker in row.came if row.serves and row.state not in ENDED else ():
            one = attended(worker, key, row.area, row.begins, row.ends, when)
            if one:
                found.setdefault(worker, []).append(one)
    for key, row in live["assignments"].items():
        if row.worker and row.state == DONE and row.ended_at and row.ended_at <= when:
            one = task(row.worker, key, row.area, (stage.at for stage in row.stages), row.ended_at)
            if one:
                found.setdefault(row.worker, []).append(one)
    return found


def _row(one: Served, home: str) -> ServiceRow:
    shown, seconds = one.stretch, one.counted.total_seconds()
    return ServiceRow(
        worker=shown.worker,
        source=shown.source,
        shown_by=shown.shown_by,
        area=shown.area,
        home=home,
        at_home=inside(shown.area, home),
        since=shown.since,
        until=shown.until,
        ongoing=shown.ongoing,
        state=one.state,
        seconds=seconds,
        hours=round(seconds / 3600, 2),
        overlap_seconds=one.overlap.total_seconds(),
        elsewhere=one.elsewhere,
        parts=one.parts,
    )


class Asked(msgspec.Struct, frozen=True):
    """What sums are asked for: a span of local days, its periods, and the depth of areas."""

    zone: ZoneInfo
    first: date | None = None
    """None = from the first service on."""
    last: date | None = None
    """None = until the instant."""
    by: Literal["day", "week", "month", "quarter", "total"] = "total"
    level: int = 3
    """Depth of the area: 0 = the jurisdiction, 1 = county, 2 = street, 3 = community, 4 = grid."""
    root: str = ""
    """The jurisdiction."""


def periods(found: Book, asked: Asked) -> list[Cut]:
    """Return the periods of the span."""
    last = asked.last or found.when.astimezone(asked.zone).date()
    begun = (row.since for row in found.rows.values())
    earliest = min(begun, default=found.when).astimezone(asked.zone).date()
    first = asked.first or min(earliest, last)
    return list(cuts(Span(first, max(first, last), asked.by), asked.zone))


def cut_to(area: str, root: str, level: int) -> str:
    """Return the area at a depth that holds this one; the area itself if it lies above."""
    chain = [area, *parents(area)]
    return chain[max(0, chain.index(root) - level)] if root in chain else area


class _Sum:
    """Sums of one area and period."""

    def __init__(self) -> None:
        self.people: set[str] = set()
        self.times = self.asking = self.planned = 0
        self.seconds = self.planned_seconds = 0.0


def sums(found: Book, asked: Asked) -> dict[str, ServiceSumRow]:
    """Return the sums by area and period. Areas and periods without anything have none."""
    spans = periods(found, asked)
    sums: dict[tuple[str, Cut], _Sum] = {}

    def of(area: str, cut: Cut) -> _Sum:
        return sums.setdefault((cut_to(area, asked.root, asked.level), cut), _Sum())

    for row in found.rows.values():
        for cut, seconds in _lengths(row.parts, spans):
            one = of(row.area, cut)
            one.people.add(row.worker)
            one.seconds += seconds
        begin = row.parts[0].since if row.parts else row.since
        for cut in _holding(begin, spans):
            of(row.area, cut).times += row.state == COUNTED
            of(row.area, cut).asking += row.state in ASKS
    for plan in found.plans:
        for cut in _holding(plan.since, spans) if plan.state == services.PLANNED else ():
            one = of(plan.area, cut)
            one.planned += 1
            one.planned_seconds += (plan.until - plan.since).total_seconds()
    ordered = sorted(sums.items(), key=lambda item: (item[0][1][1], item[0][0]))
    return {f"{cut[1].isoformat()}.{area}": _sum_row(area, cut, one) for (area, cut), one in ordered}


def _lengths(parts: Iterable[Part], spans: Sequence[Cut]) -> Iterator[tuple[Cut, float]]:
    """Yield the seconds of some parts in each period that they reach into."""
    for cut in spans:
        lengths = (min(part.until, cut[4]) - max(part.since, cut[3]) for part in parts)
        seconds = sum(one.total_seconds() for one in lengths if one > timedelta())
        if seconds:
            yield cut, seconds


def _holding(instant: datetime, spans: Sequence[Cut]) -> Iterator[Cut]:
    return (cut for cut in spans if cut[3] <= instant < cut[4])


def _sum_row(area: str, cut: Cut, one: _Sum) -> ServiceSumRow:
    return ServiceSumRow(
        area=area,
        period=cut[0],
        begins=cut[1].isoformat(),
        ends=cut[2].isoformat(),
        people=len(one.people),
        person_times=one.times,
        seconds=one.seconds,
        hours=round(one.seconds / 3600, 2),
        asking=one.asking,
        planned=one.planned,
        planned_hours=round(one.planned_seconds / 3600, 2),
    )


def reporting(found: Book, asked: Asked) -> dict[str, ReportingRow]:
    """Return everybody who reported by then, with their service in the span."""
    spans = periods(found, msgspec.structs.replace(asked, by="total"))
    rows = _by_worker(found.rows.values())
    plans = _by_worker(one for one in found.plans if one.state == services.PLANNED)
    return {
        worker: _person(found, home, rows.get(worker, []), plans.get(worker, []), asked.zone, spans)
        for worker, home in sorted(found.people.items())
    }


def _person(
    found: Book,
    home: Any,
    rows: Sequence[ServiceRow],
    plans: Sequence[services.ServicesRow],
    zone: ZoneInfo,
    spans: Sequence[Cut],
) -> ReportingRow:
    counted = [row for row in rows if row.parts]
    seconds = sum(length for row in counted for _, length in _lengths(row.parts, spans))
    known = found.roster.get(home.worker)
    coming = min((one.since for one in plans if one.until > found.when), default=None)
    return ReportingRow(
        worker=home.worker,
        name=known.name if known else None,
        role=known.role if known else None,
        organisation=known.organisation if known else None,
        area=home.area,
        state=home.state,
        since=home.since,
        left_at=home.left_at,
        person_times=sum(1 for row in counted for _ in _holding(row.parts[0].since, spans)),
        seconds=seconds,
        hours=round(seconds / 3600, 2),
        last_served=max((row.parts[-1].until for row in counted), default=None),
        next_planned=coming,
        ask=_ask(found.when, rows, coming, zone) if home.state == REPORTED else None,
        home_area=known.home_area if known else None,
        registered_by=known.registered_by if known else None,
    )


def _ask(when: datetime, rows: Sequence[ServiceRow], coming: datetime | None, zone: ZoneInfo) -> Ask:
    if any(row.ongoing and row.source == DUTY for row in rows):
        return "on_duty"
    if coming and coming - when < timedelta(days=1):
        return "planned"
    today = when.astimezone(zone).date()
    ends = (row.parts[-1].until for row in rows if row.parts)
    return "served_today" if any(end.astimezone(zone).date() == today for end in ends) else "free"


def _no_keys(envelope: EventEnvelope) -> Iterable[str]:
    return ()


def _unchanged(row: Any, envelope: EventEnvelope, key: str) -> Any:
    return row


SERVICE: Final = View(
    name="service",
    row=ServiceRow,
    keys=_no_keys,
    evolve=_unchanged,
    filters=("worker", "source", "area", "home", "at_home", "state", "since", "until", "seconds", "ongoing"),
    own=Own("worker"),
)
SERVICE_SUMS: Final = View(
    name="service_sums",
    row=ServiceSumRow,
    keys=_no_keys,
    evolve=_unchanged,
    filters=("area", "period", "person_times", "seconds", "people"),
)
REPORTING: Final = View(
    name="reporting",
    row=ReportingRow,
    keys=_no_keys,
    evolve=_unchanged,
    filters=(
        "worker",
        "area",
        "state",
        "since",
        "person_times",
        "seconds",
        "ask",
        "role",
        "organisation",
    ),
    own=Own("worker"),
)
