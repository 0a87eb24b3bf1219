"""Delete the files of erased subjects. Their key is destroyed already, so what is left is unreadable."""

from services.files.port import Files
from services.vault import Vault


async def sweep(files: Files, vault: Vault, jurisdiction: str) -> int:
    """Delete the files of all erased subjects; return how many. Raises FilesUnavailable, VaultUnavailable."""
    gone = await vault.erased(jurisdiction, await files.subjects(jurisdiction))
    return await files.erase(jurisdiction, gone) if gone else 0
