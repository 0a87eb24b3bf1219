"""What an import reads from cells: nothing rounded, no place that cannot be meant, and no row left out unseen."""
# ruff: noqa: E501, DTZ001  mapping files; workbooks hold local times

import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from intaking import Deciding, run, sums

from services.decisions.request.table import REQUESTS
from services.decisions.worker.table import WORKERS
from services.intake import parse_mapping, preview
from services.intake.cells.instants import Instants
from services.intake.cells.nearness import box_of
from services.intake.cells.places import Places
from services.intake.errors import Misread
from tests.workbooks import written

HISTORY = """
name = "history"
timezone = "UTC"
[[source]]
name = "history"
key = ["Ticket"]
order_by = "{Updated}"
skip = [{ column = "Status", changed = false }, { column = "Priority", changed = false }]
[[source.command]]
name = "request.open"
once_per = ["Ticket"]
at = { column = "Updated", pick = "min" }
data = { request = "{Ticket}", category = "ticket", area = "{jurisdiction}" }
[[source.command]]
name = "request.complete"
when = [{ column = "Status", is = ["Resolved"] }, { column = "Status", changed = true }]
at = "{Updated}"
data = { request = "{Ticket}" }
"""
TICKET = """Ticket,Updated,Status,Priority
T1,2024-01-01 10:00,New,3
T1,2024-01-01 10:05,Resolved,3
T1,2024-01-01 10:06,Resolved,3
"""


async def test_a_row_is_skipped_if_all_conditions_of_skip_hold(tmp_path: Path) -> None:
    sink = Deciding("C1")
    await sink.establish()
    first = await run(tmp_path, HISTORY, TICKET, sink)
    assert (sums(first), first.skipped) == ((3, 2, 0, 0), 1)
    assert sink.state[REQUESTS]["T1"].ended == "done"
    again = await run(tmp_path, HISTORY, TICKET, sink)
    assert (sums(again), again.skipped) == ((3, 0, 2, 0), 1)


ANY = """skip = [{ any_of = [
  { all_of = [{ column = "Status", changed = false }, { column = "Priority", changed = false }] },
  { column = "Status", is = ["heartbeat"] },
] }]"""


async def test_any_of_and_all_of_say_alternatives(tmp_path: Path) -> None:
    sink = Deciding("C1")
    await sink.establish()
    old = 'skip = [{ column = "Status", changed = false }, { column = "Priority", changed = false }]'
    table = f"{TICKET}T1,2024-01-01 10:07,heartbeat,4\n"
    done = await run(tmp_path, HISTORY.replace(old, ANY), table, sink)
    assert (sums(done), done.skipped) == ((4, 2, 0, 0), 2)


async def rejected(
    folder: Path, mapping: str, table: str | bytes, sink: Deciding, **more: Any
) -> dict[str, tuple[str, str]]:
    """Import, and return the code and reason of each rejected line."""
    await run(folder, mapping, table, sink, **more)
    path = folder / "rejects.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row[0]: (row[1], row[2]) for row in list(csv.reader(file))[1:]}


# -- rounded numbers ---------------------------------------------------------------------------------------

DUTIES = """
name = "duties"
timezone = "Asia/Shanghai"
[[source]]
name = "duties"
[[source.command]]
name = "worker.check_in"
at = "{day} {start}"
data = { worker = { id_of = ["id"] }, area = "{jurisdiction}", walk_in = true, role = "courier" }
"""


async def test_a_number_that_a_spreadsheet_rounded_is_rejected_in_every_column(tmp_path: Path) -> None:
    sink = Deciding("C1")
    await sink.establish()
    table = (
        "id,day,start,end\n1.10101E+17,2026-11-20,09:00,10:00\n110101199001011234,2026-11-20,09:00,10:00\n"
        "110101199001011236,2026-11-20,11:00,12:00\n110101199001011000,2026-11-20,11:00,12:00\n"
    )
    lines = await rejected(tmp_path, DUTIES, table, sink)
    assert {line: code for line, (code, _) in lines.items()} == {"2": "unreadable", "5": "unreadable"}
    assert "id: '1.10101E+17' was rounded by a spreadsheet" in lines["2"][1]
    assert "format the column as Text" in lines["2"][1]
    assert len(sink.state[WORKERS]) == 2


async def test_a_column_declared_exact_is_not_looked_at_for_rounding(tmp_path: Path) -> None:
    sink = Deciding("C1")
    await sink.establish()
    table = "id,day,start\n110101199001011000,2026-11-20,11:00\n5E+10,2026-11-20,11:00\n"
    mapping = DUTIES.replace('name = "duties"\n[[source.c', 'name = "duties"\nexact = ["id"]\n[[source.c')
    assert await rejected(tmp_path, mapping, table, sink) == {}


# -- places ------------------------------------------------------------------------------------------------

