"""Vault work outstanding for recorded events: keys to destroy, phones to index."""

from collections.abc import Callable, Mapping, Sequence

from services.decisions.erasure import erased_in
from services.decisions.state import State
from services.recorder.sealing import Vault


class VaultBacklog:
    """Backlog of one jurisdiction. The log comes first, the vault second; failures stay and are retried."""

    def __init__(self, jurisdiction: str, vault: Vault, erased: Callable[[str, int], None]) -> None:
        """`erased` is called with (jurisdiction, position) once keys are destroyed."""
        self._jurisdiction, self._vault, self._erased = jurisdiction, vault, erased
        self._subjects: list[str] = []
        """Erased in the log, but whose keys are not destroyed yet."""
        self._phones: dict[str, str | None] = {}
        """Recorded in the log, but not indexed yet."""

    def __bool__(self) -> bool:
        """Whether any work is left."""
        return bool(self._subjects or self._phones)

    def add(self, subjects: Sequence[str], phones: Mapping[str, str | None]) -> None:
        """Queue keys of `subjects` to be destroyed and `phones` ({subject: number}) to be indexed."""
        self._subjects += subjects
        self._phones |= phones

    async def flush(self, position: int) -> None:
        """Do the work up to `position`. Raises VaultUnavailable, keeping what is not done."""
        if self._phones:
            await self._vault.index_phones(self._jurisdiction, self._phones)
            self._phones = {}
        if self._subjects:
            await self._vault.erase_all(self._jurisdiction, self._subjects)
            self._subjects = []
            self._erased(self._jurisdiction, position)

    async def repeat(self, state: State) -> None:
        """Destroy the keys of everyone erased: a crash or a restored backup may have left some. Raises
        VaultUnavailable."""
        if subjects := erased_in(state):
            await self._vault.erase_all(self._jurisdiction, subjects)
