"""R8: incidents such as a lockdown, and who stood in the line."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from projections.incidents import IncidentRow
from services.reports.institutions.item import Item
from services.reports.institutions.model import Figure, Section, both
from services.reports.institutions.past import Past, picked

PROPERTY_STAFF = "property_staff"


def _end(past: Past, row: IncidentRow) -> datetime:
    return min(row.ends_at or past.when, past.when)


def _days(past: Past) -> Iterator[Item]:
    """Count local days; an end at midnight belongs to the day before."""
    for key, row in past.rows("incidents").items():
        first = row.starts_at.astimezone(past.zone).date()
        last = (_end(past, row) - timedelta(microseconds=1)).astimezone(past.zone).date()
        yield Item(
            view="incidents",
            key=key,
            name=row.name,
            areas=row.areas,
            at=row.starts_at,
            amount=max(0, (last - first).days) + 1,
        )


def _on_duty(past: Past, role: str | None = None) -> Iterator[Item]:
    """Yield everybody who was on duty during an incident, with the areas of these duties."""
    spans = [(row.starts_at, _end(past, row)) for row in past.rows("incidents").values()]
    areas: dict[str, list[str]] = defaultdict(list)
    since: dict[str, datetime] = {}
    for duty in past.duties:
        if any(duty.since < end and (duty.until is None or duty.until > begin) for begin, end in spans):
            areas[duty.worker].append(duty.area)
            since[duty.worker] = min(duty.since, since.get(duty.worker, duty.since))
    roster = past.now("roster")
    for worker, where in areas.items():
        if role is None or (worker in roster and roster[worker].role == role):
            yield Item(
                view="roster",
                key=worker,
                name=worker,
                person=f"worker/{worker}",
                areas=tuple(dict.fromkeys(where)),
                at=since[worker],
            )


def _firms(past: Past) -> Iterator[Item]:
    roster = past.now("roster")
    areas: dict[str, list[str]] = defaultdict(list)
    since: dict[str, datetime | None] = {}
    for item in sorted(_on_duty(past, PROPERTY_STAFF), key=lambda one: (one.at, one.key)):
        if firm := roster[item.key].organisation:
            areas[firm] += item.areas
            since.setdefault(firm, item.at)
    for firm, where in areas.items():
        yield Item(view="roster", key=firm, name=firm, areas=tuple(dict.fromkeys(where)), at=since[firm])


SECTION = Section(
    code="R8",
    names=both("Incidents and the lockdown", "应急动员与封控"),
    reads=("incidents", "teams", "presence", "roster", "requests"),
    figures=(
        Figure(
            key="incidents",
            names=both("Incidents", "事件"),
            definition=both("Incidents that began until the date", "截至该时点已开始的事件"),
            items=picked("incidents", "starts_at"),
        ),
        Figure(
            key="days",
            names=both("Days of incidents", "事件天数"),
            definition=both(
                "Local calendar days from the start to the end, or to the date",
                "从开始到结束（未结束的到该时点）的当地日历天数",
            ),
            items=_days,
            unit="days",
        ),
        Figure(
            key="on_duty",
            names=both("People on duty in incidents", "事件期间上岗人数"),
            definition=both(
                "Different people with a duty that overlaps an incident",
                "事件期间有上岗记录的人员，每人只计一次",
            ),
            items=_on_duty,
        ),
        Figure(
            key="property_staff",
            names=both("Of these property staff", "其中物业人员"),
            definition=both("Those of them whose role is property staff", "其中角色为物业人员的人员"),
            items=lambda past: _on_duty(past, PROPERTY_STAFF),
            of="R8.on_duty",
        ),
        Figure(
            key="firms",
            names=both("Property firms", "物业企业"),
            definition=both(
                "Different organisations of these property staff", "上述物业人员所属的单位，每家只计一次"
            ),
            items=_firms,
        ),
        Figure(
            key="teams",
            names=both("Teams", "队伍"),
            definition=both("Teams formed until the date", "截至该时点已组建的队伍"),
            items=picked("teams", "formed_at"),
        ),
        Figure(
            key="requests",
            names=both("Requests received", "收到求助"),
            definition=both("Requests received until the date", "截至该时点收到的求助"),
            items=picked("requests", "opened_at", name="category", term="category"),
        ),
    ),
)
