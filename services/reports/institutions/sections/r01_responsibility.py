"""R1: who answers for what."""

from services.reports.institutions.model import Figure, Section, both
from services.reports.institutions.past import Past, is_, picked


def _standing(duty: str | None = None):
    def holds(past: Past, row) -> bool:
        return row.state == "standing" and (duty is None or row.duty == duty)

    return picked("units", "established_at", holds)


def _units(key: str, en: str, zh: str, duty: str | None = None) -> Figure:
    return Figure(
        key=key,
        names=both(f"Units that {en}", f"{zh}单位"),
        definition=both(
            f"Units that stand at the date and have the duty to {duty or en}",
            f"截至该时点存续、职责为“{zh}”的单位",
        ),
        items=_standing(key),
    )


SECTION = Section(
    code="R1",
    names=both("Responsibility", "责任体系"),
    reads=("units", "posts"),
    figures=(
        _units("lead", "lead", "牵头"),
        _units("coordinate", "coordinate", "统筹"),
        _units("carry_out", "carry out", "实施"),
        _units("act_jointly", "act jointly", "联动"),
        _units("guarantee", "are the floor", "兜底", duty="be the floor"),
        Figure(
            key="first",
            names=both("First-responsible person in office", "第一责任人到岗"),
            definition=both(
                "First-responsible posts that somebody holds at the date",
                "截至该时点有人任职的第一责任人岗位",
            ),
            items=picked("posts", "created_at", lambda past, row: row.first and row.state == "held"),
        ),
        Figure(
            key="posts",
            names=both("Posts", "岗位"),
            definition=both("Posts that were created and not abolished", "已设置且未撤销的岗位"),
            items=picked("posts", "created_at", is_("state", "held", "vacant")),
        ),
        Figure(
            key="vacant",
            names=both("Vacant posts", "空缺岗位"),
            definition=both(
                "Of the posts, those that nobody holds at the date; their duties rise",
                "其中该时点无人任职的岗位，其职责由上级岗位承担",
            ),
            items=picked("posts", "vacant_since", is_("state", "vacant")),
            of="R1.posts",
        ),
    ),
)
