"""Who asks, and what they may do."""

from typing import Any, Final, Literal, get_args

import msgspec

import services.decisions.decide  # noqa: F401  enters all commands in the catalogue
from events.area import inside
from services.decisions.base import FACT, Scope, commands
from services.decisions.jurisdiction import INTERNAL

ScopeName = Literal["viewer", "analyst", "dispatcher", "worker", "gateway", "admin"]
SCOPES: Final[tuple[str, ...]] = get_args(ScopeName)

_INTERNAL: Final = frozenset(one.NAME for one in INTERNAL)
_ADMIN_ONLY: Final = frozenset(
    name for name in commands if name.startswith("jurisdiction.") or name.endswith(".erase")
)
_FACTS: Final = frozenset(name for name, one in commands.items() if one.KIND == FACT)
_OWN: Final = frozenset(
    (
        "worker.report",
        "worker.check_in",
        "worker.set_presence",
        "worker.check_out",
        "worker.take_back",
        "assignment.accept",
        "assignment.decline",
        "assignment.progress",
        "assignment.done",
    )
)
_PUBLIC: Final = frozenset(commands) - _INTERNAL
_MAY: Final[dict[ScopeName, frozenset[str]]] = {
    "viewer": frozenset(),
    "analyst": frozenset(),
    "dispatcher": _PUBLIC - _ADMIN_ONLY,
    "worker": _OWN,
    "gateway": _OWN | _FACTS | {"worker.register"},
    "admin": _PUBLIC,
}
_OBSERVE: Final[dict[ScopeName, frozenset[str]]] = {**_MAY, "worker": _OWN & _FACTS}


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """A token's holder. Empty jurisdictions = all; empty areas = all of a jurisdiction."""

    id: str
    name: str
    scope: ScopeName
    jurisdictions: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    worker: str | None = None

    @property
    def actor(self) -> str:
        """As it stands in the log: `dispatcher/desk-1`, `worker/W1`."""
        return f"{self.scope}/{self.worker or self.name}"

    def may_read(self, jurisdiction: str) -> bool:
        """Whether the token is for this jurisdiction at all."""
        return not self.jurisdictions or jurisdiction in self.jurisdictions

    def may_command(self, name: str, jurisdiction: str) -> bool:
        """Whether they may send such a command there; areas and own facts are decided on the state."""
        return self.may_read(jurisdiction) and name in _MAY[self.scope]

    def may_observe(self, name: str) -> bool:
        """Whether they may send it as observed elsewhere."""
        return name in _OBSERVE[self.scope]

    def may_reveal(self) -> bool:
        """Whether they may see personal data unmasked, and look people up."""
        return self.scope in ("dispatcher", "admin")

    def may_read_log(self) -> bool:
        """Whether they may read the log itself, which no area divides; personal data in it is sealed."""
        return self.scope in ("analyst", "dispatcher", "admin") and not self.areas

    def sees(self, row: Any) -> bool:
        """Whether a view's row lies in their areas; rows that lie nowhere are seen by all."""
        area = getattr(row, "area", None)
        return not self.areas or area is None or any(inside(area, outer) for outer in self.areas)

    def decision_scope(self) -> Scope:
        """What their commands may touch."""
        founds = self.scope == "admin" and not self.areas
        return Scope(areas=self.areas, worker=self.worker, establish=founds)
