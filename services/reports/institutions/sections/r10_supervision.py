"""R10: the ledger of supervision, monthly reviews and inspections; the working group's tasks of R1."""

from datetime import datetime

from projections.undertakings import UndertakingRow
from services.reports.institutions.model import Figure, Section, both
from services.reports.institutions.past import Past, is_, picked


def _state(key: str, names: tuple[str, str], definition: tuple[str, str], since: str) -> Figure:
    return Figure(
        key=key,
        names=both(*names),
        definition=both(*definition),
        items=picked("undertakings", since, is_("state", key), name="title", owner="leader"),
        of="R10.raised",
    )


def _category(key: str, en: str, zh: str) -> Figure:
    return Figure(
        key=f"{key}s",
        names=both(en, zh),
        definition=both(f"Of the tasks, those of the kind “{key}”", f"其中类别为“{zh}”的任务"),
        items=picked("undertakings", "raised_at", is_("category", key), name="title", owner="leader"),
        of="R10.raised",
    )


def _due(past: Past, row: UndertakingRow) -> datetime | None:
    return row.next_due


def _late(past: Past, row: UndertakingRow) -> bool:
    return row.state == "open" and row.next_due is not None and row.next_due <= past.when


SECTION = Section(
    code="R10",
    names=both("Supervision", "督查与攻坚台账"),
    reads=("undertakings", "monthly_reviews", "inspections"),
    figures=(
        Figure(
            key="raised",
            names=both("Tasks on the ledger", "攻坚任务"),
            definition=both(
                "All tasks set up until the date: done, open and withdrawn",
                "截至该时点列入台账的全部任务，即已完成、进行中与已撤销之和",
            ),
            items=picked("undertakings", "raised_at", name="title", owner="leader"),
        ),
        _state(
            "done",
            ("Tasks done", "已完成"),
            ("Of these, those that are done", "其中已完成的任务"),
            "since",
        ),
        _state(
            "open",
            ("Tasks open", "进行中"),
            ("Of these, those that are neither done nor withdrawn", "其中尚未完成且未撤销的任务"),
            "since",
        ),
        _state(
            "withdrawn",
            ("Tasks withdrawn", "已撤销"),
            ("Of these, those that were withdrawn with a reason", "其中已说明理由撤销的任务"),
            "since",
        ),
        Figure(
            key="late",
            names=both("Done late", "逾期完成"),
            definition=both("Of those done, those done after their deadline", "已完成任务中超过期限才完成的"),
            items=picked(
                "undertakings",
                "since",
                lambda past, row: row.state == "done" and row.late,
                name="title",
                owner="leader",
            ),
            of="R10.done",
        ),
        _category("field", "Fields of work", "工作领域"),
        _category("measure", "Measures", "工作举措"),
        _category("campaign", "Campaigns", "攻坚行动"),
        _category("plan", "Parts of the plan", "规划任务"),
        Figure(
            key="reviews",
            names=both("Monthly reviews", "月调度"),
            definition=both("Reviews held until the date", "截至该时点已开展的月调度"),
            items=picked("monthly_reviews", "held_at", name="month"),
        ),
        Figure(
            key="inspections",
            names=both("Inspections", "督查"),
            definition=both(
                "Reported until the date, written or on site", "截至该时点已报告的书面督查和实地督查"
            ),
            items=picked("inspections", "ended_at", is_("state", "reported"), name="place"),
        ),
        Figure(
            key="overdue",
            names=both("Tasks overdue", "逾期任务"),
            definition=both(
                "Open, and a deadline of the task or of one of its steps is over",
                "进行中，且任务或其某个节点已超过期限",
            ),
            items=picked("undertakings", "next_due", _late, name="title", due=_due, owner="leader"),
            late=True,
        ),
    ),
)
