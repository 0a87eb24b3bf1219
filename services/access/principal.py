"""Who asks, and what they may do."""

from typing import Any

import msgspec

from events.area import inside
from services.decisions.base import Scope
from services.decisions.scopes import MAY, OBSERVE, RIGHTS, SCOPES, WITHOUT_AREAS, Right, ScopeName

__all__ = ["SCOPES", "Principal", "ScopeName"]


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
        return self.may_read(jurisdiction) and name in MAY[self.scope]

    def may_observe(self, name: str) -> bool:
        """Whether they may send it as observed elsewhere."""
        return name in OBSERVE[self.scope]

    def may(self, right: Right) -> bool:
        """Whether they have a right beside their commands."""
        return self.scope in RIGHTS[right] and not (self.areas and right in WITHOUT_AREAS)

    @property
    def rights(self) -> tuple[Right, ...]:
        """All that they have, by name."""
        return tuple(right for right in sorted(RIGHTS) if self.may(right))

    def sees(self, row: Any) -> bool:
        """Whether a view's row lies in their areas; rows that lie nowhere are seen by all."""
        area = getattr(row, "area", None)
        return not self.areas or area is None or any(inside(area, outer) for outer in self.areas)

    def opens(self, row: Any) -> bool:
        """Whether they may have the row's personal data unmasked.

        Who has no home area can be checked in by any area; to a token of some areas they stay masked unless
        it registered them itself.
        """
        if not self.areas or not hasattr(row, "registered_by"):
            return True
        return row.home_area is not None or row.registered_by == self.actor

    def decision_scope(self) -> Scope:
        """What their commands may touch."""
        return Scope(areas=self.areas, worker=self.worker, establish=self.may("establish"))
