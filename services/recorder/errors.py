"""Why a command is not accepted, or a snapshot not used."""


class Parked(Exception):
    """The jurisdiction is read-only: its log contains something this program cannot read."""


class Overloaded(Exception):
    """Too many commands are waiting."""


class SnapshotMismatch(Exception):
    """The snapshot does not belong to this log."""
