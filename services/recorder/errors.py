"""Why a command is not taken, and why a snapshot is not used."""


class Parked(Exception):
    """The jurisdiction cannot be written now: its log holds what this program cannot read."""


class Overloaded(Exception):
    """Too many commands wait already."""


class SnapshotMismatch(Exception):
    """The snapshot is not of this log."""
