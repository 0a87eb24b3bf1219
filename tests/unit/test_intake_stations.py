"""Stations from sheets: the shipped mapping, shelters of a flood, and hospitals with their needs."""

import csv
import tarfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from intaking import KEY, NOW, Recording, run
from intaking import sums as counts

from events.catalog import envelopes
from events.need import NeedChanged, NeedClosed, NeedOpened
from projections.need_sums import sums
from services.intake import Summary, import_files, load_mapping
from services.intake.cells.places import Places
from services.intake.mapping.loading import SHIPPED
from services.stations.board import Asked, StationBoard
from services.stations.nearest import distance
from services.verify.laws.stations import LAW
from tests.workbooks import written

Tables = Callable[[str], Path]
DATA = Path(__file__).parents[1] / "data"
MAPPING = (SHIPPED / "stations.toml").read_text(encoding="utf-8")
USES = (SHIPPED / "station-uses.toml").read_text(encoding="utf-8")
COUNTIES = {"230717": "伊美区"}
SOSRS = ("shelters", "supplies", "shelter_supplies", "partners")
WUHAN = ("doctor_hotels", "travel_hotels", "clinics", "hospitals", "hospital_need_events")


WHOLE = [False, pytest.param(True, marks=pytest.mark.long)]
"""Whether the test reads the whole tables or a part of them."""


@pytest.fixture(params=WHOLE, ids=["part", "whole"])
def tables(request: pytest.FixtureRequest, tmp_path: Path) -> Tables:
    """Return the folder of a project's tables, by its name."""

    def folder(name: str) -> Path:
        if not request.param:
            return DATA / name
        with tarfile.open(DATA / name / "whole.tar.xz") as packed:
            packed.extractall(tmp_path / name, filter="data")
        return tmp_path / name

    return folder


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


async def imported(folder: Path, names: tuple[str, ...], sink: Recording, rejects: Path) -> Summary:
    paths = [folder / f"{name}.csv" for name in names]
    mapping = load_mapping(DATA / folder.name / "stations.toml")
    places = Places(sink.state.jurisdiction, {})
    return await import_files(
        paths, mapping, sink.state.jurisdiction, sink, import_key=KEY, places=places, rejects=rejects
    )


async def test_a_sheet_in_chinese(tmp_path: Path) -> None:
    sink = Recording("2307")
    await sink.establish(COUNTIES)
    head = ["驿站编号", "驿站名称", "类型", "区域", "纬度", "经度", "服务", "座位", "充电位", "开放时间"]
    rows: list[list[Any]] = [
        ["Y1", "驿站 001", "青年驿站", "伊美区", 47.7275, 128.8409, "休息、充电", 12, 4, "Mo-Fr 08:00-20:00"],
        [None, "驿站 002", None, None, None, None, None, None, None, "全天"],
    ]
    for again in range(2):
        sheet, places = written([head, *rows]), Places("2307", COUNTIES)
        summary = await run(tmp_path, MAPPING, sheet, sink, "stations.xlsx", places=places)
        assert counts(summary) == ((2, 2, 0, 0), (2, 0, 2, 0))[again]
    first, second = sorted(sink.live("stations").values(), key=lambda row: row.name)
    assert (first.station, first.kind, first.area, first.lat, first.services, first.seats) == (
        *("Y1", "youth", "230717", 47.7275, ("rest", "charging"), 12),
    )
    assert (second.kind, second.area, second.hours) == ("other", "2307", "全天")


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_keepers_list_of_uses_counts_each_row_once(tmp_path: Path, language: str) -> None:
    sink = Recording("2307")
    await sink.establish(COUNTIES)
    await run(tmp_path, MAPPING, "station number,station\nY1,驿站 001\n", sink, "stations.csv")
    head = {"en": "station number,used at,service", "zh": "驿站编号,使用时间,服务"}[language]
    what = {"en": "charging", "zh": "充电"}[language]
    at = "2022-03-05 09:05"
    sheet = f"{head}\nY1,{at},{what}\nY1,{at},{what}\nY1,2022-03-05 09:40,\nY9,{at},\n"
    for expected in ((4, 3, 0, 1), (4, 0, 3, 1)):
        summary = await run(tmp_path, USES, sheet, sink, "uses.csv")
        assert counts(summary) == expected, summary
    (day,) = sink.live("station_days").values()
    assert (day.uses, day.by_hour, day.by_service) == (3, {"9": 3}, {"": 1, "charging": 2})
    assert {use.via for use in sink.live("station_uses").values()} == {"import"}
    assert lawful(sink) == []


def lawful(sink: Recording) -> list[str]:
    """Return what breaks the law of stations, their days and needs, at any date."""
    views = ("stations", "station_uses", "station_days", "needs")
    return list(LAW.broken(sink.state.jurisdiction, {view: sink.live(view) for view in views}))


