"""R5: the alliance, its visits, and difficulties."""

from datetime import datetime

from events.difficulty_history import MERGED, OPEN
from projections.difficulties import DifficultyRow
from services.reports.institutions.model import Figure, Section, both
from services.reports.institutions.past import Past, is_, picked


def _waited(past: Past, row: DifficultyRow) -> datetime | None:
    """Return since when somebody is waited for too long; of one that went up, since then."""
    if row.state not in OPEN:
        return None
    if row.due is not None and row.due <= past.when:
        return row.due
    return row.since if row.level else None


def _difficulties(key: str, names: tuple[str, str], definition: tuple[str, str], *states: str) -> Figure:
    return Figure(
        key=key,
        names=both(*names),
        definition=both(*definition),
        items=picked("difficulties", "raised_at", is_("state", *states), name="category", term="difficulty"),
        of="R5.raised",
    )


SECTION = Section(
    code="R5",
    names=both("Alliance, visits and difficulties", "联盟共建、走访与纾困"),
    reads=(
        "allies",
        "meetings",
        "activities",
        "visits",
        "difficulties",
        "reliefs",
        "commitments",
        "enterprises",
    ),
    figures=(
        Figure(
            key="allies",
            names=both("Members of the alliance", "联盟成员"),
            definition=both("Those that have joined and not left", "已加入且未退出的成员"),
            items=picked("allies", "since", is_("state", "member")),
        ),
        Figure(
            key="meetings",
            names=both("Joint meetings", "联席会议"),
            definition=both("Meetings held until the date", "截至该时点已召开的联席会议"),
            items=picked("meetings", "held_at", name="title"),
        ),
        Figure(
            key="activities",
            names=both("Activities", "活动"),
            definition=both(
                "Not called off, begun by the date, and somebody was there",
                "未取消、截至该时点已开始且有人到场的活动",
            ),
            items=picked(
                "activities",
                "begins",
                lambda past, row: row.state == "announced" and row.attended > 0 and row.begins <= past.when,
                name="title",
            ),
        ),
        Figure(
            key="visits",
            names=both("Visits", "走访"),
            definition=both("Visits made until the date", "截至该时点已开展的走访"),
            items=picked(
                "visits",
                "visited_at",
                name=lambda past, row: past.name("enterprises", row.enterprise) or row.group or "",
            ),
        ),
        Figure(
            key="raised",
            names=both("Difficulties raised", "收到困难诉求"),
            definition=both(
                "Raised until the date; those merged into another one count there",
                "截至该时点提出的困难诉求，并入其他诉求的不重复计",
            ),
            items=picked(
                "difficulties",
                "raised_at",
                lambda past, row: row.state != MERGED,
                name="category",
                term="difficulty",
            ),
        ),
        _difficulties(
            "solved",
            ("Difficulties solved", "已解决"),
            (
                "Solved by the word of the asker, or nobody objected in time",
                "经提出人确认解决，或在期限内无异议的困难诉求",
            ),
            "solved",
        ),
        _difficulties(
            "open",
            ("Difficulties open", "办理中"),
            (
                "With a post, offered to another one, or answered and not confirmed",
                "办理中、转交中，或已答复待确认的困难诉求",
            ),
            *OPEN,
        ),
        _difficulties(
            "ended",
            ("Difficulties ended otherwise", "其他办结"),
            (
                "Not taken up, withdrawn, or closed without being solved",
                "未受理、已撤回，或未解决而结案的困难诉求",
            ),
            "declined",
            "withdrawn",
            "closed",
        ),
        Figure(
            key="difficulties_overdue",
            names=both("Difficulties overdue", "困难诉求逾期"),
            definition=both(
                "Open, and the time to act, take over or confirm is over, or it went up for that reason",
                "未办结，且办理、接收或确认期限已过，或因此已上报的困难诉求",
            ),
            items=picked(
                "difficulties",
                "since",
                lambda past, row: _waited(past, row) is not None,
                name="category",
                term="difficulty",
                due=_waited,
            ),
            late=True,
        ),
        Figure(
            key="reliefs",
            names=both("Measures of relief", "纾困举措"),
            definition=both("Measures adopted until the date", "截至该时点出台的纾困举措"),
            items=picked("reliefs", "adopted_at", name="title"),
        ),
        Figure(
            key="commitments",
            names=both("Decisions and services agreed", "议定事项与服务清单"),
            definition=both(
                "Decisions of meetings and entries of the service list until the date, without dropped ones",
                "截至该时点的会议议定事项和服务清单条目，不含已取消的",
            ),
            items=picked("commitments", "made_at", is_("state", "open", "done"), name="title"),
        ),
        Figure(
            key="done",
            names=both("Of these done", "其中已完成"),
            definition=both("Those that their post said are done", "承办岗位已办结的条目"),
            items=picked("commitments", "ended_at", is_("state", "done"), name="title"),
            of="R5.commitments",
        ),
        Figure(
            key="commitments_overdue",
            names=both("Decisions and services overdue", "议定事项与服务逾期"),
            definition=both("Open after their deadline", "超过期限仍未完成的条目"),
            items=picked(
                "commitments",
                "made_at",
                lambda past, row: row.state == "open" and row.due is not None and row.due <= past.when,
                name="title",
                due=lambda past, row: row.due,
            ),
            late=True,
        ),
    ),
)
