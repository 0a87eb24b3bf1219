"""The latest fixes this process has received, in memory."""

from collections.abc import Iterable, Mapping

from services.locations.port import Fix, later


class LatestFixes:
    """The latest fix of each worker, in all jurisdictions."""

    def __init__(self) -> None:
        self._fixes: dict[str, dict[str, Fix]] = {}
        self._overtaken: set[tuple[str, str]] = set()

    def update(self, jurisdiction: str, fix: Fix) -> bool:
        """Keep a fix if it is newer than the known one; return whether it is."""
        known = self._fixes.setdefault(jurisdiction, {})
        if fix.worker in known and not later(fix, known[fix.worker]):
            return False
        known[fix.worker] = fix
        return True

    def observe(self, jurisdiction: str, fix: Fix) -> None:
        """Update from the shared topic, which retains the last record of each worker."""
        self.update(jurisdiction, fix)
        last = self._fixes[jurisdiction][fix.worker] == fix
        (self._overtaken.discard if last else self._overtaken.add)((jurisdiction, fix.worker))

    def overtaken(self) -> list[tuple[str, Fix]]:
        """Return, once, fixes to write again because an older one was written after them."""
        found = [(code, self._fixes[code][worker]) for code, worker in sorted(self._overtaken)]
        self._overtaken.clear()
        return found

    def forget(self, jurisdiction: str, worker: str) -> None:
        """Delete a worker's fix, if there is one."""
        self._overtaken.discard((jurisdiction, worker))
        known = self._fixes.get(jurisdiction, {})
        known.pop(worker, None)
        if not known:
            self._fixes.pop(jurisdiction, None)

    def of(self, jurisdiction: str) -> Mapping[str, Fix]:
        """Return the fixes of a jurisdiction by worker."""
        return self._fixes.get(jurisdiction, {})

    def last(self, jurisdiction: str, workers: Iterable[str]) -> dict[str, Fix]:
        """Return the fixes of these workers."""
        known = self.of(jurisdiction)
        return {worker: known[worker] for worker in workers if worker in known}

    def jurisdictions(self) -> list[str]:
        """Return the sorted jurisdictions with a fix."""
        return sorted(self._fixes)
