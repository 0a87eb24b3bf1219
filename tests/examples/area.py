"""An area is the place itself, so the example's name is not used."""

from services.decisions.base import Command


def placed(area: str, name: str) -> list[Command]:
    """Return nothing, as the area already exists."""
    return []
