"""Stations from sheets: the shipped mapping, shelters of a flood, and hospitals with their needs."""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from intaking import KEY, Recording, run, sums

from events.catalog import envelopes
from events.need import NeedChanged, NeedClosed, NeedOpened
from services.intake import Summary, import_files, load_mapping
from services.intake.loading import SHIPPED
from services.intake.places import Places
from tests.workbooks import written

DATA = Path(__file__).parents[1] / "data"
MAPPING = (SHIPPED / "stations.toml").read_text(encoding="utf-8")
COUNTIES = {"230717": "伊美区"}
SOSRS = ("shelters", "shelter_supplies", "partners")
WUHAN = ("doctor_hotels", "travel_hotels", "clinics", "hospitals", "hospital_need_events")


def table(folder: str, name: str) -> list[dict[str, str]]:
    with (DATA / folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


async def imported(folder: str, names: tuple[str, ...], sink: Recording, rejects: Path) -> Summary:
    paths = [DATA / folder / f"{name}.csv" for name in names]
    mapping = load_mapping(DATA / folder / "stations.toml")
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
        assert sums(summary) == ((2, 2, 0, 0), (2, 0, 2, 0))[again]
    first, second = sorted(sink.live("stations").values(), key=lambda row: row.name)
    assert (first.station, first.kind, first.area, first.lat, first.services, first.seats) == (
        *("Y1", "youth", "230717", 47.7275, ("rest", "charging"), 12),
    )
    assert (second.kind, second.area, second.hours) == ("other", "2307", "全天")


async def test_shelters_of_a_flood(tmp_path: Path) -> None:
    sink = Recording("RS")
    await sink.establish({})
    summary = await imported("sosrs", SOSRS, sink, tmp_path)
    shelters, needs = table("sosrs", "shelters"), table("sosrs", "shelter_supplies")
    rows = sink.live("stations")
    assert (len(rows), sum(one.rejected for one in summary.files)) == (len(shelters), 0)
    for name, field in (("capacity", "beds"), ("sheltered_people", "present")):
        told = sum(int(row[name]) for row in shelters if row[name])
        assert sum(getattr(row, field) or 0 for row in rows.values()) == told
    over = {r["id"] for r in shelters if int(r["sheltered_people"] or 0) > int(r["capacity"] or 10**9)}
    assert {key for key, row in rows.items() if row.over} == over
    assert len(over) == 3
    free = {
        r["id"]: max(0, int(r["capacity"]) - int(r["sheltered_people"]))
        for r in shelters
        if r["capacity"] and r["sheltered_people"]
    }
    assert {key: row.free_beds for key, row in rows.items() if row.free_beds is not None} == free
    found = Counter((row.side, row.priority, row.state) for row in sink.live("needs").values())
    by = Counter(row["priority"] for row in needs)
    assert found == {
        ("short", 2, "open"): by["100"],
        ("short", 3, "open"): by["10"],
        ("surplus", 4, "open"): by["1"],
        ("short", 4, "closed"): by["0"],
    }
    assert len(sink.live("enterprises")) == 6


async def test_needs_of_hospitals_are_opened_changed_and_closed(tmp_path: Path) -> None:
    sink = Recording("WUHAN")
    await sink.establish({})
    summary = await imported("wuhan2020", WUHAN, sink, tmp_path)
    events = table("wuhan2020", "hospital_need_events")
    told = Counter(row["event"] for row in {tuple(row.items()): row for row in events}.values())
    recorded = Counter(
        type(e.data)
        for e in (one for commit in sink.commits for one in envelopes(commit))
        if isinstance(e.data, NeedOpened | NeedChanged | NeedClosed)
    )
    assert recorded == {
        NeedOpened: told["need_opened"],
        NeedChanged: told["need_changed"],
        NeedClosed: told["need_closed"],
    }
    rows = list(sink.live("needs").values())
    assert [sum(getattr(row, name) for row in rows) for name in ("opened", "changed", "closed")] == [
        told[f"need_{name}"] for name in ("opened", "changed", "closed")
    ]
    assert sum(one.rejected for one in summary.files) == 0
    kinds = Counter(row.kind for row in sink.live("stations").values())
    assert (kinds["hotel"], kinds["clinic"], kinds["hospital"]) == (
        16,
        6,
        len(table("wuhan2020", "hospitals")),
    )


@pytest.mark.parametrize(("folder", "names"), [("sosrs", SOSRS), ("wuhan2020", WUHAN)])
async def test_importing_again_changes_nothing(tmp_path: Path, folder: str, names: tuple[str, ...]) -> None:
    sink = Recording("RS")
    await sink.establish({})
    await imported(folder, names, sink, tmp_path)
    end = sink.end
    again = await imported(folder, names, sink, tmp_path)
    assert sink.end == end
    assert sum(one.applied for one in again.files) == 0
