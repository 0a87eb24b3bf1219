"""Every exported column has a heading in every language, and no two of a file are alike."""

import tomllib
from pathlib import Path

import msgspec
import pytest
from each import each

from projections.catalog import public_views, views
from projections.instant import READ
from services.api.headings import CHOICES, FIELDS, headings
from services.api.institutions import board_file
from services.api.institutions.coverage_file import COLUMNS
from services.api.view_parameters import DERIVED
from services.refusals import languages

FOLDER = Path(__file__).parents[2] / "services/api/headings"
EXPORTED = [*(views[name] for name in public_views()), *DERIVED.values()]
LANGUAGES = [one for one in CHOICES if one != FIELDS]


def columns(name: str) -> list[list[str]]:
    """Return the fields of a view's rows, of now and of an instant."""
    rows = [view.row for view in EXPORTED if view.name == name]
    rows += [READ[name][0].row] if name in READ else []
    return [[field.name for field in msgspec.structs.fields(row)] for row in rows]


def test_every_language_of_the_service_has_headings() -> None:
    assert tuple(LANGUAGES) == languages()


@each("language", LANGUAGES)
@each("view", [view.name for view in EXPORTED])
def test_every_column_has_a_heading_of_its_own(view: str, language: str) -> None:
    for fields in columns(view):
        words = headings(view, fields, language)
        assert all(words)
        assert len(set(words)) == len(words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_no_heading_of_what_no_file_has(language: str) -> None:
    known = {view.name: {field for one in columns(view.name) for field in one} for view in EXPORTED}
    known["coverage"], known["undertaking_board"] = set(COLUMNS), {*board_file.COLUMNS, *board_file.BEFORE}
    words = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    assert set(words.pop(FIELDS)) <= set().union(*known.values())
    assert all(set(own) <= known[view] for view, own in words.items())
