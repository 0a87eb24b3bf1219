"""Pages make of a code and its values what the service makes of them, in both languages."""

from typing import Any

import pytest
from screens import Screens
from serving import Served

from services.console.pages import digest
from services.refusals import entries, languages, placeholders, sentence

REASONS = """async ([root, language, refusals]) => {
  const { speak } = await import(`${root}/lib/i18n.js`);
  const { reason } = await import(`${root}/lib/refusals.js`);
  await speak(language);
  return refusals.map(reason);
}"""


OWN = ("pending",)
"""What pages say in words of their own: there the button sends the same id again."""


def examples() -> list[dict[str, Any]]:
    """Each sentence with values; each code without any."""
    found: list[dict[str, Any]] = []
    for code, entry in entries("en").items():
        if code in OWN:
            continue
        found.append({"code": code, "values": {}})
        for variant in (None, *entry.variants):
            for text in entry.sentences(variant):
                values: dict[str, Any] = {name: f"{name}-1" for name in placeholders(text)}
                found.append({"code": code, "values": values | ({"variant": variant} if variant else {})})
    found.append({"code": "team.has_assignments", "values": {"team": "T1", "live": ["A1", "A2"]}})
    found.append({"code": "offer.gone", "values": {"assignment": "A1", "state": "done"}})
    return found


@pytest.mark.parametrize("language", languages())
def test_pages_say_what_the_service_says(service: Served, screens: Screens, language: str) -> None:
    page = screens.open(service.url).page
    page.goto(service.url)
    asked = examples()
    said = page.evaluate(REASONS, [f"/assets/{digest()}", language, asked])
    assert said == [sentence(one["code"], one["values"], language) for one in asked]


def test_what_comes_without_values_is_said_as_the_service_said_it(service: Served, screens: Screens) -> None:
    """A phone's outbox or an older service gives a sentence only."""
    page = screens.open(service.url).page
    page.goto(service.url)
    old = {"code": "worker.unknown", "detail": "Worker W9 is not registered."}
    new = {"code": "never.heard_of", "detail": "It went wrong."}
    said = page.evaluate(REASONS, [f"/assets/{digest()}", "en", [old, new]])
    assert said == [old["detail"], new["detail"]]


def test_instants_are_said_in_local_time(service: Served, screens: Screens) -> None:
    page = screens.open(service.url).page
    page.goto(service.url)
    closed = {"code": "area.closed", "values": {"area": "230717", "closed": "2022-03-28T00:05:00Z"}}
    (said,) = page.evaluate(REASONS, [f"/assets/{digest()}", "zh", [closed]])
    assert "08:05" in said
    assert "T00:05" not in said
