"""R7: reporting to the home community, and service there."""

from collections import defaultdict
from collections.abc import Iterator

from events.serving import ASKS, COUNTED
from projections.homes import REPORTED
from projections.serving import READ
from services.reports.institutions.item import Item
from services.reports.institutions.model import Figure, Section, both
from services.reports.institutions.past import Past, is_, picked


def _services(*states: str, hours: bool = False):
    def found(past: Past) -> Iterator[Item]:
        for key, row in past.book.rows.items():
            if row.state in states:
                amount = row.seconds / 3600 if hours else 1
                yield Item(
                    view="service",
                    key=key,
                    name=row.worker,
                    person=f"worker/{row.worker}",
                    area=row.area,
                    at=row.since,
                    amount=amount,
                )

    return found


def _people(past: Past) -> Iterator[Item]:
    areas: dict[str, list[str]] = defaultdict(list)
    begun = {}
    for row in sorted(past.book.rows.values(), key=lambda one: one.since):
        if row.state == COUNTED:
            areas[row.worker].append(row.area)
            begun.setdefault(row.worker, row.since)
    for worker, since in begun.items():
        where = tuple(dict.fromkeys(areas[worker]))
        person = f"worker/{worker}"
        yield Item(view="reporting", key=worker, name=worker, person=person, areas=where, at=since)


SECTION = Section(
    code="R7",
    names=both("Service at home", "报到服务"),
    reads=READ,
    figures=(
        Figure(
            key="reported",
            names=both("People who reported", "报到人数"),
            definition=both(
                "People who have a home community to which they reported, at the date",
                "截至该时点已向社区报到且未离开的人员",
            ),
            items=picked("homes", "since", is_("state", REPORTED), name="worker", worker="worker"),
        ),
        Figure(
            key="person_times",
            names=both("Person-times of service", "服务人次"),
            definition=both(
                "Services that count, begun until the date: one duty, activity or task of one person",
                "截至该时点已开始并计入的服务：一人参加一次值守、活动或任务计一人次",
            ),
            items=_services(COUNTED),
        ),
        Figure(
            key="people",
            names=both("Different people who served", "服务人数"),
            definition=both("People with at least one person-time", "至少有一人次服务的人员，每人只计一次"),
            items=_people,
        ),
        Figure(
            key="hours",
            names=both("Hours of service", "服务时长"),
            definition=both(
                "Hours that count, each instant of a person once", "计入的服务小时数，同一人同一时刻只计一次"
            ),
            items=_services(COUNTED, hours=True),
            unit="hours",
        ),
        Figure(
            key="asking",
            names=both("To be confirmed", "待确认"),
            definition=both(
                "Implausibly long or short, and not counted until somebody confirms",
                "时长过长或过短，确认前不计入的服务",
            ),
            items=_services(*ASKS),
        ),
    ),
)
