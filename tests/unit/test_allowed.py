"""The words that commands and sheets take: all of them, named in both languages."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from events.formation import ROUTES
from events.post import TASKS
from events.review import Opinion
from events.review_path import STAGES
from events.terms import BUILT_IN, Names
from events.unit import DUTIES
from projections.allowed import FIXED, LISTS, allowed
from projections.terms import TermRow
from services.cli.common import Fail, Format
from services.cli.words import words

FIXED_CODES = {
    "duty": DUTIES,
    "task": TASKS,
    "stage": STAGES,
    "verdict": get_args(Opinion),
    "formation": ROUTES,
}


def defined(code: str, *, retired: bool = False, list_: str = "trade") -> TermRow:
    return TermRow(
        term=f"{list_}.{code}",
        list=list_,
        code=code,
        names=Names(zh="直播"),
        confirm=False,
        retired=retired,
        defined_at=datetime(2022, 1, 1, tzinfo=UTC),
        defined_by="admin/1",
    )


def test_fixed_words_are_all_that_commands_take():
    assert {name: tuple(some) for name, some in FIXED.items()} == FIXED_CODES


def test_every_word_of_every_list_has_names_in_both_languages():
    found = allowed(())
    assert {one.list for one in found} == {*BUILT_IN, *FIXED}
    assert all(one.names.en and one.names.zh for one in found)


def test_own_terms_are_added_and_retired_ones_left_out():
    rows = [defined("live"), defined("courier", retired=True), defined("other")]
    found = {one.code: one.names for one in allowed(rows, "trade")}
    assert found["live"] == Names(zh="直播")
    assert found["other"] == Names(en="Other", zh="直播")
    assert "courier" not in found


def test_the_command_prints_them_without_a_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    words("duty", tmp_path, None, Format.json)
    told = json.loads(capsys.readouterr().out)
    assert told[0] == {"list": "duty", "code": "lead", "en": "Lead", "zh": "牵头"}
    with pytest.raises(Fail, match="no list named size; choose from category,"):
        words("size", tmp_path, None, Format.json)
    assert "size_class" in LISTS
