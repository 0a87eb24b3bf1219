"""The indexes of all jurisdictions that were searched, and what makes them forget."""

from services.application.announcing import Announcements
from services.application.progress import ViewProgress
from services.search.index import Index
from services.vault import Vault
from services.views.port import Views


class Searches:
    """One index per jurisdiction, built when it is first asked for."""

    def __init__(
        self, views: Views, vault: Vault, progress: ViewProgress, announcements: Announcements
    ) -> None:
        self._views, self._vault, self._progress = views, vault, progress
        self._kept: dict[str, Index] = {}
        announcements.on_reset(self._reset)
        vault.on_erased(self._erased)

    def index(self, jurisdiction: str) -> Index:
        """Return the jurisdiction's index."""
        if jurisdiction not in self._kept:
            self._kept[jurisdiction] = Index(jurisdiction, self._views, self._vault, self._progress)
        return self._kept[jurisdiction]

    def _reset(self, jurisdiction: str) -> None:
        if jurisdiction in self._kept:
            self._kept[jurisdiction].drop()

    def _erased(self, jurisdiction: str, subject: str) -> None:
        if jurisdiction in self._kept:
            self._kept[jurisdiction].forget(subject)
