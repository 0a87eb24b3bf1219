"""Mapping files: what they can express, and how their errors are reported."""
# ruff: noqa: E501  mapping files

import json
from datetime import UTC, datetime, timedelta
from math import cos, hypot, radians
from pathlib import Path
from typing import Any

import pytest

from services.intake import MappingError, load_mapping, parse_mapping, schema
from services.intake.cells.values import Values
from services.intake.errors import RowError
from services.intake.mapping import Condition, Value
from services.intake.mapping.templates import fill
from services.locations.datum import to_wgs84, wgs84_to_gcj02

COMMAND = '[[source.command]]\nname = "area.define"\ndata = { area = "{code}", name = "{name}" }\n'
GOOD = 'name = "m"\n[[source]]\nname = "s"\n' + COMMAND


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("name =", "name"), r"m\.toml: is not valid TOML: .*line 1"),
        (
            ("area.define", "area.make"),
            r"source 1 \(s\) > command 1 \(area.make\) > name: no command named area.make; choose from area.bound, area.close",
        ),
        (("area.define", "log.fence"), "no command named log.fence"),
        (
            ("area =", "aera ="),
            r"command 1 \(area.define\), data.aera: has no such field; it has area, name, lon, lat",
        ),
        ((', name = "{name}"', ""), "data.name: is required and missing"),
        (
            ('"{code}"', '"{code"'),
            r"data > area > template: template '\{code': braces must enclose a column name",
        ),
        (('"{code}"', '"{code|shout}"'), "no filter named 'shout'; choose from lower, upper"),
        (
            ('"{code}"', '{ column = "code", map = "codes" }'),
            r"data.area.map: no value map named codes in \[values\]",
        ),
        (('"{code}"', '{ column = "code", template = "x" }'), "give exactly one of column, template"),
        (('"{code}"', '{ column = "code", type = "date" }'), "data > area > type: Input should be 'text'"),
        (('"{code}"', '{ column = "code", extract = "(" }'), "is not a regular expression"),
        (('name = "s"', 'name = "s"\nsheets = 1'), r"source 1 \(s\) > sheets: Extra inputs"),
        (('name = "m"', 'name = "m"\ntimezone = "Mars"'), "timezone: Mars is not an IANA time zone"),
        (('name = "m"', 'name = "m"\nencoding = "klingon"'), "encoding: klingon is not an encoding"),
        (
            ("data =", 'when = [{ column = "x", changed = true }]\ndata ='),
            "changed, .* require a key of the source",
        ),
        (("data =", 'when = [{ column = "x", over = "every" }]\ndata ='), "over requires once_per"),
        (
            ("[[source]]", '[values.v]\n"*" = "{x|code}"\n[[source]]'),
            r"values.v: '\{x\|code\}' would be the value",
        ),
        (("data =", "when = [{ filled = true }]\ndata ="), "when 1: give exactly one of column"),
    ],
)
def test_what_is_wrong_is_told_by_file_table_and_key(change: tuple[str, str], message: str) -> None:
    with pytest.raises(MappingError, match=message) as caught:
        parse_mapping(GOOD.replace(*change, 1), "m.toml")
    assert "\n" not in str(caught.value) or "TOML" in str(caught.value)


def test_an_unknown_mapping_names_the_shipped_ones(tmp_path: Path) -> None:
    with pytest.raises(
        MappingError, match=r"no mapping named nope: give a TOML file, or one of areas, .*roster, .*sffd"
    ):
        load_mapping("nope")
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"')
    with pytest.raises(MappingError, match="is not valid UTF-8"):
        load_mapping(tmp_path / "latin.toml")


def test_the_schema_on_disk_is_the_models() -> None:
    stored = json.loads((Path(__file__).parents[2] / "docs/mapping.schema.json").read_text("utf-8"))
    assert stored == schema()


# -- values ------------------------------------------------------------------------------------------------


def values(**options: Any) -> Values:
    mapping = parse_mapping(GOOD).model_copy(update=options)
    return Values(mapping, b"k", "2307")


def read(name: str, field: str, cell: str, **spec: Any) -> Any:
    return values().field(name, field, Value(column="c", **spec), {"c": cell})


@pytest.mark.parametrize(
    ("field", "cell", "spec", "expected"),
    [
        ("quantity", "1,200", {}, 1200),
        ("quantity", "１２", {}, 12),
        ("quantity", "1.200,0", {"decimal": ","}, 1200),
        ("category", " Fire / Rescue ", {}, "fire_rescue"),
        ("category", "RESCUE CAPTAIN", {}, "rescue_captain"),
        ("request", "A/17", {}, "A-17-bb436b24"),
        ("text", "two\nlines", {}, "two\nlines"),
        ("address", "two\nlines", {}, "two lines"),
        ("address", "long street", {"shorten": 4}, "long"),
        ("address", "Unit 7, Road", {"extract": r"^Unit (\d+)"}, "7"),
        ("source", "ab", {"case": "upper"}, "AB"),
        ("lat", "(37.74, -122.45)", {}, 37.74),
        ("lon", "(37.74, -122.45)", {}, -122.45),
        ("lon", "POINT (-122.45 37.74)", {}, -122.45),
        ("lon", "-122.45", {}, -122.45),
        ("contact_phone", "13800000001.0", {"type": "phone"}, "13800000001"),
        ("slots", "", {"default": 2}, 2),
        ("slots", "1,500", {}, 1500),
        ("slots", "12,34,567", {}, 1234567),
        ("slots", "12 000", {}, 12000),
        ("slots", "1'000", {}, 1000),
        ("slots", "1.500", {"decimal": ","}, 1500),
    ],
)
def test_types_follow_the_field(field: str, cell: str, spec: dict[str, Any], expected: Any) -> None:
    assert read("request.open", field, cell, **spec) == expected


