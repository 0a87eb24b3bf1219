"""Turn a pydantic error into the values of the refusal `invalid`."""

from collections.abc import Mapping
from typing import Any


def broken(one: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of one error: `variant` is the broken rule, `limit` the number it sets, if any."""
    given: Mapping[str, object] = one.get("ctx", {})
    limit = next((value for value in given.values() if isinstance(value, int | float)), None)
    field = ".".join(str(part) for part in one["loc"]) or "body"
    values = {"field": field, "variant": one["type"], "why": one["msg"], "limit": limit}
    return {name: value for name, value in values.items() if value is not None}
