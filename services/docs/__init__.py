"""Generate the pages in docs/catalogue from the code (`make docs`)."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from services.docs import commands, events, refusals, views

PAGES: Final[dict[str, Callable[[], str]]] = {
    "events.md": events.page,
    "commands.md": commands.page,
    "views.md": views.page,
    "codes.md": refusals.page,
}
"""File name -> function that returns its text."""

FOLDER: Final = Path(__file__).parents[2] / "docs" / "catalogue"
