"""Examples, one file per aggregate, for the tests that cover all of them. A kind without a file fails.

`placed(area, name)` returns the commands that create an example called `name` in the area. `STORY`, if
defined, lists (command, body) that cause each of its events. Area 230717 and worker W1 already exist.
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
"""The stories of all kinds, one after another."""
