"""R2: the ledger of enterprises and its three reviews."""

from datetime import datetime

from events.enterprise_facts import OPEN
from events.review_path import due
from projections.enterprises import EnterpriseRow
from projections.funnel import settings_of
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


SECTION = Section(
    code="R2",
    names=both("Ledger of enterprises", "企业台账（一统三审）"),
    reads=("enterprises", "review_deadlines"),
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
                "处于初审、核验、联审环节，或市县意见不一致的企业",
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
            key="overdue",
            names=both("Reviews overdue", "逾期未审"),
            definition=both(
                "The place was silent past its deadline, or it went up for that reason",
                "所在环节超过时限未作结论，或因此已上报的企业",
            ),
            items=picked("enterprises", "place_since", _late, due=_due),
            late=True,
        ),
    ),
)