async def test_shelters_of_a_flood(tables: Tables, tmp_path: Path) -> None:
    sink, folder = Recording("RS"), tables("sosrs")
    await sink.establish({})
    summary = await imported(folder, SOSRS, sink, tmp_path)
    shelters, needs = table(folder, "shelters"), table(folder, "shelter_supplies")
    rows = sink.live("stations")
    assert (len(rows), sum(one.rejected for one in summary.files)) == (len(shelters), 0)
    for name, field in (("capacity", "beds"), ("sheltered_people", "present")):
        told = sum(int(row[name]) for row in shelters if row[name])
        assert sum(getattr(row, field) or 0 for row in rows.values()) == told
    over = {r["id"] for r in shelters if int(r["sheltered_people"] or 0) > int(r["capacity"] or 10**9)}
    assert {key for key, row in rows.items() if row.over} == over
    free = {
        r["id"]: max(0, int(r["capacity"]) - int(r["sheltered_people"]))
        for r in shelters
        if r["capacity"] and r["sheltered_people"]
    }
    assert {key: row.free_beds for key, row in rows.items() if row.free_beds is not None} == free
    assert len(sink.live("enterprises")) == 6
    found = sink.live("needs")
    assert len(found) == len(needs)
    items, totals = sums(found.values(), NOW)
    assert {(one.item, one.side): one.by_priority for one in items} == by_hand(needs)
    assert {one.item: one.quantity for one in items if one.side == "surplus"} == {
        item: sum(int(r["quantity"] or 0) for r in needs if (r["supply_id"], r["priority"]) == (item, "1"))
        for item in {r["supply_id"] for r in needs if r["priority"] == "1"}
    }
    assert (totals.opened, totals.closed) == (len(needs), sum(r["priority"] == "0" for r in needs))
    terms = {row.code: row.names.en for row in sink.live("terms").values() if row.list == "need_item"}
    named = {row["id"]: " ".join(row["name"].split()) for row in table(folder, "supplies")}
    assert {item: terms[item] for item in {one.item for one in items}} == {
        item: named[item] for item in {r["supply_id"] for r in needs if r["priority"] != "0"}
    }
    assert lawful(sink) == []


def by_hand(needs: list[dict[str, str]]) -> dict[tuple[str, str], dict[int, int]]:
    """Count the open needs by item, side and priority, from the file alone."""
    codes = {"100": ("short", 2), "10": ("short", 3), "1": ("surplus", 4)}
    by: dict[tuple[str, str], Counter[int]] = {}
    for row in needs:
        if row["priority"] in codes:
            side, priority = codes[row["priority"]]
            by.setdefault((row["supply_id"], side), Counter())[priority] += 1
    return {key: dict(found) for key, found in by.items()}


async def test_the_nearest_shelter_with_room(tables: Tables, tmp_path: Path) -> None:
    sink, folder = Recording("RS"), tables("sosrs")
    await sink.establish({})
    await imported(folder, SOSRS, sink, tmp_path)
    when = datetime(2024, 5, 20, 20, tzinfo=UTC)
    board = StationBoard(ZoneInfo("America/Sao_Paulo"), None)
    for key, row in sink.live("stations").items():
        board.take(key, row)
    lat, lon = -30.0277, -51.2287
    asked = Asked(point=(lat, lon), at=when, room=True, limit=20)
    near = board.near(asked, lambda row: True)
    known = {r["id"]: r for r in table(folder, "shelters") if r["latitude"] and r["capacity"]}
    room = [
        (distance(lat, lon, float(r["latitude"]), float(r["longitude"])), key)
        for key, r in known.items()
        if r["sheltered_people"]
        and int(r["capacity"]) > int(r["sheltered_people"])
        and when - datetime.fromisoformat(r["updated_at"]) < timedelta(hours=4)
    ]
    assert [one.row.station for one in near] == [key for _, key in sorted(room)[:20]]


async def test_needs_of_hospitals_are_opened_changed_and_closed(tables: Tables, tmp_path: Path) -> None:
    """Each line counts, also of hospitals that are listed twice and of needs that were open before."""
    sink, folder = Recording("WUHAN"), tables("wuhan2020")
    await sink.establish({})
    await imported(folder, WUHAN, sink, tmp_path)
    told = Counter(row["event"] for row in table(folder, "hospital_need_events"))
    recorded = Counter(
        type(e.data)
        for e in (one for commit in sink.commits for one in envelopes(commit))
        if isinstance(e.data, NeedOpened | NeedChanged | NeedClosed)
    )
    events = {NeedOpened: "need_opened", NeedChanged: "need_changed", NeedClosed: "need_closed"}
    assert recorded == {cls: told[name] for cls, name in events.items()}
    _, totals = sums(sink.live("needs").values(), NOW)
    assert [getattr(totals, name) for name in ("opened", "changed", "closed")] == [
        told[f"need_{name}"] for name in ("opened", "changed", "closed")
    ]
    if folder != DATA / "wuhan2020":
        assert (totals.opened, totals.changed, totals.closed) == (3_634, 758, 1_486)
    assert lawful(sink) == []


async def test_hotels_clinics_and_hospitals_are_stations(tables: Tables, tmp_path: Path) -> None:
    sink, folder = Recording("WUHAN"), tables("wuhan2020")
    await sink.establish({})
    summary = await imported(folder, WUHAN, sink, tmp_path)
    whole = folder != DATA / "wuhan2020"
    rejected = {one.source: one.rejected for one in summary.files if one.rejected}
    assert rejected == ({"travel hotels": 1, "hospitals": 1} if whole else {}), "told twice; without a name"
    kinds = Counter(row.kind for row in sink.live("stations").values())
    wanted = (670, 59, 241) if whole else (16, 6, len(table(folder, "hospitals")))
    assert (kinds["hotel"], kinds["clinic"], kinds["hospital"]) == wanted


@pytest.mark.parametrize(("name", "names"), [("sosrs", SOSRS), ("wuhan2020", WUHAN)])
async def test_importing_again_changes_nothing(
    tables: Tables, tmp_path: Path, name: str, names: tuple[str, ...]
) -> None:
    sink, folder = Recording("RS"), tables(name)
    await sink.establish({})
    await imported(folder, names, sink, tmp_path)
    end = sink.end
    again = await imported(folder, names, sink, tmp_path)
    assert sink.end == end
    assert sum(one.applied for one in again.files) == 0
