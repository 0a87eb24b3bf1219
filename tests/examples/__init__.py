"""One file per aggregate, for the tests that walk over all of them; a kind without its file fails them.

`placed(area, name)` gives the commands that put a `name` of it there. `STORY`, where there is one, is a story
in which each of its events happens, as (command, body); area 230717 and worker W1 exist by then.
"""

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any, Final

from services.decisions.base import Command

Placed = Callable[[str, str], list[Command]]
_MODULES: Final[list[Any]] = [
    importlib.import_module(module.name) for module in pkgutil.iter_modules(__path__, f"{__name__}.")
]

placed: dict[str, Placed] = {module.__name__.rpartition(".")[2]: module.placed for module in _MODULES}
"""Kind -> its example."""
stories: list[tuple[str, dict[str, Any]]] = [
    step for module in _MODULES for step in getattr(module, "STORY", ())
]
"""The stories of all, one after another."""
