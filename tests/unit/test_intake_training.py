"""A printed list of a training session, in both languages: entered once, and late only with a reason."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from intaking import KEY, Deciding, sums

from events.session_facts import SessionFact, halves, standing
from services.decisions.holder.table import HOLDERS, Holder
from services.decisions.session.table import SESSIONS, Session
from services.decisions.state import Meta
from services.intake import import_files, load_mapping
from services.intake.cells.places import Places

PLACES = Places("2307", {"2307": "伊春"}, timezone="Asia/Shanghai")
BEGINS = datetime(2022, 3, 10, 1, tzinfo=UTC)
LISTS = {
    "zh": (
        "班次编号,签到时间,任职人编号,身份,补登原因\n"
        "S1,2022-03-10 09:05,H1,,{why}\nS1,2022-03-10 14:00,H2,讲师,{why}\n"
    ),
    "en": (
        "session number,signed at,holder number,role,reason for entering it late\n"
        "S1,2022-03-10 09:05,H1,participant,{why}\nS1,2022-03-10 14:00,H2,lecturer,{why}\n"
    ),
}


def city() -> Deciding:
    """Return a sink that knows a session of one day, and two holders of posts."""
    sink = Deciding()
    sink.state.meta = Meta(timezone="Asia/Shanghai")
    ends = BEGINS + timedelta(hours=8)
    row = Session(
        area="2307",
        course="C1",
        title="Course",
        mode="base",
        begins=BEGINS,
        ends=ends,
        halves=halves(BEGINS, ends, sink.state.meta.zone),
        hours=4,
        facts=(SessionFact(at=BEGINS, position=1, kind="planned"),),
    )
    sink.state.put(sink.state[SESSIONS], "S1", row)
    for key in ("H1", "H2"):
        sink.state.put(sink.state[HOLDERS], key, Holder(("P1",), "2307"))
    return sink


async def entered(sink: Deciding, file: Path, text: str) -> tuple[int, ...]:
    file.write_text(text, "utf-8")
    mapping = load_mapping("training-attendance")
    return sums(await import_files([file], mapping, "2307", sink, import_key=KEY, places=PLACES))


@pytest.mark.parametrize("language", LISTS)
async def test_a_printed_list_is_entered_once(tmp_path: Path, language: str) -> None:
    sink, file, text = city(), tmp_path / "list.csv", LISTS[language].format(why="list")
    assert await entered(sink, file, text) == (2, 2, 0, 0)
    assert await entered(sink, file, text) == (2, 0, 2, 0)
    then = standing(sink.state[SESSIONS]["S1"].facts)
    assert then
    assert [(one.who, one.half, one.role, one.via) for one in then.presence.values()] == [
        ("holder/H1", "2022-03-10.am", "participant", "paper"),
        ("holder/H2", "2022-03-10.pm", "lecturer", "paper"),
    ]


async def test_a_late_list_without_a_reason_is_rejected(tmp_path: Path) -> None:
    sink = city()
    assert await entered(sink, tmp_path / "list.csv", LISTS["en"].format(why="")) == (2, 0, 0, 2)