PLACED = """
name = "placed"
timezone = "Europe/Berlin"
[[source]]
name = "requests"
[[source.command]]
name = "request.open"
at = "{time}"
data = { request = "{id}", category = "{what}", area = "{jurisdiction}", lat = "{lat}", lon = "{lon}" }
"""
PLACES = """id,time,what,lat,lon
1,2026-11-27 10:00,food,"52,52","13,40"
2,2026-11-27 10:00,food,13.40,52.52
3,2026-11-27 10:00,food,0,0
4,2026-11-27 10:00,food,48.14,11.58
"""


async def test_decimal_commas_are_read_and_places_that_cannot_be_meant_are_rejected(tmp_path: Path) -> None:
    sink = Deciding("C1")
    await sink.establish()
    lines = await rejected(tmp_path, PLACED, PLACES, sink)
    assert [(one["data"]["lat"], one["data"]["lon"]) for one in sink.sent] == [(52.52, 13.4), (48.14, 11.58)]
    assert {line: code for line, (code, _) in lines.items()} == {"3": "misplaced", "4": "misplaced"}
    assert "lat, lon: 13.4, 52.52 is" in lines["3"][1]
    assert "latitude and longitude may be swapped" in lines["3"][1]
    assert "stands for no place" in lines["4"][1]


@pytest.mark.parametrize(
    ("known", "mapping", "far"),
    [
        (Places("C1", {}, box_of([(13.4, 52.5), (13.5, 52.4)])), "", {"3", "4"}),
        (Places("C1", {}, box_of([(13.4, 52.5)])), "within_km = 400", {"3", "4", "5"}),
        (Places("C1", {}, box_of([(13.4, 52.5)])), 'near = "48.1, 11.6"\nwithin_km = 50', {"2", "3", "4"}),
        (Places("C1", {}, None, "Asia/Shanghai"), "", {"2", "3", "4", "5"}),
        (Places("C1", {}, None, "UTC"), "", {"4"}),
    ],
    ids=["areas", "distance", "near", "time zone", "no country"],
)
async def test_what_is_far_depends_on_the_areas_the_mapping_or_the_time_zone(
    tmp_path: Path, known: Places, mapping: str, far: set[str]
) -> None:
    sink = Deciding("C1")
    await sink.establish()
    assert set(await rejected(tmp_path, f"{mapping}\n{PLACED}", PLACES, sink, places=known)) == far


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("52,52 13,40", (52.52, 13.4)),
        ("52,52; 13,40", (52.52, 13.4)),
        ("52,52,13,40", (52.52, 13.4)),
        ("５２．５２，１３．４", (52.52, 13.4)),
        ("52,13", (52.0, 13.0)),
        ("52°31'12\"N 13°24'0\"E", (52.52, 13.4)),
        ("S 33.9, W 18.4", (-33.9, -18.4)),
        ("33.9 S 18.4 E", (-33.9, 18.4)),
        ("POINT (13.4 52.52)", (52.52, 13.4)),
    ],
)
async def test_a_pair_of_coordinates_in_one_cell(
    tmp_path: Path, text: str, place: tuple[float, float]
) -> None:
    mapping = parse_mapping(
        PLACED.replace("{lat}", "{place}").replace("{lon}", "{place}").replace("Europe/Berlin", "UTC")
    )
    path = tmp_path / "places.csv"
    path.write_text(f"id\ttime\twhat\tplace\n1\t2026-11-27 10:00\tfood\t{text}\n")
    [row] = (await preview(path, mapping)).rows
    [command] = row.commands
    assert (command.data["lat"], command.data["lon"]) == place


# -- times -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("2026-11-20 24:00", 24),
        ("2026/11/20 24:00:00", 24),
        ("2026年11月20日24时00分", 24),
        ("2026-11-20 25:30", 25.5),
        ("46346 09:00", 9),
        ("46346 0.375", 9),
        ("2026-11-20 0.375", 9),
        ("2026-11-20 1", 24),
        ("46346.375", 9),
    ],
)
def test_a_day_and_a_time_of_day(text: str, hours: float) -> None:
    instants = Instants(parse_mapping(DUTIES.replace("Asia/Shanghai", "UTC")))
    assert instants.read(text) == datetime(2026, 11, 20, tzinfo=UTC) + timedelta(hours=hours)


@pytest.mark.parametrize("since_1904", [False, True])
async def test_days_of_a_workbook_are_counted_from_its_own_first_day(
    tmp_path: Path, since_1904: bool
) -> None:
    day, number = datetime(2026, 11, 20, 9, tzinfo=UTC), 46346.375 - 1462 * since_1904
    times = (datetime(2026, 11, 20, 9), number, f"{int(number)} 09:00")
    rows = [(f"T{n}", at, "New", 3) for n, at in enumerate(times)]
    head = ("Ticket", "Updated", "Status", "Priority")
    (tmp_path / "duty.xlsx").write_bytes(written([head, *rows], since_1904=since_1904))
    found = (await preview(tmp_path / "duty.xlsx", parse_mapping(HISTORY))).rows
    assert [one.commands[0].at for one in found] == [day, day, day]


