"""Generate docs/catalogue/views.md from the declarations of the views."""

import inspect
import sys

from projections.base import Row, View
from projections.catalog import views
from projections.instant import PRESENCE
from services.docs.markdown import code, head, sentence, table
from services.docs.source import Field, fields
from services.history.history import INSTANT_VIEWS

INTRO = """Each view has an endpoint `GET /api/v1/{jurisdiction}/{view}`, a stream channel, and can be read
with `muster show`. JSON rows have a `key` in addition to these fields. Fields of type `Personal` are masked,
and `null` once erased ([privacy](../privacy.md)). A repeated filter matches any of its values; `area=CODE`
selects rows in that area."""


def page() -> str:
    """Return the text of the page."""
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
        f"- Version of the projection: {view.version}",
    ]
    if view.name in INSTANT_VIEWS:
        lines += ["- `at=INSTANT`: the state at that time, late facts included"]
    lines += ["", *_fields(fields(view.row, below=Row))]
    if view.name == PRESENCE.name:
        lines += [f"Rows with `at=INSTANT`: {sentence(PRESENCE.row)}", ""]
        lines += _fields(fields(PRESENCE.row, below=Row))
    return lines


def _fields(some: list[Field]) -> list[str]:
    return table(("field", "type", "meaning"), ((code(f.name), code(f.type), f.text) for f in some))
