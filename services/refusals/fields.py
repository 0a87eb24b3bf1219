"""What a value breaks, as pydantic found it, in values that a sentence of the code `invalid` names."""

from collections.abc import Mapping
from typing import Any


def broken(one: Mapping[str, Any]) -> dict[str, Any]:
    """`variant` names the rule, `limit` is the number that the value must keep to, where there is one."""
    given: Mapping[str, object] = one.get("ctx", {})
    limit = next((value for value in given.values() if isinstance(value, int | float)), None)
    field = ".".join(str(part) for part in one["loc"]) or "body"
    values = {"field": field, "variant": one["type"], "why": one["msg"], "limit": limit}
    return {name: value for name, value in values.items() if value is not None}
