"""Sheets of the ledger: one way to know an enterprise, past reviews, and what is noted about rows taken."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from intaking import KEY, NOW, Deciding, sums

from events.enterprise_facts import place_of
from services.cli.import_account import TEXTS, Account
from services.decisions.area.table import AREAS, Area
from services.decisions.base import Context
from services.decisions.chapter.table import CHAPTERS
from services.decisions.enterprise.table import ENTERPRISES, enterprise_at
from services.intake import Summary, import_files, load_mapping, preview
from services.intake.cells.places import Places
from services.intake.rows.looking import Looking
from services.intake.rows.noting import overridden
from services.intake.running.surroundings import firms_of
from services.refusals import languages

CODE, OTHER = "91110000600037341L", "911100006000373417"
COUNTIES = {"2307": "伊春", "230717": "伊美区", "230718": "乌翠区"}
LEDGER = f"""\
企业编号,企业名称,统一社会信用代码,区域,行业,成员数
E1,企业 001,{CODE},伊美区,快递,1
,企业 002,,伊美区,快递,1
,企业 003,230702100012345,乌翠区,快递,1
E4,企业 003,,伊美区,快递,1
"""


@pytest.fixture
def city() -> Deciding:
    """Return a sink that knows two counties."""
    sink = Deciding()
    for code, name in COUNTIES.items():
        if code != "2307":
            sink.state.put(sink.state[AREAS], code, Area(name))
    return sink


def places(sink: Deciding) -> Places:
    found = Places("2307", COUNTIES, timezone="Asia/Shanghai")
    found.firms = firms_of(sink.state)
    return found


async def send(folder: Path, sink: Deciding, mapping: str, text: str) -> Summary:
    file = folder / f"{mapping}.csv"
    file.write_text(text, "utf-8")
    return await import_files(
        [file], load_mapping(mapping), "2307", sink, import_key=KEY, places=places(sink)
    )


def names(sink: Deciding) -> dict[str, str]:
    return {key: row.name for key, row in sink.state[ENTERPRISES].items()}


# -- which enterprise --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    [
        "E1,企业 001,,伊美区",
        f",企业 001,{CODE},伊美区",
        f"E9,企业 001,{CODE.lower()},伊美区",
        ",企业 001,,伊美区",
        ",企业００1,,伊美区",
    ],
    ids=["number", "code", "code before a new number", "name", "name of another width"],
)
async def test_an_enterprise_is_known_by_number_code_or_name_in_every_sheet(
    tmp_path: Path, city: Deciding, row: str
) -> None:
    await send(tmp_path, city, "enterprises", LEDGER)
    before = names(city)
    head = "企业编号,企业名称,统一社会信用代码,区域\n"
    done = await send(tmp_path, city, "enterprises", head + row + "\n")
    assert sums(done)[3] == 0, Path(str(done.rejects)).read_text("utf-8-sig")
    assert names(city).keys() == before.keys()
    number, name, code, area = row.split(",")
    chapters = "组织名称,组建方式,企业编号,企业名称,统一社会信用代码,企业区域,成立时间\n"
    done = await send(
        tmp_path, city, "chapters", f"{chapters}一组,单独组建,{number},{name},{code},{area},2029-01-01\n"
    )
    assert sums(done) == (1, 1, 0, 0), done
    assert city.state[CHAPTERS]["一组"].facts[0].enterprises == ("E1",)


async def test_a_code_that_comes_later_makes_no_second_enterprise(tmp_path: Path, city: Deciding) -> None:
    await send(tmp_path, city, "enterprises", LEDGER)
    before = names(city).keys()
    grown = LEDGER.replace("企业 002,,", f"企业 002,{OTHER},")
    assert sums(await send(tmp_path, city, "enterprises", grown)) == (4, 1, 3, 0)
    assert names(city).keys() == before
    assert sums(await send(tmp_path, city, "enterprises", grown)) == (4, 0, 4, 0)


async def test_two_firms_of_one_name_with_codes_of_their_own_stay_two(tmp_path: Path, city: Deciding) -> None:
    head = "企业名称,统一社会信用代码,区域\n"
    await send(tmp_path, city, "enterprises", f"{head}企业 001,{CODE},伊美区\n企业 001,{OTHER},伊美区\n")
    assert names(city) == {CODE: "企业 001", OTHER: "企业 001"}


async def test_a_name_of_several_or_of_none_is_never_guessed(tmp_path: Path, city: Deciding) -> None:
    await send(tmp_path, city, "enterprises", LEDGER)
    head = "企业名称,区域,审核环节,审核结论,审核日期\n"
    which = ("企业 003,", "企业 099,", "企业 003,乌翠区")
    rows = "".join(f"{one},初审,通过,2029-02-01\n" for one in which)
    done = await send(tmp_path, city, "reviews", head + rows)
    assert sums(done) == (3, 1, 0, 2)
    told = Path(str(done.rejects)).read_text("utf-8-sig")
    assert told.count("unmatched") == 2
    assert "several enterprises are called" in told


# -- the past ----------------------------------------------------------------------------------------------


async def test_an_entry_with_a_day_counts_from_that_day(tmp_path: Path, city: Deciding) -> None:
    head = "企业编号,企业名称,统一社会信用代码,区域,登记日期,送审日期\n"
    sheet = f"{head}E1,企业 001,{CODE},伊美区,2022-02-14,2022-02-15\n"
    assert sums(await send(tmp_path, city, "enterprises", sheet)) == (1, 1, 0, 0)
    assert enterprise_at(city.state, "E1", datetime(2022, 2, 13, 15, 59, tzinfo=UTC)) is None
    sent = enterprise_at(city.state, "E1", datetime(2022, 2, 14, 16, tzinfo=UTC))
    assert sent is not None
    assert place_of(sent) == "screen"
    assert sums(await send(tmp_path, city, "enterprises", sheet)) == (1, 0, 1, 0)


REVIEWS = f"""\
企业编号,统一社会信用代码,企业名称,审核环节,审核结论,审核日期,原因,说明
E1,,,初审,通过,2029-02-01,,
,{CODE},,核验,退回,2029-02-03,信用代码有误,
,,企业 001,,送审,2029-02-05,,
E1,,,初审,通过,2029-02-06,,
E1,,,核验,同意,2029-02-08,,
E1,,,市级联审,通过,2029-02-10,,
E1,,,县级联审,不通过,2029-02-10,人数有误,实有 1 人
"""


async def test_past_verdicts_are_imported_with_their_days_and_reasons(tmp_path: Path, city: Deciding) -> None:
    await send(
        tmp_path,
        city,
        "enterprises",
        LEDGER.replace("成员数", "成员数,登记日期").replace(",1\n", ",1,2029-01-01\n"),
    )
    done = await send(tmp_path, city, "reviews", REVIEWS)
    assert sums(done) == (7, 7, 0, 0), done
    days = {4: "sent_back", 5: "screen", 7: "verify", 9: "check", 11: "disagreement"}
    stood = {day: enterprise_at(city.state, "E1", datetime(2029, 2, day, tzinfo=UTC)) for day in days}
    assert {day: place_of(one) for day, one in stood.items() if one} == days
    reasons = [fact.reason for fact in city.state[ENTERPRISES]["E1"].facts if fact.reason]
    assert reasons == ["wrong_code", "wrong_numbers"]
    assert sums(await send(tmp_path, city, "reviews", REVIEWS)) == (7, 0, 7, 0)


async def test_a_verdict_that_rules_would_refuse_is_recorded_and_noted(
    tmp_path: Path, city: Deciding
) -> None:
    await send(tmp_path, city, "enterprises", LEDGER)
    sheet = "企业编号,审核环节,审核结论,审核日期,原因\nE1,核验,通过,2029-12-31,\nE4,核验,不通过,2029-12-31,\n"
    done = await send(tmp_path, city, "reviews", sheet)
    assert (done.applied, done.rejected) == (1, 1), "to reject needs a reason"
    noted = {one.code: (one.count, one.lines) for one in done.files[0].noted}
    assert noted["review.not_open"] == (1, [2])


# -- what is noted -----------------------------------------------------------------------------------------


async def test_flawed_codes_are_counted_with_their_lines(tmp_path: Path, city: Deciding) -> None:
    sheet = LEDGER + ",企业 005,91110000600037341X,伊美区,快递,1\n"
    file = tmp_path / "seen.csv"
    file.write_text(sheet, "utf-8")
    seen = await preview(file, load_mapping("enterprises"), places=places(city))
    done = await send(tmp_path, city, "enterprises", sheet)
    expected = [("missing", 2, [3, 5]), ("failing", 1, [6]), ("old", 1, [4])]
    for noted in (seen.noted, done.files[0].noted):
        assert sorted((one.values["variant"], one.count, one.lines) for one in noted) == sorted(expected)


async def test_a_chapter_against_the_rule_is_noted_before_and_after(tmp_path: Path, city: Deciding) -> None:
    await send(
        tmp_path,
        city,
        "enterprises",
        LEDGER.replace("成员数", "成员数,登记日期").replace(",1\n", ",1,2029-01-01\n"),
    )
    await send(tmp_path, city, "reviews", REVIEWS.replace("不通过,2029-02-10,人数有误", "通过,2029-02-10,"))
    sheet = "组织名称,组建方式,企业编号,成立时间\n一组,单独组建,E1,2029-03-01\n"
    file = tmp_path / "seen.csv"
    file.write_text(sheet, "utf-8")
    noting = overridden(
        Looking(city.state, lambda: Context(id="p", actor="test", now=NOW, at=NOW, observed=True))
    )
    seen = await preview(file, load_mapping("chapters"), places=places(city), noting=noting)
    assert not city.state[CHAPTERS], "nothing was recorded"
    done = await send(tmp_path, city, "chapters", sheet)
    for noted in (seen.noted, done.files[0].noted):
        assert [(one.code, one.lines) for one in noted] == [("chapter.needs_reason", [2])]
    reasoned = sheet.replace("成立时间", "改变组建方式的原因,成立时间").replace(",E1,", ",E1,企业要求,")
    done = await send(tmp_path, city, "chapters", reasoned.replace("一组", "二组"))
    assert done.files[0].noted == []


async def test_a_question_counts_each_row_once(tmp_path: Path, city: Deciding) -> None:
    file = tmp_path / "seen.csv"
    file.write_text(LEDGER.replace("快递", "直播"), "utf-8")
    seen = await preview(file, load_mapping("enterprises"), places=places(city))
    assert [(one.text, one.count, [row.line for row in one.rows]) for one in seen.questions] == [
        ("直播", 4, [2, 3, 4, 5])
    ]


# -- in words ----------------------------------------------------------------------------------------------


def keys(language: str) -> Iterator[str]:
    return iter(sorted(TEXTS[language]))


def test_an_account_is_told_in_every_language() -> None:
    assert TEXTS.keys() == set(languages())
    assert list(keys("en")) == list(keys("zh"))


async def test_sums_and_notes_are_in_the_language_asked_for(
    tmp_path: Path, city: Deciding, capsys: pytest.CaptureFixture[str]
) -> None:
    done = await send(tmp_path, city, "enterprises", LEDGER)
    Account("zh").say(done, as_json=False)
    told = capsys.readouterr()
    assert "合计：4 行 = 已记录 4 + 已存在 0 + 退回 0" in told.out
    assert "2 行已标注，没有统一社会信用代码（credit_code）：第 3, 5 行" in told.err
