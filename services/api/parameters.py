"""Readers of the query string; all raise 400."""

import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final

from starlette.requests import Request

from services.api.problems import Problem

AREA: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
MOST_VALUES: Final = 100
MOST_LENGTH: Final = 1000


def read_parameters(
    request: Request, what: str, *, once: Collection[str] = (), many: Collection[str] = ()
) -> dict[str, list[str]]:
    """All values by name. `what` is asked; `once` and `many` are its parameters, the latter repeated."""
    found = anything(request)
    for name, values in found.items():
        if name not in once and name not in many:
            known = sorted({*once, *many})
            raise Problem(400, "parameter.unknown", view=what, name=name[:64], known=known or None)
        if name in once and len(values) > 1:
            raise Problem(400, "parameter.invalid", variant="once", name=name)
    return found


def anything(request: Request) -> dict[str, list[str]]:
    """All values by name, whatever the names; what may stand in a value is checked."""
    found: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        found.setdefault(name, []).append(value)
    for name, values in found.items():
        if any("\0" in value or len(value) > MOST_LENGTH for value in values) or len(values) > MOST_VALUES:
            raise Problem(400, "parameter.invalid", variant="text", name=name[:64])
    if not all(AREA.fullmatch(code) for code in found.get("area", [])):
        raise Problem(400, "parameter.invalid", variant="area")
    return found


def instant(name: str, text: str) -> datetime:
    """An RFC 3339 instant with offset. Raises 400."""
    try:
        value = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        value = None
    if value is None or value.tzinfo is None or not 1900 <= value.year <= 2200:
        raise Problem(400, "parameter.invalid", variant="instant", name=name)
    return value.astimezone(UTC)


def whole(name: str, text: str, least: int, most: int) -> int:
    """A whole number in a range. Raises 400."""
    if text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most:
        return int(text)
    raise Problem(400, "parameter.invalid", name=name, least=least, most=most)


def flag(name: str, text: str) -> bool:
    """true or false. Raises 400."""
    if text in ("true", "false"):
        return text == "true"
    raise Problem(400, "parameter.invalid", variant="flag", name=name)
