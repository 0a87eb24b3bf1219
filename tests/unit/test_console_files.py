"""The console's files: vendored libraries match their list, and no text is outside the catalogues."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from catalogues import LANGUAGES, texts
from each import each

from services.console.pages import WEB, contents
from services.intake import shipped
from services.refusals import entries as refusals

VENDOR = WEB / "vendor"
OWN = sorted(p for p in WEB.rglob("*.js") if VENDOR not in p.parents)
SOURCES = [p for p in OWN if "i18n" not in p.parts]
USED = re.compile(r"""\bt\(\s*(["'])([\w.\-]+)\1""")
IMPORT = re.compile(
    r"""^(?:import|export|\})[^"'`;]*?from\s+["']([^"']+)["']|\bimport\(\s*["'`]([^"'`]+)["'`]""", re.M
)
NAMES = re.compile(r"""^import\s*\{([^}]*)\}\s*from\s+["']([^"']+)["']""", re.M)
EXPORT = re.compile(r"^export (?:async )?(?:const|function\*?|class) (\w+)", re.M)
EXPORTS = re.compile(r"^export \{([^}]*)\}", re.M)
CJK = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
VALUE = re.compile(r"\{\w+\}")


def imported(path: Path) -> list[str]:
    """Return a module's static and dynamic imports."""
    return [one or later for one, later in IMPORT.findall(path.read_text())]


def catalogue(language: str, name: str) -> dict[str, str]:
    """Return the merged texts of a catalogue, with the last part that defines each."""
    path = WEB / "i18n" / language / f"{name}.js"
    parts = [path.parent / one for one in imported(path)]
    found = texts(path)
    for part in parts:
        found = found | texts(part.resolve())
    return found


def listed() -> list[dict[str, str]]:
    return json.loads((VENDOR / "vendored.json").read_text())


@pytest.mark.parametrize("one", listed(), ids=lambda one: one["file"])
def test_a_vendored_file_is_the_one_that_is_listed(one: dict[str, str]) -> None:
    path = VENDOR / one["file"]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == one["sha256"]
    assert (path.parent / "LICENSE").exists()
    assert one["licence"] in ("MIT", "Apache-2.0", "BSD-3-Clause")


def test_nothing_is_vendored_that_is_not_listed() -> None:
    files = {str(p.relative_to(VENDOR)) for p in VENDOR.rglob("*") if p.is_file()}
    known = {one["file"] for one in listed()} | {f for f in files if f.endswith(("LICENSE", ".d.mts"))}
    assert files - known == {"vendored.json"}


@each("path", OWN, ids=lambda p: str(p.relative_to(WEB)))
def test_modules_import_by_path_what_exists(path: Path) -> None:
    """Without a build step, nothing resolves bare module names."""
    for name in imported(path):
        if "${" in name:
            continue
        assert name.startswith(("./", "../")), f"{path.name} imports {name}"
        assert file_of(path.parent / name) in contents(), f"{path.name} imports {name}"


def file_of(path: Path) -> str:
    """Return its path among the served files, some of which are generated."""
    return path.resolve().relative_to(WEB.resolve()).as_posix()


def exported(path: Path) -> set[str]:
    """Return the names that one of our modules exports."""
    text = contents()[file_of(path)].decode()
    declared = EXPORT.findall(text)
    listed_too = [name.strip() for names in EXPORTS.findall(text) for name in names.split(",")]
    return {*declared, *listed_too}


@each("path", OWN, ids=lambda p: str(p.relative_to(WEB)))
def test_modules_import_what_is_exported_and_what_they_use(path: Path) -> None:
    """No compiler checks this, and in the browser a missing name breaks the whole page."""
    text = path.read_text()
    for names, module in NAMES.findall(text):
        if "vendor/" in module:
            continue
        for one in filter(None, (one.strip() for one in names.split(","))):
            name, _, here = one.partition(" as ")
            assert name in exported(path.parent / module), f"{module} exports no {name}"
            assert len(re.findall(rf"\b{here or name}\b", text)) > 1, f"{one} is imported and not used"


@pytest.mark.parametrize("name", ["board", "go", "go_later"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things(language: str, name: str) -> None:
    other, en = catalogue(language, name), catalogue("en", name)
    assert sorted(other) == sorted(en)
    assert len(other) > 50
    for key in other:
        assert sorted(VALUE.findall(other[key])) == sorted(VALUE.findall(en[key])), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_that_is_used_is_in_a_catalogue(language: str) -> None:
    board = catalogue(language, "board")
    go = catalogue(language, "go") | catalogue(language, "go_later")
    for path in SOURCES:
        known = go if "go" in path.parts else {**go, **board} if "lib" in path.parts else board
        missing = [key for _, key in USED.findall(path.read_text()) if key not in known and "." in key]
        assert not missing, f"{path.relative_to(WEB)}: {missing}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sheet_that_can_be_imported_has_a_name(language: str) -> None:
    known = catalogue(language, "board")
    names = shipped()
    assert len(names) > 3
    assert [name for name in names if f"entry.mapping.{name}" not in known] == []


ENTITY = re.compile(r"html`")


def templates(text: str) -> list[str]:
    """Return the contents of html`...` templates without their ${...} parts."""
    found: list[str] = []
    for start in (m.end() for m in ENTITY.finditer(text)):
        depth, at, out = 0, start, ""
        while at < len(text):
            two = text[at : at + 2]
            if depth == 0 and text[at] == "`":
                break
            if two == "${":
                depth, at = depth + 1, at + 2
                continue
            if depth and text[at] in "{}":
                depth += 1 if text[at] == "{" else -1
            elif depth == 0:
                out += text[at]
            at += 1
        found.append(out)
    return found


@each("path", SOURCES, ids=lambda p: str(p.relative_to(WEB)))
def test_no_text_stands_outside_the_catalogues(path: Path) -> None:
    """Between tags there are only values, signs and digits. There is no Chinese in code outside comments."""
    if path.name in ("worker.js",):
        return
    text = path.read_text()
    code = re.sub(r"(?<!:)//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)
    chinese = [line for line in code.splitlines() if CJK.search(line) and '"中文"' not in line]
    assert not chinese
    for template in templates(text):
        words = re.findall(r">\s*([^<>]*[A-Za-z]{3,}[^<>]*)<", template)
        assert not [word for word in words if word.strip() not in ("Muster", "English", "Enter", "Esc")], (
            words
        )


@each("path", [*OWN, *WEB.glob("*.html")], ids=lambda p: str(p.relative_to(WEB)))
def test_text_can_never_become_markup(path: Path) -> None:
    text = path.read_text()
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert word not in text
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"""\sstyle=["']|\son\w+=["']""", text)


@each(
    "path",
    [p for kind in ("js", "css", "html") for p in sorted(WEB.rglob(f"*.{kind}")) if VENDOR not in p.parents],
    ids=lambda p: str(p.relative_to(WEB)),
)
def test_no_line_is_longer_than_110_columns(path: Path) -> None:
    long = [n for n, line in enumerate(path.read_text().splitlines(), 1) if len(line) > 110]

    assert long == []


def test_a_button_that_ignores_presses_says_so() -> None:
    """While a command is under way its buttons do nothing; the next press must not be lost unseen."""
    ignoring = re.compile(r"\bbusy\) return|!(action\.)?busy\) \w+\(|!busy && \(await")
    silent = [
        str(path.relative_to(WEB))
        for path in SOURCES
        if ignoring.search(text := path.read_text())
        and re.search(r"use(Action|Send)\(\)", text)
        and "aria-disabled=${" not in text
        and "<${Foot}" not in text  # the foot of the settings' forms, which says it
    ]

    assert silent == []


@pytest.mark.parametrize("path", sorted(WEB.rglob("css/*.css")), ids=lambda p: p.name)
def test_colours_are_named_once(path: Path) -> None:
    """Other sheets use the tokens. Any other colour would ignore light and dark mode."""
    if path.name == "tokens.css":
        return
    text = re.sub(r"url\([^)]*\)|/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    own = re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{]*[;}])", text)
    assert not own or path.name == "print.css", own


@pytest.mark.parametrize("path", sorted(WEB.rglob("css/*.css")), ids=lambda p: p.name)
def test_colours_of_paper_are_on_paper_only(path: Path) -> None:
    """Ink stays black where the screen is dark. QR cards of people.css are white paper on the screen too."""
    if path.name not in ("tokens.css", "print.css", "people.css"):
        assert "var(--ink" not in path.read_text()


def generated(language: str, page: str) -> dict[str, Any]:
    """Return the generated refusals of a page."""
    text = contents()[f"i18n/{language}/{page}_refusals.js"].decode()
    return json.loads(text.removeprefix("export default ").removesuffix(";\n"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_board_has_all_refusals_and_the_phone_what_its_worker_meets(language: str) -> None:
    board, phone = generated(language, "board"), generated(language, "go")
    assert set(board) == set(refusals(language))
    assert all(one["meaning"] for one in board.values())
    assert phone == {code: one.you for code, one in refusals(language).items() if one.you}
    assert set(phone) == set(generated("en", "go"))


_ID = r"(row|one)\.(team|worker|request|incident)"
ID_SHOWN = re.compile(rf"\?\? (id|value|{_ID})\b|>\$\{{{_ID}\}}")
"""An id where people read a name."""


@each("path", SOURCES, ids=lambda p: str(p.relative_to(WEB)))
def test_people_read_names_and_not_ids(path: Path) -> None:
    """`called` reads the name of what is not on the board, and shortens an id of a machine until then."""
    if path.name in ("names.js", "values.js", "revealed.js", "desk.js", "refusals.js"):
        return
    assert not ID_SHOWN.search(path.read_text())


CUTTING = re.compile(r"(detail|message|reason)[\w.]*\.(match|replace|search|split)\(|exec\((detail|message)")


@each("path", SOURCES, ids=lambda p: str(p.relative_to(WEB)))
def test_pages_cut_nothing_out_of_sentences(path: Path) -> None:
    assert not CUTTING.search(path.read_text())
