"""R3: chapters by three routes, and coverage."""

from collections.abc import Iterator

from events.leading import lead_at
from projections.chapters import ChapterRow
from services.reports.institutions.item import Item
from services.reports.institutions.model import Figure, Section, both
from services.reports.institutions.past import Past, picked

ALIVE = "alive"


def _alive(route: str | None = None):
    def holds(past: Past, row: ChapterRow) -> bool:
        return row.state == ALIVE and route in (None, row.route)

    return picked("chapters", "formed_at", holds)


def _route(route: str, en: str, zh: str, what: tuple[str, str]) -> Figure:
    return Figure(
        key=route,
        names=both(en, zh),
        definition=both(
            f"Chapters that live at the date and were formed {what[0]}", f"截至该时点存续、{what[1]}的组织"
        ),
        items=_alive(route),
        of="R3.chapters",
    )


def _covered(yes: bool):
    def found(past: Past) -> Iterator[Item]:
        living = [row for row in past.rows("chapters").values() if row.state == ALIVE]
        named = {key for row in living for key in row.enterprises}
        every = picked("enterprises", "place_since", lambda past, row: row.in_ledger)
        return (item for item in every(past) if (item.key in named) is yes)

    return found


def _leader(past: Past, row: ChapterRow) -> str | None:
    lead = past.now("leads").get(row.chapter)
    then = lead_at(lead.history, past.when) if lead else None
    return then.post if then else None


def _run_out(past: Past, row: ChapterRow) -> bool:
    return row.state == ALIVE and row.ends is not None and row.ends <= past.when


SECTION = Section(
    code="R3",
    names=both("Chapters and coverage", "组织组建与覆盖"),
    reads=("chapters", "enterprises", "leads"),
    figures=(
        Figure(
            key="chapters",
            names=both("Chapters", "组织"),
            definition=both(
                "Formed, and not merged or dissolved at the date; those whose term has run out live on",
                "已组建，且截至该时点未合并、未撤销的组织；任期届满未换届的仍计入",
            ),
            items=_alive(),
        ),
        _route("own", "Of an enterprise", "单独组建", ("by one enterprise", "由企业单独组建")),
        _route("joint", "Of a trade", "行业联建", ("jointly by a trade", "由行业联合组建")),
        _route("community", "Of a community", "社区统建", ("by a community", "由社区统一组建")),
        Figure(
            key="covered",
            names=both("Enterprises covered", "已覆盖企业"),
            definition=both(
                "Of the ledger, those that belong to a living chapter; each counts once",
                "在册企业中隶属于存续组织的企业，每家只计一次",
            ),
            items=_covered(True),
            of="R2.ledger",
        ),
        Figure(
            key="uncovered",
            names=both("Enterprises not covered", "未覆盖企业"),
            definition=both(
                "Of the ledger, those in no living chapter", "在册企业中不隶属于任何存续组织的企业"
            ),
            items=_covered(False),
            of="R2.ledger",
        ),
        Figure(
            key="overdue",
            names=both("Terms that have run out", "届满未换届"),
            definition=both(
                "Living chapters whose term ended and was not renewed", "任期已届满、尚未换届的存续组织"
            ),
            items=picked("chapters", "ends", _run_out, due=lambda past, row: row.ends, owner=_leader),
            late=True,
        ),
    ),
)