@pytest.mark.parametrize("text", ["2026-11-20 9", "2026-11-20 48:00", "2026-11-20 10:60", "24:00"])
def test_what_is_no_time_of_day_is_not_guessed(text: str) -> None:
    with pytest.raises(Misread):
        Instants(parse_mapping(DUTIES)).read(text)


@pytest.mark.parametrize(
    ("end", "whole_day", "hours"),
    [("09:00", False, 0), ("09:00", True, 24), ("08:59", False, 24 - 1 / 60), ("24:00", False, 15)],
)
def test_an_end_that_equals_its_start_lasts_nothing_unless_the_mapping_says_a_day(
    end: str, whole_day: bool, hours: float
) -> None:
    read = Instants(parse_mapping(DUTIES)).read
    begun = read("2026-11-20 09:00")
    ended = read(f"2026-11-20 {end}", None, "2026-11-20 09:00", whole_day)
    assert ended - begun == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("2026-11-20", 24),
        ("2026年11月20日", 24),
        ("2026-11-20 00:00:00", 24),
        ("2026-11-20 24:00", 24),
        ("2026-11-20 18:00", 18),
    ],
)
def test_the_last_day_of_a_term_is_part_of_it(text: str, hours: int) -> None:
    read = Instants(parse_mapping(DUTIES)).read
    assert read(text, last_day=True) - read("2026-11-20") == timedelta(hours=hours)


# -- workbooks ---------------------------------------------------------------------------------------------

SHIFTS = (
    DUTIES.replace('"{jurisdiction}", walk', '"{jurisdiction}", name = "{name}", walk')
    + """
[[source.command]]
name = "worker.check_out"
at = { template = "{day} {end}", after = "{day} {start}" }
data = { worker = { id_of = ["id"] } }
"""
)


async def test_cells_of_a_workbook(tmp_path: Path) -> None:
    rows = [
        ("id", "name", "day", "start", "end"),
        (1380001, 12.0, date(2026, 11, 20), time(9), time(17, 30)),
        ("A", True, datetime(2026, 11, 20, 0, 0), time(20), timedelta(hours=24)),
        ("B", 0.1 + 0.2, 46346, 0.375, 1.0),
        (110101199001011234, "x", date(2026, 11, 20), time(9), time(10)),
        ("C", "#N/A", date(2026, 11, 20), time(9), time(10)),
        ("D", "y", date(2026, 11, 20), time(9), time(9)),
    ]
    book = written(rows, formats={"E3": "[h]:mm", "E4": "hh:mm"})
    sink = Deciding("C1")
    await sink.establish()
    lines = await rejected(tmp_path, SHIFTS, book, sink, name="book.xlsx")
    assert {line: code for line, (code, _) in lines.items()} == {"5": "unreadable", "6": "cell_error"}
    assert "id: '1.10101199001011E+17' was rounded" in lines["5"][1]
    times = [(one["name"], one["at"].isoformat()[8:16]) for one in sink.sent]
    assert sorted(times) == [
        ("worker.check_in", "20T01:00"),
        ("worker.check_in", "20T01:00"),
        ("worker.check_in", "20T01:00"),
        ("worker.check_in", "20T12:00"),
        ("worker.check_out", "20T01:00"),
        ("worker.check_out", "20T09:30"),
        ("worker.check_out", "20T16:00"),
        ("worker.check_out", "20T16:00"),
    ]
    names = {one["data"]["name"] for one in sink.sent if "name" in one["data"]}
    assert names == {"12", "true", "0.3", "y"}


# -- phones ------------------------------------------------------------------------------------------------

CALLED = """
name = "called"
timezone = "Europe/Berlin"
[[source]]
name = "people"
[[source.command]]
name = "worker.register"
data = { worker = { id_of = ["phone"] }, role = "courier", phone = { column = "phone", type = "phone", ask = true } }
"""


async def test_one_phone_is_one_person_however_it_is_written_in_the_region(tmp_path: Path) -> None:
    sink = Deciding("C1")
    await sink.establish()
    table = 'phone\n030 12345678\n+49 30 12345678\n0049 30 12345678\n"030/12345678, 0170 1234567"\n'
    known = Places("C1", {}, None, "Europe/Berlin")
    assert await rejected(tmp_path, CALLED, table, sink, places=known) == {}
    people = [one["data"]["worker"] for one in sink.sent]
    assert len(people) == 4
    assert len(set(people)) == 2
    assert sink.sent[3]["data"]["phone"] == "030/12345678, 0170 1234567"


async def test_the_mapping_may_name_the_region(tmp_path: Path) -> None:
    sink = Deciding("C1")
    await sink.establish()
    table = "phone\n030 12345678\n+49 30 12345678\n"
    await rejected(tmp_path, f'region = "CN"\n{CALLED}', table, sink)
    assert len({one["data"]["worker"] for one in sink.sent}) == 2
