"""R4: leaders of chapters, and training."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime

from projections.duty_items import LISTED, DutyItemRow
from projections.leaders import LED, LeaderRow
from projections.sessions import SessionRow
from projections.training import TrainingRow
from services.reports.institutions.item import Item
from services.reports.institutions.model import Figure, Section, both
from services.reports.institutions.past import Past, is_, picked


def _chapters(where: Callable[[LeaderRow], bool]) -> Callable[[Past], Iterator[Item]]:
    def found(past: Past) -> Iterator[Item]:
        for one in past.leaders:
            if where(one):
                yield Item(
                    view="chapters",
                    key=one.chapter,
                    name=one.name,
                    area=one.area,
                    at=one.gap_since or one.since,
                    owner=one.post,
                )

    return found


def _not_shown(past: Past, row: DutyItemRow) -> bool:
    return row.state == LISTED and not row.shown and row.due is not None and row.due <= past.when


def _duty(past: Past, row: DutyItemRow) -> datetime | None:
    return row.due


def _held(past: Past, row: SessionRow) -> bool:
    return row.state == "planned" and row.begins <= past.when and row.person_times > 0


def _trained(row: TrainingRow, key: str, amount: float = 1) -> Item:
    return Item(
        view="training",
        key=key,
        name=_id(row.person),
        person=row.person,
        area=row.area,
        at=row.halves[0].at,
        amount=amount,
    )


def _id(person: str) -> str:
    return person.partition("/")[2]


def _times(past: Past) -> Iterator[Item]:
    for key, row in past.rows("training").items():
        if row.person_times:
            yield _trained(row, key)


def _hours(past: Past) -> Iterator[Item]:
    for key, row in past.rows("training").items():
        if row.hours:
            yield _trained(row, key, row.hours)


def _people(past: Past) -> Iterator[Item]:
    areas: dict[str, list[str]] = defaultdict(list)
    since: dict[str, datetime] = {}
    for one in sorted(_times(past), key=lambda item: (item.at, item.key)):
        areas[one.person or ""].append(one.area or "")
        since.setdefault(one.person or "", one.at or past.when)
    for person, where in areas.items():
        yield Item(
            view="training",
            key=person,
            name=_id(person),
            person=person,
            areas=tuple(where),
            at=since[person],
        )


SECTION = Section(
    code="R4",
    names=both("Leaders and training", "领头雁与培训"),
    reads=("chapters", "leads", "posts", "duty_items", "courses", "roster", "sessions", "training"),
    figures=(
        Figure(
            key="led",
            names=both("Chapters with a leader", "有领头雁的组织"),
            definition=both(
                "Living chapters whose leading post somebody holds at the date",
                "截至该时点领头雁岗位有人任职的存续组织",
            ),
            items=_chapters(lambda one: one.state == LED),
            of="R3.chapters",
        ),
        Figure(
            key="gaps",
            names=both("Chapters without a leader", "缺领头雁的组织"),
            definition=both(
                "Living chapters that no post leads, or whose leading post is vacant; since when",
                "未设领头雁岗位或岗位空缺的存续组织，附空缺起始时间",
            ),
            items=_chapters(lambda one: one.state != LED),
            of="R3.chapters",
        ),
        Figure(
            key="duties",
            names=both("Duties on the lists of posts", "职责清单事项"),
            definition=both(
                "Put on a list, and not struck off at the date", "已列入清单且截至该时点未撤销的事项"
            ),
            items=picked("duty_items", "listed_at", is_("state", LISTED), name="title", owner="post"),
        ),
        Figure(
            key="duties_shown",
            names=both("Duties with evidence", "有佐证的事项"),
            definition=both(
                "Of these, those with a file that shows that they were done", "其中已有佐证文件的事项"
            ),
            items=picked(
                "duty_items",
                "shown_at",
                lambda past, row: row.state == LISTED and row.shown > 0,
                name="title",
                owner="post",
            ),
            of="R4.duties",
        ),
        Figure(
            key="duties_overdue",
            names=both("Duties overdue", "逾期职责事项"),
            definition=both(
                "Of these, those whose deadline is over and that nothing shows to be done",
                "其中期限已过且没有佐证的事项",
            ),
            items=picked("duty_items", "due", _not_shown, name="title", due=_duty, owner="post"),
            of="R4.duties",
            late=True,
        ),
        Figure(
            key="courses",
            names=both("Courses", "课程"),
            definition=both("Offered, and not withdrawn at the date", "已开设且截至该时点未撤销的课程"),
            items=picked("courses", "offered_at", is_("state", "offered"), name="title"),
        ),
        Figure(
            key="sessions",
            names=both("Training sessions held", "已举办班次"),
            definition=both(
                "Begun by the date, not called off, and somebody took part",
                "截至该时点已开班、未取消且有人参加的班次",
            ),
            items=picked("sessions", "begins", _held, name="title"),
        ),
        Figure(
            key="person_times",
            names=both("Person-times of training", "培训人次"),
            definition=both(
                "One person in one session, however many half-days; who only taught does not count",
                "一人参加一个班次计一人次，不论参加几个半天；仅授课的不计",
            ),
            items=_times,
        ),
        Figure(
            key="people",
            names=both("Different people trained", "培训人数"),
            definition=both("People with at least one person-time", "至少有一人次的人员，每人只计一次"),
            items=_people,
        ),
        Figure(
            key="hours",
            names=both("Hours of training", "培训学时"),
            definition=both("Hours of their half-days, as participants", "学员参加各半天的学时之和"),
            items=_hours,
            unit="hours",
        ),
    ),
)
