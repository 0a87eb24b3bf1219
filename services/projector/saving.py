"""Saves how far the partitions of a process were projected, where that has changed."""

from collections.abc import Iterable, Mapping

from services.projector.ports import Checkpoints


class CheckpointSaver:
    """What it saved last is not saved again."""

    def __init__(self, checkpoints: Checkpoints) -> None:
        self._checkpoints = checkpoints
        self._saved: dict[int, tuple[int, int]] = {}

    async def save(self, offsets: Mapping[int, int], parked: Iterable[tuple[int, int]]) -> None:
        """Next offsets by partition, and (partition, offset) of parked jurisdictions: beyond those nothing
        counts as projected."""
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
        """Others may save it from here on."""
        self._saved.pop(partition, None)
