"""What the vault is still to be told of what is in the log: keys to destroy, phones to index."""

from collections.abc import Callable, Mapping, Sequence

from services.decisions.erasure import erased_in
from services.decisions.state import State
from services.recorder.sealing import Vault


class VaultBacklog:
    """Of one jurisdiction. The log comes first, the vault second: what fails stays, and is tried again."""

    def __init__(self, jurisdiction: str, vault: Vault, erased: Callable[[str, int], None]) -> None:
        """`erased` is called with (jurisdiction, position) once keys are destroyed."""
        self._jurisdiction, self._vault, self._erased = jurisdiction, vault, erased
        self._subjects: list[str] = []
        """Whose erasure is in the log, while their keys are not destroyed yet."""
        self._phones: dict[str, str | None] = {}
        """That are in the log, but cannot be found by yet."""

    def __bool__(self) -> bool:
        """Whether anything is left to do."""
        return bool(self._subjects or self._phones)

    def add(self, subjects: Sequence[str], phones: Mapping[str, str | None]) -> None:
        """Keys of `subjects` are to be destroyed, `phones` ({subject: number}) to be indexed."""
        self._subjects += subjects
        self._phones |= phones

    async def flush(self, position: int) -> None:
        """Do what came up to `position`. Raises VaultUnavailable; what is not done by then stays."""
        if self._phones:
            await self._vault.index_phones(self._jurisdiction, self._phones)
            self._phones = {}
        if self._subjects:
            await self._vault.erase_all(self._jurisdiction, self._subjects)
            self._subjects = []
            self._erased(self._jurisdiction, position)

    async def repeat(self, state: State) -> None:
        """Destroy the keys of all who are erased: a crash or a restored backup may have left some. Raises
        VaultUnavailable."""
        if subjects := erased_in(state):
            await self._vault.erase_all(self._jurisdiction, subjects)
