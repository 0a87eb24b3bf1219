"""The courier's page: its offline files are fully listed, in both languages, and small."""

import gzip
import re
from pathlib import Path

from catalogues import texts

from services.console.pages import WEB, contents, page

IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""")
AT_ONCE = re.compile(r"""(?:from|import)\s*["'](\.[^"']+)["']""")
"""Imports that are not left for later."""
FIRST_BYTES, ALL_BYTES = 61_000, 100_000
"""Limits, compressed and without the headers of answers: of the first view, which may weigh 80 kB with its
data (tests/browser/test_weight.py), and of all that is kept for when there is no network."""


def named() -> set[str]:
    return set((WEB / "go" / "files.txt").read_text().split())


def imported(name: str, found: set[str], how: re.Pattern[str] = IMPORT) -> set[str]:
    """Return the relative paths of the module and all its imports."""
    if name not in found:
        found.add(name)
        for other in how.findall(contents()[name].decode()):
            path = (WEB / name).parent / other
            imported(str(path.resolve().relative_to(WEB.resolve())), found, how)
    return found


def packed(names: set[str]) -> dict[str, int]:
    return {name: len(gzip.compress(contents()[name], 9)) for name in names}


def keys(language: str) -> set[str]:
    folder = WEB / "i18n" / language
    bare = re.findall(r"^  (\w+):", (folder / "near.js").read_text(), re.MULTILINE)
    return {*texts(folder / "go.js"), *texts(folder / "go_later.js"), *bare}


def test_all_modules_of_the_page_are_kept_for_when_there_is_no_network() -> None:
    modules = imported("go/app.js", set())
    assert modules == {name for name in named() if name.endswith((".js", ".mjs"))}


def test_whatever_the_page_links_to_is_kept_too() -> None:
    html = (WEB / "go.html").read_text()
    linked = set(re.findall(r"\{\{assets\}\}/([^\"]+)", html))
    assert linked <= named()


def test_every_file_that_is_to_be_kept_exists() -> None:
    assert named() <= set(contents())


def test_scripts_of_the_service_worker_are_plain_scripts() -> None:
    for name in ("go/idb.js", "go/outbox.js", "go/worker.js"):
        assert not re.search(r"^(import|export)\b", (WEB / name).read_text(), re.MULTILINE), name


def test_every_text_that_the_page_names_is_in_the_catalogue() -> None:
    scripts = "".join(path.read_text() for path in (WEB / "go").glob("*.js"))
    asked = set(re.findall(r'\bt\("([a-z_.]+)"', scripts))
    assert asked - keys("en") == set()


def test_the_first_view_is_light_in_each_language() -> None:
    styles = {name for name in named() if name.endswith(".css")}
    files = imported("go/app.js", set(), AT_ONCE) | styles
    for language in ("en", "zh"):
        texts_of = {f"i18n/{language}/{name}.js" for name in ("go", "go_refusals")}
        weights = packed(files | texts_of)
        first = sum(weights.values()) + len(page("go.html").packed or b"")
        assert first < FIRST_BYTES, sorted(weights.items(), key=lambda one: -one[1])[:5]


def test_all_that_is_kept_for_when_there_is_no_network_is_light() -> None:
    weights = packed(named())
    assert sum(weights.values()) < ALL_BYTES, sorted(weights.items(), key=lambda one: -one[1])[:5]


def test_pictures_for_installing_are_there() -> None:
    manifest = (WEB / "go" / "manifest.webmanifest").read_text()
    icons = re.findall(r"\{\{assets\}\}/([^\"]+)", manifest)
    assert len(icons) == 3
    assert all(Path(WEB / name).read_bytes().startswith(b"\x89PNG") for name in icons)
