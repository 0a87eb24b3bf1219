"""One file per aggregate: `lying(area, name)` gives the commands that put a `name` of it there.

Tests that walk all aggregates find what they need here; a kind without its file fails them.
"""

import importlib
import pkgutil
from collections.abc import Callable

from services.decisions.base import Command

Lying = Callable[[str, str], list[Command]]

lying: dict[str, Lying] = {
    module.name.rpartition(".")[2]: importlib.import_module(module.name).lying
    for module in pkgutil.iter_modules(__path__, f"{__name__}.")
}
"""Kind -> its example."""
