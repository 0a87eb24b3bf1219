"""An open request."""

from services.decisions.base import Command
from services.decisions.request.commands import Open


def placed(area: str, name: str) -> list[Command]:
    """Return a request for groceries."""
    return [Open(request=name, category="grocery", area=area)]
