"""All views, found by discovery; duplicates are refused at startup."""

import importlib
import pkgutil
from typing import Any

import projections
from projections.base import View

views: dict[str, View[Any]] = {}
for _found in pkgutil.iter_modules(projections.__path__, "projections."):
    _view = getattr(importlib.import_module(_found.name), "VIEW", None)
    if _view is None:
        continue
    if _view.name in views:
        raise ValueError(f"view {_view.name} is declared twice")
    views[_view.name] = _view


def public_views() -> list[str]:
    """Return the names of the views that have an endpoint."""
    return sorted(name for name, view in views.items() if view.public)