@pytest.mark.parametrize(
    ("field", "cell", "spec", "reason"),
    [
        ("quantity", "some", {}, "c: 'some' is not a number"),
        ("quantity", "1.5", {}, "is not a whole number"),
        ("quantity", "nan", {}, "is not a number"),
        ("quantity", "1,5", {}, "is not a number"),
        ("quantity", "1 5", {}, "is not a number"),
        ("quantity", "1,2,3", {}, "is not a number"),
        ("quantity", "1_0", {}, "is not a number"),
        ("quantity", "1.5", {"decimal": ","}, "is not a whole number"),
        ("quantity", "1.5.2", {"decimal": ","}, "is not a number"),
        ("lat", "47.7.1", {}, "is not a number"),
        ("contact_phone", "1.38E+10", {"type": "phone"}, "was rounded by a spreadsheet"),
        ("lat", "(-122.45, 37.74)", {}, "is not a latitude and longitude"),
        ("lat", "37.7", {"datum": "BD-09"}, "needs both in one template"),
        ("due_at", "tomorrow", {}, "is not a time in a known format"),
        ("due_at", "2024-01-01 10:00", {}, "has no UTC offset; set `timezone` in the mapping"),
    ],
)
def test_unreadable_cells_name_their_column(field: str, cell: str, spec: dict[str, Any], reason: str) -> None:
    with pytest.raises(RowError) as caught:
        read("request.open", field, cell, **spec)
    assert str(caught.value).startswith("c: ")
    assert reason in str(caught.value)


def test_value_maps_ignore_case_and_may_reject_or_default() -> None:
    mapped = values(values={"m": {"Yes ": "1"}, "any": {"*": 9}})
    assert mapped.field("request.open", "priority", Value(column="c", map="m"), {"c": "YES"}) == 1
    assert mapped.field("request.open", "priority", Value(column="c", map="any"), {"c": "x"}) == 9
    assert mapped.field("request.open", "priority", Value(column="c", map="m", default=4), {"c": "x"}) == 4
    with pytest.raises(RowError, match="'x' is not in the value map m"):
        mapped.field("request.open", "priority", Value(column="c", map="m"), {"c": "x"})


def test_templates() -> None:
    cells = {"a": " x ", "b": "", "编号": "230717001001"}
    assert fill("{a}-{编号|first 9}", cells) == "x-230717001"
    assert fill("{a}-{b}", cells) == ""
    assert fill("{a}-{b?}", cells) == "x-"
    assert fill("{b?}{a|upper}{编号|last 3}", cells) == "X001"


@pytest.mark.parametrize(("ambiguous", "hour"), [("first", 8), ("last", 9)])
def test_a_local_time_that_occurs_twice_is_the_first_unless_said(ambiguous: str, hour: int) -> None:
    read_at = values(timezone="America/Los_Angeles", ambiguous=ambiguous).at
    found = read_at(Value(column="c"), {"c": "2016-11-06 01:30:00"})
    assert found == datetime(2016, 11, 6, hour, 30, tzinfo=UTC)


def test_a_local_time_that_occurs_twice_can_be_rejected() -> None:
    read_at = values(timezone="America/Los_Angeles", ambiguous="reject").at
    with pytest.raises(RowError, match="occurs twice or not at all in America/Los_Angeles"):
        read_at(Value(column="c"), {"c": "2016-11-06 01:30:00"})
    assert read_at(Value(column="c"), {"c": "2016-11-06T01:30:00-08:00"}) == datetime(
        2016, 11, 6, 9, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("text", "hour"),
    [("2025/9/26 下午 10:28:05", 14), ("2025/9/26 上午 12:28:05", -8), ("2025/9/26 中午 12:28:05", 4)],
)
def test_chinese_halves_of_the_day(text: str, hour: int) -> None:
    found = values(timezone="Asia/Taipei").at(Value(column="c"), {"c": text})
    assert found == datetime(2025, 9, 26, tzinfo=UTC) + timedelta(hours=hour, minutes=28, seconds=5)


def test_conditions() -> None:
    holds = values().conditions.holds
    cells = {"n": "1,050", "s": "Closed "}
    assert holds(Condition(column="n", at_least=1050, at_most=1050), cells)
    assert not holds(Condition(column="s", at_least=0), cells)
    assert holds(Condition.model_validate({"column": "s", "is": ["closed"]}), cells)
    assert not holds(Condition.model_validate({"column": "s", "not": ["CLOSED"]}), cells)
    assert holds(
        Condition(any_of=[Condition(column="x", filled=True), Condition(column="s", matches="^clo")]), cells
    )


# -- coordinates -------------------------------------------------------------------------------------------


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    return 111_320 * hypot((one[0] - other[0]) * cos(radians(one[1])), one[1] - other[1])


@pytest.mark.parametrize("place", [(116.397, 39.909), (128.9, 47.73), (103.8, 30.67)])
def test_gcj_and_back_within_a_metre(place: tuple[float, float]) -> None:
    shifted = wgs84_to_gcj02(*place)
    assert 50 < metres(place, shifted) < 1000
    assert metres(to_wgs84(*shifted, "GCJ-02"), place) < 1


def test_outside_china_all_are_the_same() -> None:
    assert to_wgs84(-122.45, 37.74, "GCJ-02") == (-122.45, 37.74)


def test_bd_is_further_off_than_gcj() -> None:
    baidu = (116.404, 39.915)  # Tiananmen Square on Baidu's map
    assert metres(to_wgs84(*baidu, "BD-09"), (116.3914, 39.9073)) < 30
