"""docs/catalogue/views.md: every view, from its declaration."""

import inspect
import sys

from projections.base import Row, View
from projections.catalog import views
from projections.instant import PRESENCE
from services.docs.markdown import code, head, sentence, table
from services.docs.source import Field, fields
from services.history.history import INSTANT_VIEWS

INTRO = """Every view that has an endpoint `GET /api/v1/{jurisdiction}/{view}`, a stream channel and
`muster show`. Each row as JSON has its `key` besides these fields. A type `Personal` is answered masked,
`null` once erased ([privacy](../privacy.md)). Filters may be repeated (or); `area=CODE` keeps rows inside
that area."""


def page() -> str:
    """The page's text."""
    lines = head("Views", INTRO)
    for name in sorted(views):
        if views[name].public:
            lines += _view(views[name])
    return "\n".join(lines).rstrip() + "\n"


def _view(view: View[Row]) -> list[str]:
    module = " ".join((inspect.getdoc(sys.modules[view.row.__module__]) or "").split())
    order = view.sort.removeprefix("-") + (", descending" if view.sort.startswith("-") else "")
    lines = [f"## {view.name}", "", module, "", sentence(view.row), ""]
    filters = ", ".join(code(f) for f in view.filters) or "none"
    lines += [
        f"- Filters and sort keys: {filters}",
        f"- Order: {order}",
        f"- Version of the fold: {view.version}",
    ]
    if view.name in INSTANT_VIEWS:
        lines += ["- `at=INSTANT`: the board as it was, late facts included"]
    lines += ["", *_fields(fields(view.row, below=Row))]
    if view.name == PRESENCE.name:
        lines += [f"Rows with `at=INSTANT`: {sentence(PRESENCE.row)}", ""]
        lines += _fields(fields(PRESENCE.row, below=Row))
    return lines


def _fields(some: list[Field]) -> list[str]:
    return table(("field", "type", "meaning"), ((code(f.name), code(f.type), f.text) for f in some))
