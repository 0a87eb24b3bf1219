"""R2: the ledger of enterprises and its three reviews."""

from collections.abc import Callable, Iterator
from datetime import datetime

from events.enterprise_facts import OPEN
from events.review_path import due
from projections.comparison import State
from projections.enterprises import EnterpriseRow
from projections.funnel import settings_of
from services.matching.asked import READ as COMPARED
from services.reports.institutions.item import Item, Part
from services.reports.institutions.model import Figure, Section, both
from services.reports.institutions.past import Past, Where, picked


def _open(*places: str) -> Where:
    def holds(past: Past, row: EnterpriseRow) -> bool:
        return row.state == OPEN and (not places or row.place in places)

    return holds


def _due(past: Past, row: EnterpriseRow) -> datetime | None:
    """Return when the present place should have answered; of one that went up, when it did."""
    ends = due(row.review, settings_of(past.rows("review_deadlines")))
    if row.level and row.review:
        return row.review.raised_at or row.review.since
    return ends if ends is not None and ends <= past.when else None


def _late(past: Past, row: EnterpriseRow) -> bool:
    return row.state == OPEN and _due(past, row) is not None


def _raised_to(past: Past, row: EnterpriseRow) -> str | None:
    """Return the post to which a silent review went up."""
    return next(iter(row.review.raised_to), None) if row.review else None


def _lists(past: Past) -> Iterator[Part]:
    for row in past.compared[0]:
        if row.edition:
            yield Part(key=row.source_list, name=row.title, edition=row.edition, areas=row.areas)


def _entries(*states: State) -> Callable[[Past], Iterator[Item]]:
    def found(past: Past) -> Iterator[Item]:
        for row in past.compared[1]:
            if not states or row.state in states:
                yield Item(
                    view="comparison",
                    key=row.entry,
                    name=row.name,
                    area=row.area,
                    at=row.edition,
                    part=row.source_list,
                )

    return found


def _compared(key: str, names: tuple[str, str], definition: tuple[str, str], *states: State) -> Figure:
    return Figure(
        key=key,
        names=both(*names),
        definition=both(*definition),
        items=_entries(*states),
        parts=_lists,
        of="R2.listed",
    )


SECTION = Section(
    code="R2",
    names=both("Ledger of enterprises", "企业台账（一统三审）"),
    reads=("enterprises", "review_deadlines", *COMPARED),
    figures=(
        Figure(
            key="registered",
            names=both("Enterprises registered", "累计登记企业"),
            definition=both(
                "Registered until the date, whatever has become of them",
                "截至该时点登记过的企业，含后来注销、合并或迁出的",
            ),
            items=picked("enterprises", "since"),
        ),
        Figure(
            key="enterprises",
            names=both("Enterprises known", "已登记企业"),
            definition=both(
                "Registered, and not closed, merged or moved away at the date",
                "已登记，且截至该时点未注销、未合并、未迁出的企业",
            ),
            items=picked("enterprises", "since", _open()),
        ),
        Figure(
            key="ledger",
            names=both("Enterprises in the ledger", "在册企业"),
            definition=both(
                "Of the known ones, those that passed the joint check and were not sent back since",
                "其中已通过联审，且此后未被退回的企业",
            ),
            items=picked("enterprises", "place_since", lambda past, row: row.in_ledger),
            of="R2.enterprises",
        ),
        Figure(
            key="path",
            names=both("Under review", "审核中"),
            definition=both(
                "At screening, verification or the joint check, or with a disagreement of city and county",
                "处于初审、核验、联审环节，或市县结论不一致的企业",
            ),
            items=picked("enterprises", "place_since", _open("screen", "verify", "check", "disagreement")),
        ),
        Figure(
            key="sent_back",
            names=both("Sent back", "被退回"),
            definition=both("Sent back, and not on the path again", "被退回且尚未重新送审的企业"),
            items=picked("enterprises", "place_since", _open("sent_back")),
        ),
        Figure(
            key="rejected",
            names=both("Rejected", "审核未通过"),
            definition=both("Rejected at the last verdict", "最近一次审核结论为不通过的企业"),
            items=picked("enterprises", "place_since", _open("rejected")),
        ),
        Figure(
            key="listed",
            names=both("Entries of source lists", "比对名单条目"),
            definition=both(
                "Entries of each list's newest edition by the source's own date",
                "各名单以来源日期计最新一期的条目",
            ),
            items=_entries(),
            parts=_lists,
        ),
        _compared(
            "matched",
            ("Matched with the ledger", "与台账匹配"),
            ("Entries that are an enterprise by code, or by verdict", "按代码或经人工认定为台账企业的条目"),
            "code",
            "verdict",
        ),
        _compared(
            "different",
            ("Different from the ledger", "与台账有出入"),
            (
                "Their code has another name in the ledger, or only names are alike; nobody has decided yet",
                "代码相同而名称不同，或仅名称相近、尚未认定的条目",
            ),
            "names",
            "candidate",
        ),
        _compared(
            "missing",
            ("Missing from the ledger", "台账缺漏"),
            ("Entries like none of the ledger's enterprises", "台账中没有相近企业的条目"),
            "missing",
        ),
        Figure(
            key="overdue",
            names=both("Reviews overdue", "逾期未审"),
            definition=both(
                "The place was silent past its deadline, or it went up for that reason",
                "所在环节超过时限未作结论，或因此已上报的企业",
            ),
            items=picked("enterprises", "place_since", _late, due=_due, owner=_raised_to),
            late=True,
        ),
    ),
)
