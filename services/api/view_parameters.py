"""Query models of views, generated from their declarations."""

import re
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Final

from pydantic import Field, create_model

from projections.base import View, personal_fields
from projections.comparison import COMPARISON, COMPLETENESS
from projections.hours import HOURS, PERIODS
from projections.presence import INTERVALS
from projections.serving import REPORTING, SERVICE, SERVICE_SUMS
from projections.verdicts import VERDICTS
from services.api.headings import CHOICES, FIELDS
from services.api.parameters import (
    MOST_VALUES,
    SHORT,
    Areas,
    At,
    Cursor,
    Lean,
    PageLimit,
    Parameters,
    Position,
    Reads,
    Reveal,
    any_text,
    in_range,
    instant,
    one_of,
    whole,
)
from services.api.problems import Problem
from services.history.history import INSTANT_VIEWS
from services.views.columns import Column, columns

AS_OF: Final = re.compile(
    r"(0|[1-9][0-9]{0,17}|(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9]))"
)
"""A position, or an RFC 3339 instant."""
KINDS: Final[dict[str, dict[str, Any]]] = {
    "text": SHORT,
    "integer": {"type": "integer", "minimum": -(1 << 53), "maximum": 1 << 53},
    "real": {"type": "number"},
    "boolean": {"type": "boolean"},
    "instant": {"type": "string", "format": "date-time"},
}
"""Schemas of filters, by the kind of their column."""


def _as_of(name: str, text: str) -> int | datetime:
    if not AS_OF.fullmatch(text.replace(" ", "+")):
        raise Problem(400, "parameter.invalid", variant="as_of")
    return whole(name, text, 0, 10**18) if text.isascii() and text.isdigit() else instant(name, text)


AsOf = Annotated[int | datetime, Reads(_as_of, {"type": "string", "pattern": f"^{AS_OF.pattern}$"})]


Headings = Annotated[
    Annotated[str, one_of(CHOICES)],
    Field(description="Language of the column headings; fields = the names of the fields"),
]


class RowParameters(Parameters):
    """Parameters of both a page and a single row; `documented` names those that apply to a view."""

    after: Annotated[Position | None, Field(description="Wait until the view shows this position")] = None
    as_of: Annotated[AsOf | None, Field(description="As known at a position or an instant")] = None
    at: Annotated[At | None, Field(description="As it was at this instant, late facts included")] = None
    reveal: Reveal = False


class ListParameters(RowParameters):
    """Parameters of many rows. Filters are added per view."""

    area: Annotated[Areas, Field(description="Code of an area that holds the rows")] = ()
    sort: Annotated[str | None, Field(description="Field; - first = descending")] = None


class FileParameters(ListParameters):
    """Parameters of all rows at once, as a file."""

    headings: Headings = FIELDS


class PageParameters(ListParameters):
    """Parameters of a page."""

    limit: Annotated[PageLimit, Field(description="Rows per page")] = 100
    cursor: Cursor | None = None
    lean: Lean = False


@cache
def listing_parameters(view: View[Any]) -> type[PageParameters]:
    """Return the model of a view's pages: its filters, orders and time parameters."""
    return create_model(f"{view.name.title()}Parameters", __base__=PageParameters, **_by_view(view))


@cache
def file_parameters(view: View[Any]) -> type[FileParameters]:
    """Return the model of a view's files: as for its pages, without what cuts them."""
    return create_model(f"{view.name.title()}FileParameters", __base__=FileParameters, **_by_view(view))


def _by_view(view: View[Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {
        column.field: (
            Annotated[
                tuple[Annotated[str, any_text(_schema(column))], ...],
                Field(max_length=MOST_VALUES, description="Repeat it for a choice of several"),
            ],
            (),
        )
        for column in columns(view)
        if column.field != "area"
    }
    orders = [order for field in ("key", *view.filters) for order in (field, f"-{field}")]
    sort = Annotated[str, any_text({"type": "string", "enum": orders})]
    fields["sort"] = (Annotated[sort | None, Field(description="Field; - first = descending")], None)
    if view.name == HOURS.name:
        fields |= _SPAN
    if view.name in (SERVICE_SUMS.name, REPORTING.name):
        fields |= _SERVED
    if view.name == SERVICE_SUMS.name:
        fields |= _SUMMED
    if view.name == COMPLETENESS.name:
        fields |= _SINCE
    return fields


def _schema(column: Column) -> dict[str, Any]:
    """Return the schema of a filter. Where a field may be None, an empty text asks for that."""
    if not column.choices:
        return KINDS[column.kind]
    empty = ("",) if column.nullable else ()
    return {"type": "string", "enum": [*column.choices, *empty]}


def _day(name: str, text: str) -> date:
    if not _DAY.fullmatch(text):
        raise Problem(400, "parameter.invalid", variant="day", name=name)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Problem(400, "parameter.invalid", variant="day", name=name) from error


_DAY: Final = re.compile(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8]|29|30|31)")
Day = Annotated[date, Reads(_day, {"type": "string", "format": "date", "pattern": f"^{_DAY.pattern}$"})]
_SPAN: Final[dict[str, Any]] = {
    "from": (Annotated[Day | None, Field(description="First local day; default: that of this month")], None),
    "to": (Annotated[Day | None, Field(description="Last local day, included; default: today")], None),
    "by": (Annotated[Annotated[str, one_of(PERIODS)], Field(description="Length of a period")], "day"),
}
"""Parameters of hours."""
_SERVED: Final[dict[str, Any]] = {
    "from": (Annotated[Day | None, Field(description="First local day; default: that of the first")], None),
    "to": (Annotated[Day | None, Field(description="Last local day, included; default: today")], None),
}
"""Parameters of people who reported, and of sums of service."""
_SUMMED: Final[dict[str, Any]] = {
    "by": (Annotated[Annotated[str, one_of(PERIODS)], Field(description="Length of a period")], "total"),
    "level": (
        Annotated[int, in_range(0, 8), Field(description="Depth of areas: 1 county, 3 community, 4 grid")],
        3,
    ),
}
"""Parameters of sums of service."""
_SINCE: Final[dict[str, Any]] = {
    "since": (Annotated[At | None, Field(description="An earlier instant, to tell the change")], None),
}
"""Parameters of completeness."""


def documented(view: View[Any], model: type[RowParameters]) -> list[str]:
    """Return the parameters of a view that its model has, in the order of the document."""
    left_out = {
        "as_of": view.name in DERIVED,
        "at": view.name not in DATED,
        "reveal": not personal_fields(view.row),
        "lean": not view.detail,
    }
    return [name for name in model.model_fields if not left_out.get(name, False)]


PERSON_TIMES: Final = {view.name: view for view in (INTERVALS, HOURS)}
"""Views that are derived on request from facts of workers, of the present only."""
COMPARED: Final = {view.name: view for view in (COMPARISON, COMPLETENESS)}
"""Views that are computed on request from source lists and the ledger, as of any instant."""
SERVED: Final = {view.name: view for view in (SERVICE, SERVICE_SUMS, REPORTING)}
"""Views of service at home that are computed on request, as of any instant."""
DOUBTED: Final = {VERDICTS.name: VERDICTS}
"""The view of verdicts given without right, computed on request, as of any instant."""
DATED: Final = (*INSTANT_VIEWS, *COMPARED, *SERVED, *DOUBTED)
"""Views that answer `at`."""
DERIVED: Final[dict[str, View[Any]]] = {**PERSON_TIMES, **COMPARED, **SERVED, **DOUBTED}
"""Views without a table: each has a path of its own."""
