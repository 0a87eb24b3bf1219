"""Export a jurisdiction's commits and, separately, its keys to files, for moves and backups."""

from services.transfer.errors import TransferFailed
from services.transfer.exporting import Exported, export
from services.transfer.keys import KeysLoaded, KeysWritten, export_keys, load_keys
from services.transfer.loading import Loaded, load
from services.transfer.reading import CommitFile

__all__ = [
    "CommitFile",
    "Exported",
    "KeysLoaded",
    "KeysWritten",
    "Loaded",
    "TransferFailed",
    "export",
    "export_keys",
    "load",
    "load_keys",
]
