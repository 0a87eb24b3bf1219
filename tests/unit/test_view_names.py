"""Names in a view never stand for two things: a filter is no query parameter, and a field is no key."""

from typing import Any, cast

import pytest

from projections.base import PARAMETERS, Row, View
from projections.catalog import views
from services.api.stream import StreamParameters
from services.api.view_parameters import DERIVED, FileParameters, PageParameters, listing_parameters


class Use(Row, frozen=True, kw_only=True):
    """A row with a time of its own."""

    at: str
    used_at: str


class Keyed(Row, frozen=True, kw_only=True):
    """A row that would hide its key."""

    key: str


def view(row: type[Row], *filters: str) -> View[Any]:
    return View(
        name="uses", row=row, keys=lambda envelope: (), evolve=lambda row, envelope, key: row, filters=filters
    )


def test_a_filter_named_like_a_parameter_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match=r"view uses: `at` cannot be filtered.*another name"):
        view(Use, "at", "used_at")
    assert view(Use, "used_at").filters == ("used_at",)


def test_a_field_named_key_is_refused() -> None:
    with pytest.raises(ValueError, match="`key`"):
        view(Keyed)


def test_the_list_of_parameters_is_complete() -> None:
    models = (PageParameters, FileParameters, StreamParameters)
    assert {name for model in models for name in model.model_fields} - {"area"} | {"key"} == PARAMETERS


@pytest.mark.parametrize("name", DERIVED)
def test_parameters_of_a_derived_view_hide_none_of_its_filters(name: str) -> None:
    model = listing_parameters(DERIVED[name])
    for field in DERIVED[name].filters:
        default = cast(Any, model.model_fields[field]).default if field != "area" else ()
        assert default == (), f"{name}: {field} is a parameter of its own"
    assert name not in views
