"""Why a command is not accepted, or a snapshot not used."""


class Parked(Exception):
    """The jurisdiction is read-only: its log contains something this program cannot read."""


class Overloaded(Exception):
    """Too many commands are waiting: of one sender, if given, else of all."""

    def __init__(self, sender: str | None = None) -> None:
        super().__init__(sender)
        self.sender = sender


class SnapshotMismatch(Exception):
    """The snapshot does not belong to this log."""
