"""What a command prints for known errors. Imported only when there is one."""

import errno

from services.access import AccessUnavailable
from services.api.server.edge import BadTiles
from services.base.unavailable import DatabaseUnavailable
from services.dispatch.abilities import AbilitiesInvalid
from services.files.port import FilesUnavailable
from services.locations.port import LocationsUnavailable
from services.log.port import LogDamaged, LogLocked, LogUnavailable
from services.push.port import PushUnavailable
from services.recorder.errors import Parked
from services.snapshots.port import SnapshotsUnavailable
from services.vault import VaultError
from services.views.port import BadQuery, RowUnreadable, ViewsUnavailable

_KNOWN = (
    AbilitiesInvalid,
    AccessUnavailable,
    DatabaseUnavailable,
    LogDamaged,
    LogUnavailable,
    ViewsUnavailable,
    RowUnreadable,
    VaultError,
    BadQuery,
    FilesUnavailable,
    LocationsUnavailable,
    PushUnavailable,
    SnapshotsUnavailable,
    OSError,
)


def explain(error: Exception) -> tuple[str, int] | None:
    """Return the message and exit status of a known error; None for a fault of the program."""
    match error:
        case BadTiles():
            return str(error), 2
        case Parked():
            return f"the jurisdiction cannot be written: {error}", 1
        case LogLocked():
            return f"{error}; stop it first, or use another --data folder.", 1
        case OSError(errno=errno.ENOSPC | errno.EDQUOT | errno.EFBIG):
            where = f" {error.filename}" if error.filename else ""
            return f"the disk is full: cannot write{where}; make room on it, then try again.", 1
        case _ if isinstance(error, _KNOWN):
            return str(error), 1
    return None
