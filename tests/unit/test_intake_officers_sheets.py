"""What an officer has in a workbook: sessions, leaders, duty lists and nominations, in both languages.

Each sheet is filled in by the headings of its template, imported, and imported again, which changes nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from intaking import KEY, Deciding, sums

from events.leading import lead_at
from services.decisions.course.table import COURSES
from services.decisions.duty_item.table import DUTY_ITEMS
from services.decisions.leading.table import LEADS
from services.decisions.nomination.table import NOMINATIONS
from services.decisions.session.table import SESSIONS
from services.decisions.worker.table import WORKERS, Worker
from services.intake import import_files, load_mapping, preview, shipped
from services.intake.cells.places import Places
from services.intake.tables.header import recognised
from tests.workbooks import written

PLACES = Places("2307", {"2307": "伊春", "230717": "南山"}, timezone="Asia/Shanghai")
LANGUAGES = ("zh", "en")
POST = "行业组织-站长"
Row = Mapping[str, Any]
SESSIONS_OF: dict[str, Sequence[Row]] = {
    "zh": (
        {"课程名称": "群众工作", "授课方式": "党校", "班次编号": "S1", "名额": 12},
        {"课程名称": "群众工作", "授课方式": "学校", "区域": "南山", "承办岗位": POST},
        {"课程名称": "法律常识", "授课方式": "线上", "开设日期": "2022-02-01"},
        {"课程名称": "法律常识", "授课方式": "空中", "班次编号": "S9"},
    ),
    "en": (
        {"course": "群众工作", "where it is taught": "school", "session number": "S1", "places": 12},
        {"course": "群众工作", "where it is taught": "school", "area": "南山", "post in charge": POST},
        {"course": "法律常识", "where it is taught": "online", "offered on": "2022-02-01"},
        {"course": "法律常识", "where it is taught": "in the air", "session number": "S9"},
    ),
}
TIMES = {"zh": ("开始时间", "结束时间"), "en": ("begin", "end")}


async def town() -> Deciding:
    """Return a sink that knows a post, a chapter, and one person on the roster."""
    sink = Deciding()
    await sink.establish({"230717": "南山"})
    begin = datetime(2022, 1, 1, tzinfo=UTC)
    chapter = {"chapter": "快递组织", "name": "快递组织", "route": "own", "area": "230717"}
    said = (
        ("unit.establish", {"unit": "行业组织", "name": "行业组织", "area": "2307"}),
        ("post.create", {"post": POST, "name": "站长", "unit": "行业组织", "area": "2307"}),
        ("enterprise.register", {"enterprise": "E1", "name": "企业1", "area": "230717"}),
        ("chapter.form", {**chapter, "enterprises": ["E1"]}),
    )
    items = [
        {"id": f"town-{n}", "name": name, "at": begin, "observed": True, "data": data}
        for n, (name, data) in enumerate(said)
    ]
    answers = await sink.submit("2307", items)
    assert [one["outcome"] for one in answers] == ["accepted"] * len(said), answers
    sink.state.put(sink.state[WORKERS], "W1", Worker(role="courier"))
    return sink


def workbook(path: Path, name: str, language: str, rows: Sequence[Row]) -> Path:
    """Write a workbook with the headings of the template of a mapping."""
    (source,) = load_mapping(name).source
    headings = list(source.headings[language].values())
    for row in rows:
        assert set(row) <= set(headings), set(row) - set(headings)
    lines = ([row.get(heading) for heading in headings] for row in rows)
    path.write_bytes(written([headings, *lines]))
    return path


def cell(day: int, hour: int) -> datetime:
    """Return a time of a workbook, which knows no zone."""
    return datetime(2022, 3, day, hour, tzinfo=UTC).replace(tzinfo=None)


async def taken(sink: Deciding, name: str, file: Path) -> tuple[int, int, int, int]:
    found = recognised(file, [load_mapping(one) for one in shipped()])
    assert found.name == name, "the sheet is recognised by its headings"
    return sums(await import_files([file], found, "2307", sink, import_key=KEY, places=PLACES))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_courses_and_their_sessions(tmp_path: Path, language: str) -> None:
    sink, (begins, ends) = await town(), TIMES[language]
    times = (
        {begins: cell(5, 9), ends: cell(5, 17)},
        {begins: "2022-03-12 08:30", ends: "2022-03-13 17:00"},
        {},
        {begins: "2022-03-20 08:30", ends: "2022-03-20 17:00"},
    )
    rows = [{**row, **when} for row, when in zip(SESSIONS_OF[language], times, strict=True)]
    file = workbook(tmp_path / "sessions.xlsx", "training-sessions", language, rows)
    assert await taken(sink, "training-sessions", file) == (4, 3, 0, 1), "the last mode means nothing"
    assert (await taken(sink, "training-sessions", file))[1] == 0
    courses = sink.state[COURSES]
    assert {key: (row.mode, row.owner) for key, row in courses.items()} == {
        "群众工作": ("school", POST),
        "法律常识": ("online", None),
    }
    first, second = sorted(sink.state[SESSIONS].values(), key=lambda row: row.begins)
    assert sink.state[SESSIONS]["S1"] is first
    assert (first.begins, first.hours, len(first.halves)) == (datetime(2022, 3, 5, 1, tzinfo=UTC), 4, 2)
    assert (second.area, len(second.halves)) == ("230717", 4)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_which_post_leads_which_chapter(tmp_path: Path, language: str) -> None:
    sink = await town()
    named = {
        "zh": ("组织名称", "领头雁岗位", "起始日期", "截止日期"),
        "en": ("chapter", "leading post", "leads since", "leads until"),
    }[language]
    rows = [
        dict(zip(named, ("快递组织", POST, date(2022, 2, 1), date(2022, 6, 30)), strict=True)),
        dict(zip(named, ("快递组织", "没有的岗位", date(2022, 8, 1), None), strict=True)),
    ]
    file = workbook(tmp_path / "leaders.xlsx", "leaders", language, rows)
    assert await taken(sink, "leaders", file) == (2, 1, 0, 1)
    assert (await taken(sink, "leaders", file))[1] == 0
    leads = sink.state[LEADS]["快递组织"]

    def post(*day: int) -> str | None:
        lead = lead_at(leads, datetime(*day, tzinfo=UTC))  # type: ignore[arg-type]
        return lead.post if lead else None

    assert [post(2022, 1, 31), post(2022, 2, 1), post(2022, 6, 30), post(2022, 7, 1)] == [
        None,
        POST,
        POST,
        None,
    ]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_duty_list_of_a_post(tmp_path: Path, language: str) -> None:
    sink = await town()
    named = {
        "zh": ("岗位", "职责事项", "完成时限", "列入日期"),
        "en": ("post", "duty", "due by", "listed on"),
    }[language]
    rows = [
        dict(zip(named, (POST, "每周走访", date(2022, 3, 31), date(2022, 2, 1)), strict=True)),
        dict(zip(named, (None, "收集诉求", None, None), strict=True)),
    ]
    file = workbook(tmp_path / "duties.xlsx", "duties", language, rows)
    assert await taken(sink, "duties", file) == (2, 2, 0, 0)
    assert await taken(sink, "duties", file) == (2, 0, 2, 0)
    listed = sorted(sink.state[DUTY_ITEMS].values(), key=lambda row: row.title)
    assert [(row.title, row.post, row.due) for row in listed] == [
        ("收集诉求", POST, None),
        ("每周走访", POST, datetime(2022, 3, 31, 16, tzinfo=UTC)),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_nominations_with_their_deeds(tmp_path: Path, language: str) -> None:
    sink = await town()
    named = {
        "zh": ("推荐编号", "推荐日期", "荣誉", "人员编号", "推荐岗位", "事迹", "服务开始", "服务结束"),
        "en": (
            *("nomination number", "nominated on", "honour", "person number", "nominating post"),
            *("what they did", "hours from", "hours to"),
        ),
    }[language]
    day, honour = date(2022, 3, 1), {"zh": "优秀志愿者", "en": "exemplary volunteer"}[language]
    hours = ("2022-02-01 08:00", "2022-02-02 08:00")
    rows = [
        dict(zip(named, ("N1", day, honour, "W1", POST, "雪夜送药", None, None), strict=True)),
        dict(zip(named, (None, None, None, None, None, "值守", *hours), strict=True)),
        dict(zip(named, ("N2", day, honour, "W9", None, "无此人", None, None), strict=True)),
    ]
    file = workbook(tmp_path / "nominations.xlsx", "nominations", language, rows)
    assert await taken(sink, "nominations", file) == (3, 2, 0, 1), "nobody knows the last person"
    assert (await taken(sink, "nominations", file))[1] == 0
    (row,) = sink.state[NOMINATIONS].values()
    assert (row.worker, row.honour, row.post) == ("W1", "exemplary_volunteer", POST)
    assert sorted(one.deed for one in row.now.deeds) == ["claim", "hours"]


@pytest.mark.parametrize("name", ["training-sessions", "leaders", "duties", "nominations"])
async def test_a_preview_shows_the_commands_of_a_filled_template(tmp_path: Path, name: str) -> None:
    (source,) = load_mapping(name).source
    assert {language: sorted(source.headings[language]) for language in LANGUAGES} == {
        language: sorted(source.hints[language]) for language in LANGUAGES
    }, "each column has a heading and a hint in both languages"
    row = dict.fromkeys(source.headings["en"].values(), "2022-03-05 09:00")
    file = workbook(tmp_path / "sheet.xlsx", name, "en", [row])
    seen = await preview(file, load_mapping(name), 1)
    assert seen.rows
