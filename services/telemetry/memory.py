"""The last places in memory, as a process hears of them."""

from collections.abc import Iterable, Mapping

from services.telemetry.port import Fix, later


class Heard:
    """Of all jurisdictions; at most one fix a worker."""

    def __init__(self) -> None:
        self._places: dict[str, dict[str, Fix]] = {}

    def take(self, jurisdiction: str, fix: Fix) -> bool:
        """Whether it is newer than what was known."""
        known = self._places.setdefault(jurisdiction, {})
        if fix.worker in known and not later(fix, known[fix.worker]):
            return False
        known[fix.worker] = fix
        return True

    def drop(self, jurisdiction: str, worker: str) -> None:
        """Nothing where there is none."""
        known = self._places.get(jurisdiction, {})
        known.pop(worker, None)
        if not known:
            self._places.pop(jurisdiction, None)

    def of(self, jurisdiction: str) -> Mapping[str, Fix]:
        """By worker."""
        return self._places.get(jurisdiction, {})

    def last(self, jurisdiction: str, workers: Iterable[str]) -> dict[str, Fix]:
        """Of these workers."""
        known = self.of(jurisdiction)
        return {worker: known[worker] for worker in workers if worker in known}

    def jurisdictions(self) -> list[str]:
        """Sorted."""
        return sorted(self._places)
