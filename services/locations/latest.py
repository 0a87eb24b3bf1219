"""The latest fixes in memory, as a process hears of them."""

from collections.abc import Iterable, Mapping

from services.locations.port import Fix, later


class LatestFixes:
    """Of all jurisdictions; at most one fix a worker."""

    def __init__(self) -> None:
        self._fixes: dict[str, dict[str, Fix]] = {}
        self._overtaken: set[tuple[str, str]] = set()

    def update(self, jurisdiction: str, fix: Fix) -> bool:
        """Whether it is newer than what was known."""
        known = self._fixes.setdefault(jurisdiction, {})
        if fix.worker in known and not later(fix, known[fix.worker]):
            return False
        known[fix.worker] = fix
        return True

    def observe(self, jurisdiction: str, fix: Fix) -> None:
        """The same of what is read from where all processes write; each worker's last record stays there."""
        self.update(jurisdiction, fix)
        last = self._fixes[jurisdiction][fix.worker] == fix
        (self._overtaken.discard if last else self._overtaken.add)((jurisdiction, fix.worker))

    def overtaken(self) -> list[tuple[str, Fix]]:
        """Fixes known here though an older one was written last: to be written again. Told once."""
        found = [(code, self._fixes[code][worker]) for code, worker in sorted(self._overtaken)]
        self._overtaken.clear()
        return found

    def forget(self, jurisdiction: str, worker: str) -> None:
        """Nothing where there is none."""
        self._overtaken.discard((jurisdiction, worker))
        known = self._fixes.get(jurisdiction, {})
        known.pop(worker, None)
        if not known:
            self._fixes.pop(jurisdiction, None)

    def of(self, jurisdiction: str) -> Mapping[str, Fix]:
        """By worker."""
        return self._fixes.get(jurisdiction, {})

    def last(self, jurisdiction: str, workers: Iterable[str]) -> dict[str, Fix]:
        """Of these workers."""
        known = self.of(jurisdiction)
        return {worker: known[worker] for worker in workers if worker in known}

    def jurisdictions(self) -> list[str]:
        """Sorted."""
        return sorted(self._fixes)
