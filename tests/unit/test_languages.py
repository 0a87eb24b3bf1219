"""A language of the pages takes one folder of catalogues and one line."""

import re
import shutil
from functools import cache
from pathlib import Path

import pytest
from catalogues import LANGUAGES
from each import each

from services.console import pages
from services.console.pages import WEB

LINES = re.findall(r'code: "(\w+)"', (WEB / "i18n" / "languages.js").read_text())
NAMED = re.compile(r"""["'`](?:zh|en)(?:-\w\w)?["'`]|i18n/(?:zh|en)\b""")


def test_every_folder_has_its_line_and_every_line_its_folder() -> None:
    assert sorted(LINES) == LANGUAGES


@each(
    "path",
    [p for p in sorted(WEB.rglob("*.js")) if not {"vendor", "i18n"} & set(p.relative_to(WEB).parts)],
    ids=lambda p: str(p.relative_to(WEB)),
)
def test_no_script_names_a_language(path: Path) -> None:
    found = [one for one in path.read_text().splitlines() if NAMED.search(one)]

    assert not found


@pytest.fixture
def with_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add a third language whose refusals are not translated yet."""
    shutil.copytree(WEB, tmp_path / "web", ignore=shutil.ignore_patterns("vendor"))
    shutil.copytree(WEB / "i18n" / "en", tmp_path / "web" / "i18n" / "fr")
    monkeypatch.setattr(pages, "WEB", tmp_path / "web")
    for one in (pages.contents, pages.digest, pages.page):
        monkeypatch.setattr(pages, one.__name__, cache(one.__wrapped__))


@pytest.mark.usefixtures("with_another")
def test_a_new_folder_is_served_with_refusals_and_kept_on_phones() -> None:
    contents = pages.contents()

    assert contents["i18n/fr/board_refusals.js"] == contents["i18n/en/board_refusals.js"]
    assert b"/i18n/fr/go.js" in pages.page("go/worker.js").plain
