"""Save a process's checkpoints when they change."""

from collections.abc import Iterable, Mapping

from services.projector.ports import Checkpoints


class CheckpointSaver:
    """Skips checkpoints that have not changed since the last save."""

    def __init__(self, checkpoints: Checkpoints) -> None:
        self._checkpoints = checkpoints
        self._saved: dict[int, tuple[int, int]] = {}

    async def save(self, offsets: Mapping[int, int], parked: Iterable[tuple[int, int]]) -> None:
        """Save next offsets by partition; (partition, offset) of a parked jurisdiction limits what counts as
        projected."""
        safe = {partition: (offset, offset) for partition, offset in offsets.items()}
        for partition, offset in parked:
            if partition in safe:
                projected, read = safe[partition]
                safe[partition] = min(projected, offset), read
        changed = {p: offset for p, offset in safe.items() if self._saved.get(p) != offset}
        if changed:
            await self._checkpoints.save(changed)
            self._saved |= changed

    def forget(self, partition: int) -> None:
        """Forget a partition, as other processes may save it from now on."""
        self._saved.pop(partition, None)
