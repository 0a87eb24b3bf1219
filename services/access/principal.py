"""The caller and their permissions."""

from typing import Any

import msgspec

from projections.catalog import public_views
from projections.catalog import views as catalog
from projections.where import lies_in
from services.decisions.base import Scope
from services.decisions.scopes import MAY, OBSERVE, RIGHTS, SCOPES, WITHOUT_AREAS, Right, ScopeName

__all__ = ["SCOPES", "Principal", "ScopeName"]


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """A token's holder. Empty jurisdictions means all; empty areas means all areas of a jurisdiction."""

    id: str
    name: str
    scope: ScopeName
    jurisdictions: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    worker: str | None = None

    @property
    def actor(self) -> str:
        """Name used in the log: `dispatcher/desk-1`, `worker/W1`."""
        return f"{self.scope}/{self.worker or self.name}"

    def may_read(self, jurisdiction: str) -> bool:
        """Whether the token covers this jurisdiction."""
        return not self.jurisdictions or jurisdiction in self.jurisdictions

    def may_command(self, name: str, jurisdiction: str) -> bool:
        """Whether they may send this command there. Areas and ownership are checked later, on the state."""
        return self.may_read(jurisdiction) and name in MAY[self.scope]

    def may_observe(self, name: str) -> bool:
        """Whether they may send it as an observation from elsewhere."""
        return name in OBSERVE[self.scope]

    def may(self, right: Right) -> bool:
        """Whether they have a right other than commands."""
        return self.scope in RIGHTS[right] and not (self.areas and right in WITHOUT_AREAS)

    @property
    def rights(self) -> tuple[Right, ...]:
        """All rights they have, sorted by name."""
        return tuple(right for right in sorted(RIGHTS) if self.may(right))

    @property
    def views(self) -> list[str]:
        """Names of the views they may read, sorted; a worker's token sees only rows of its own in them."""
        return [name for name in public_views() if self.worker is None or catalog[name].own is not None]

    def sees(self, row: Any) -> bool:
        """Whether a view's row lies in their areas; views without areas are visible to all."""
        return lies_in(row, self.areas)

    def opens(self, row: Any) -> bool:
        """Whether they may see the row's personal data, be it masked.

        A worker without a home area can be checked in by any area. A token limited to areas is told nothing
        personal of such workers, unless it registered them.
        """
        if not self.areas or not hasattr(row, "registered_by"):
            return True
        return row.home_area is not None or row.registered_by == self.actor

    def decision_scope(self) -> Scope:
        """What their commands may affect."""
        return Scope(areas=self.areas, worker=self.worker, establish=self.may("establish"))
