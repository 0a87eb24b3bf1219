"""A request that is open."""

from services.decisions.base import Command
from services.decisions.request.commands import Open


def placed(area: str, name: str) -> list[Command]:
    """Groceries."""
    return [Open(request=name, category="grocery", area=area)]
