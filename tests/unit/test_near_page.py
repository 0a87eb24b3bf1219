"""The public page of stations: small, without a sign-in, and its position never leaves the device."""

import re

import pytest

from events.terms import BUILT_IN
from services.console.pages import WEB, asset, languages, page

MOST_BYTES = 60_000
SCRIPTS = ("near/app.js", "near/core.js", "near/worker.js")


def listed() -> list[str]:
    return re.findall(r"\{\{assets\}\}/([^\"]+)", (WEB / "near.html").read_text())


def test_all_of_the_page_is_small() -> None:
    sizes = [len(page(name).packed or b"") for name in ("near.html", "near/worker.js")]
    for name in (*listed(), *(f"i18n/{one}/near.js" for one in languages())):
        file = asset(name)
        assert file, name
        sizes.append(len(file.packed or file.plain))
    assert sum(sizes) < MOST_BYTES


def test_the_page_works_offline_with_what_it_loads() -> None:
    worker = (WEB / "near/worker.js").read_text()
    for name in listed():
        assert name.startswith("icons/") or f'"{name}"' in worker


@pytest.mark.parametrize("language", languages())
def test_every_kind_and_service_has_a_word(language: str) -> None:
    texts = (WEB / "i18n" / language / "near.js").read_text()
    known = set(re.findall(r"^  (?:kind|service)_(\w+):", texts, re.MULTILINE))
    assert known == {*BUILT_IN["station_kind"], *BUILT_IN["station_service"]}


def test_a_position_is_in_no_request() -> None:
    source = "\n".join((WEB / name).read_text() for name in SCRIPTS)
    assert source.count("fetch(`") == 1
    assert "fetch(`/api/v1/${encodeURIComponent(city)}/public/stations`" in source
    for sender in ("XMLHttpRequest", "sendBeacon", "WebSocket", "EventSource", "localStorage", "innerHTML"):
        assert sender not in source
