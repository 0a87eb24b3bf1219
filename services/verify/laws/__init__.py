"""Laws of the views that hold at any date: one file each with a module-level `LAW`, found by discovery."""

import importlib
import pkgutil
from typing import Final

from services.verify.laws.base import Law


def _found() -> tuple[Law, ...]:
    modules = (importlib.import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__))
    laws = sorted((module.LAW for module in modules if hasattr(module, "LAW")), key=lambda law: law.code)
    if len({law.code for law in laws}) < len(laws):
        raise ValueError(f"a law is declared twice: {', '.join(law.code for law in laws)}")
    return tuple(laws)


LAWS: Final = _found()
