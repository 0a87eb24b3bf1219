"""The sheets of reports to home communities and of service records; imported again, nothing changes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from intaking import KEY, Deciding, sums

from services.decisions.area.table import AREAS, Area
from services.decisions.service.table import SERVICES
from services.decisions.worker.facts import home_at, own_facts, reported
from services.decisions.worker.table import WORKERS
from services.intake import import_files, load_mapping
from services.intake.cells.places import Places

ROSTER = "姓名,电话,角色,社区\n队员001,13800000001,骑手,南山\n队员002,13800000002,快递员,南山\n"
REPORTS = {
    "zh": """\
编号,姓名,电话,报到社区,报到时间,退出时间
W1,,,南山,2022-02-16 09:30,
,队员001,13800000001,南山,2022-02-17 10:00,2022-03-01 08:00
W9,,,南山,2022-02-17 10:00,
""",
    "en": """\
number,name,phone,home community,reported on,left home
W1,,,南山,2022-02-16 09:30,
,队员001,13800000001,南山,2022-02-17 10:00,2022-03-01 08:00
W9,,,南山,2022-02-17 10:00,
""",
}
RECORDS = {
    "zh": """\
编号,姓名,电话,服务社区,开始时间,结束时间,服务内容
W1,,,南山,2022-02-20 09:00,2022-02-20 11:30,敬老活动
,队员001,13800000001,南山,2022-02-21 09:00,2022-02-21 10:00,
W1,,,南山,2022-02-22 11:00,2022-02-22 09:00,
""",
    "en": """\
number,name,phone,served in,from,to,what
W1,,,南山,2022-02-20 09:00,2022-02-20 11:30,敬老活动
,队员001,13800000001,南山,2022-02-21 09:00,2022-02-21 10:00,
W1,,,南山,2022-02-22 11:00,2022-02-22 09:00,
""",
}


class Sheets:
    """A sink that knows one county, and what is imported into it."""

    def __init__(self, folder: Path) -> None:
        self.sink, self._folder, self.differing = Deciding(), folder, 0
        self.sink.state.put(self.sink.state[AREAS], "230717", Area("南山"))

    async def take(self, mapping: str, text: str) -> tuple[int, int, int, int]:
        file = self._folder / f"{mapping}.csv"
        file.write_text(text, "utf-8")
        places = Places("2307", {"2307": "伊春", "230717": "南山"}, timezone="Asia/Shanghai")
        done = await import_files(
            [file], load_mapping(mapping), "2307", self.sink, import_key=KEY, places=places
        )
        self.differing = done.files[0].differing
        return sums(done)


@pytest.fixture
async def sheets(tmp_path: Path) -> Sheets:
    found = Sheets(tmp_path)
    assert (await found.take("roster", ROSTER))[1] == 2
    people = found.sink.state[WORKERS]
    found.sink.state.put(people, "W1", next(iter(people.values())))
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_sheet_of_reports_is_taken_once(sheets: Sheets, language: str) -> None:
    assert await sheets.take("home-reports", REPORTS[language]) == (3, 2, 0, 1)
    state = sheets.sink.state
    left = next(key for key in state[WORKERS] if key != "W1" and own_facts(state, key))
    assert home_at(state, "W1", datetime(2022, 2, 16, 1, 30, tzinfo=UTC)) == "230717"
    assert (home_at(state, left, datetime(2022, 2, 28, tzinfo=UTC)), reported(state, left)) == (
        "230717",
        None,
    )
    assert await sheets.take("home-reports", REPORTS[language]) == (3, 0, 2, 1)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_sheet_of_service_is_taken_once(sheets: Sheets, language: str) -> None:
    assert await sheets.take("service-records", RECORDS[language]) == (3, 2, 0, 1)
    services = sheets.sink.state[SERVICES].values()
    (one,) = (row for row in services if row.worker == "W1")
    assert (one.since, one.until) == (
        datetime(2022, 2, 20, 1, tzinfo=UTC),
        datetime(2022, 2, 20, 3, 30, tzinfo=UTC),
    )
    assert (one.what, one.actual) == ("敬老活动", True)
    assert await sheets.take("service-records", RECORDS[language]) == (3, 0, 2, 1)


def saved_anew(table: str) -> str:
    """Return a table as another program saves it: with `;`, and its rows in another order."""
    head, *rows = table.splitlines()
    return "\n".join([head, *reversed(rows)]).replace(",", ";") + "\n"


async def test_a_sheet_saved_anew_doubles_no_service_and_brings_none_back(sheets: Sheets):
    assert await sheets.take("service-records", RECORDS["zh"]) == (3, 2, 0, 1)
    assert await sheets.take("service-records", saved_anew(RECORDS["zh"])) == (3, 0, 2, 1)
    assert len(sheets.sink.state[SERVICES]) == 2
    key = next(key for key, row in sheets.sink.state[SERVICES].items() if row.worker == "W1")
    await sheets.sink.decided("service.withdraw", service=key, reason="other")
    assert await sheets.take("service-records", f"{saved_anew(RECORDS['zh'])}\n") == (3, 0, 2, 1)
    assert sheets.sink.state[SERVICES][key].withdrawn
    assert sheets.differing == 1
