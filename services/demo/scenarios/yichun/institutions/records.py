"""Records of one part: dated facts with ids of the part's own numbering."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from services.demo.scenarios.yichun.days import REGISTRATION
from services.demo.scenarios.yichun.world import World

OFFICE: Final = "admin/city"
_AFTER: Final = timedelta(minutes=1)
"""After the areas, which are defined when registration starts."""


class Records:
    """Sends the facts of one part: those from before registration when it starts, later ones on their day."""

    def __init__(self, world: World, part: str) -> None:
        self._world, self._part, self._numbered = world, part, 0

    def fact(self, name: str, at: datetime, /, **data: Any) -> None:
        """Record what happened at an instant."""
        self._numbered += 1
        id_ = self._world.id_of(f"{self._part}/{self._numbered}")
        fields = {key: value for key, value in data.items() if value is not None}
        self._world.on(max(at, REGISTRATION + _AFTER), self._sender(name, at, id_, fields))

    def _sender(self, name: str, at: datetime, id_: str, data: dict[str, Any]) -> Callable[[], object]:
        return lambda: self._world.send(name, data, OFFICE, id=id_, at=at)
