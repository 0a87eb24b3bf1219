"""Tables on a terminal hold what there is room for, and say what they leave out."""

from typing import Any

import pytest

from events.terms import Names
from services.cli.common import Format, out, print_rows

ROW: dict[str, Any] = {
    "id": "E1",
    "name": "企业 001",
    "code": "9" * 18,
    "empty": None,
    "history": [{"at": 1}],
    "last": "z",
}


@pytest.mark.parametrize(
    ("width", "shown", "hidden"),
    [
        (80, ["id", "name", "code", "last"], "history"),
        (30, ["id", "name"], "code, history, last"),
        (2, ["id"], "name"),
    ],
)
def test_a_table_holds_what_there_is_room_for(
    width: int,
    shown: list[str],
    hidden: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(out, "width", width)
    print_rows([ROW, {**ROW, "id": "E2"}], list(ROW), Format.table)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == shown
    assert lines[-1].startswith(f"not shown: {hidden}")
    assert "empty" not in lines[-1]


def test_a_table_that_fits_leaves_nothing_out(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([{"id": "E1", "n": 3}], ["id", "n"], Format.table)
    assert "not shown" not in capsys.readouterr().out


def test_what_is_nested_is_json_in_a_sheet(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([{"id": "E1", "names": Names(en="One", zh="一")}], ["id", "names"], Format.csv)
    assert capsys.readouterr().out.splitlines()[1] == 'E1,"{""en"":""One"",""zh"":""一""}"'
