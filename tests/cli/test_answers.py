"""`muster answers`, from a sheet to the answer at a date."""

import json
from pathlib import Path

from server import muster

from events.terms import BUILT_IN

SHEET = """\
unit,duty,established,post,first-responsible,holder,since,answers for area
Committee,lead,2022-01-01T00:00:00Z,Head,yes,Person 001,2022-01-05T00:00:00Z,2307
"""
J = "2307"
TRADES = len(BUILT_IN["trade"])


def test_who_answered_is_told_from_a_sheet_at_any_date(tmp_path: Path) -> None:
    sheet, data = tmp_path / "posts.csv", str(tmp_path / "data")
    sheet.write_text(SHEET, encoding="utf-8")
    done = muster("import", str(sheet), "-j", J, "--data", data)
    assert done.returncode == 0, done.stderr
    assert "1 rows = 1 applied" in done.stdout
    told = muster("answers", "--data", data)
    assert "Committ" in told.stdout
    assert "P*" in told.stdout
    assert "0 posts vacant, nobody answers for 0 areas" in told.stdout
    past = ["--at", "2022-01-03T00:00:00+08:00", "--format", "json"]
    rows = json.loads(muster("answers", "--data", data, "--area", J, *past).stdout)
    assert [(one["what"], one["post"], one["charged"]) for one in rows if one["what"] != "trade"] == [
        ("asked", None, "Committee-Head"),
        ("gap", None, "Committee-Head"),
        *[("gap", None, "Committee-Head")] * TRADES,
    ]
    one_trade = ["--trade", "courier", "--at", "2022-01-03", "--format", "json"]
    rows = json.loads(muster("answers", "--data", data, *one_trade).stdout)
    named = [(one["what"], one["area"], one["trade"], one["trade_name"]) for one in rows]
    assert named == [("asked", J, "courier", "快递物流"), ("gap", J, None, None)]
    assert all(one["area_name"] and one["charged_name"] == "Committee Head" for one in rows)
    assert "as of the end of 2022-01-03" in muster("answers", "--data", data, "--at", "2022-01-03").stdout
    nowhere = muster("answers", "--data", data, "--area", "999")
    assert (nowhere.returncode, "area 999 is not defined" in nowhere.stderr) == (1, True)
    strange = muster("answers", "--data", data, "--trade", "快递")
    assert (strange.returncode, "trade 快递 is not defined" in strange.stderr) == (1, True)
    assert "courier" in strange.stderr, "the trades there are"
    assert muster("answers", "--data", data, "--task", "sleep").returncode == 2
