"""The sheet of units and posts: who answers for what, refused row by row where it errs."""

from datetime import UTC, datetime
from pathlib import Path

from intaking import KEY, NOW, Deciding, sums

from events.post_history import covering, post_at, terms
from events.unit_history import standing
from services.decisions.area.table import AREAS, Area
from services.decisions.post.rules import answering
from services.decisions.post.table import POSTS
from services.decisions.unit.table import UNITS
from services.intake import import_files, load_mapping
from services.intake.cells.places import Places

SHEET = """\
单位,职责,上级单位,成立日期,岗位,上级岗位,第一责任人,任职人,任职日期,任期至,负责区域,负责行业,负责事项
市委社会工作部,牵头,,2022-01-01,部长,,是,人员001,2022-01-05,,2307,,
,,,2022-01-01,科长,市委社会工作部-部长,,人员002,2022-01-05,2022-03-01,,快递,初审
市邮政管理局,实施,市委社会工作部,2022-01-01,局长,市委社会工作部-部长,,,,,,快递,
南山街道,兜底,市委社会工作部,2022-01-01,站长,,,人员003,2022-02-01,,南山,,
南山街道,兜底,市委社会工作部,2022-01-01,站长,,,人员003,2022-02-01,,新街,,
友好驿站,兜底,南山街道,2022-01-01,,,,,,,,,
"""


async def test_a_sheet_says_who_answers_for_what(tmp_path: Path) -> None:
    sink, mapping = Deciding(), load_mapping("units-and-posts")
    sink.state.put(sink.state[AREAS], "230717", Area("南山"))
    sink.state.put(sink.state[AREAS], "230718", Area("新街"))
    file = tmp_path / "posts.csv"
    file.write_text(SHEET, "utf-8")
    places = Places("2307", {"2307": "伊春", "230717": "南山", "230718": "新街"}, timezone="Asia/Shanghai")
    done = await import_files([file], mapping, "2307", sink, import_key=KEY, places=places)
    assert sums(done) == (6, 6, 0, 0), done
    state = sink.state
    assert len(state[UNITS]) == 4
    station = standing(state[UNITS]["友好驿站"].changes, NOW)
    assert station is not None
    assert (station.duty, station.parent) == ("guarantee", "南山街道")
    at = datetime(2022, 2, 15, tzinfo=UTC)
    found = answering(state, "answer", "230718", None, at)
    assert (found and found.post) == "南山街道-站长"
    screens = [answering(state, "screen", "2307", "courier", when) for when in (at, NOW)]
    assert [one and one.post for one in screens] == ["市委社会工作部-科长", "市委社会工作部-部长"]
    (term,) = terms(state[POSTS]["市委社会工作部-科长"].changes)
    assert term.until == datetime(2022, 3, 1, 16, tzinfo=UTC)  # the end of 1 March there
    vacant = answering(state, "answer", "230717", "courier", at)
    assert (vacant and (vacant.charged, vacant.post)) == ("市邮政管理局-局长", "市委社会工作部-部长")
    head = post_at(state[POSTS]["市委社会工作部-部长"].changes, NOW)
    assert head is not None
    assert head.place.first
    again = await import_files([file], mapping, "2307", sink, import_key=KEY, places=places)
    assert sums(again) == (6, 0, 6, 0)
    assert sink.anomalies == []


async def test_a_second_lead_and_a_second_holder_are_refused_by_row(tmp_path: Path) -> None:
    sink, file = Deciding(), tmp_path / "posts.csv"
    file.write_text(
        "unit,duty,established,post,holder,since\n"
        "Committee,lead,2022-01-01,Head,Person 001,2022-01-01\n"
        "Bureau,lead,2022-01-01,Head,Person 002,2022-01-01\n",
        "utf-8",
    )
    mapping, places = load_mapping("units-and-posts"), Places("2307", timezone="Asia/Shanghai")
    done = await import_files([file], mapping, "2307", sink, import_key=KEY, places=places)
    assert sums(done) == (2, 1, 0, 1)
    assert list(sink.state[UNITS]) == ["Committee"]
    assert sink.anomalies == []


UNDATED = """\
unit,duty,unit above,post,holder,answers for trade,task
Committee,lead,,Head,Person 001,,
Bureau,carry out,Committee,Chief,Person 002,courier,
Bureau,carry out,Committee,Chief,Person 002,e-commerce,
"""


async def test_what_people_decided_of_posts_since_stands_until_it_is_accepted(tmp_path: Path) -> None:
    sink, file = Deciding(), tmp_path / "posts.csv"
    mapping, places = load_mapping("units-and-posts"), Places("2307", timezone="Asia/Shanghai")

    async def taken(table: str, *accepted: str) -> tuple[tuple[int, ...], list[tuple[int, list[str]]]]:
        file.write_text(table, "utf-8")
        done = await import_files(
            [file], mapping, "2307", sink, import_key=KEY, places=places, accepted=accepted
        )
        return sums(done), [(one.line, one.says) for one in done.files[0].changes]

    assert await taken(UNDATED) == ((3, 3, 0, 0), [])
    anew = UNDATED.replace(",", ";")
    assert await taken(anew) == ((3, 0, 3, 0), [])
    await sink.decided("post.vacate", post="Committee-Head")
    await sink.decided("post.relieve", post="Bureau-Chief", task="answer", area="2307", trade="ecommerce")
    await sink.decided("unit.rename", unit="Bureau", name="Bureau of posts")
    told, listed = await taken(f"{anew}\n")
    assert told == (3, 0, 3, 0)
    assert [line for line, _ in listed] == [2, 3, 4]
    assert (listed[1][1], listed[2][1]) == (["name: Bureau"], ["charge: answer 2307 ecommerce"])
    assert not covering(terms(sink.state[POSTS]["Committee-Head"].changes), NOW)
    assert (await taken(f"{anew}\n", "2"))[0] == (3, 1, 2, 0)
    assert covering(terms(sink.state[POSTS]["Committee-Head"].changes), NOW)


async def test_a_trade_that_is_not_known_is_asked_about(tmp_path: Path) -> None:
    sink, file = Deciding(), tmp_path / "posts.csv"
    mapping, places = load_mapping("units-and-posts"), Places("2307", timezone="Asia/Shanghai")
    file.write_text(UNDATED.replace("courier", "livestock"), "utf-8")
    done = await import_files([file], mapping, "2307", sink, import_key=KEY, places=places)
    assert sums(done) == (3, 2, 0, 1)
    answers = {("answers for trade", "livestock"): "other"}
    done = await import_files([file], mapping, "2307", sink, import_key=KEY, places=places, answers=answers)
    assert sums(done) == (3, 1, 2, 0)
    found = answering(sink.state, "answer", "2307", "other", NOW)
    assert (found and found.charged) == "Bureau-Chief"
