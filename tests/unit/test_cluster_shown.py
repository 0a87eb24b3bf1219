"""What `muster cluster` and a scenario played into it print: no secret in a file, no path cut off."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from services.cli.cluster import show_parts
from services.cli.common import out
from services.cli.demo import links_of

NAMES = ("postgres", "kafka", "projector-1", "projector-2", "api-1", "api-2")
SECRET = "mst_0123456789abcdef0123456789abcdef"


def shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, terminal: bool) -> str:
    """Return what is printed once everything is ready, 80 columns wide."""
    folder = Path("/srv") / ("a-long-name-" * 8)
    children = [
        SimpleNamespace(name=one, pid=123456, address="127.0.0.1:29237", log=folder / "logs" / f"{one}.log")
        for one in NAMES
    ]
    made: Any = SimpleNamespace(
        folder=folder, children=children, urls=["http://127.0.0.1:8080"], token=SECRET
    )
    monkeypatch.setattr(out, "width", 80)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    show_parts(made, as_json=False)
    return capsys.readouterr().out


@pytest.mark.parametrize("terminal", [True, False])
def test_a_token_is_shown_to_a_terminal_alone_and_paths_are_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], terminal: bool
) -> None:
    text = shown(monkeypatch, capsys, terminal=terminal)
    assert (SECRET in text) == terminal
    assert all(f"logs/{name}.log" in text for name in NAMES), text
    assert "…" not in text


async def test_a_scenario_without_the_admins_token_links_to_the_board_alone() -> None:
    story: Any = SimpleNamespace(phone=None, jurisdiction="2307")
    tokens: Any = None
    links = await links_of("http://127.0.0.1:8080", None, tokens, story)
    assert links["board"] == "http://127.0.0.1:8080/"
    assert "None" not in str(links)
