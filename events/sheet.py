"""What imported sheets said: facts of the import, not of the things that they speak of."""

import msgspec

from events.base import Event, event


class Stated(msgspec.Struct, frozen=True):
    """One value that a row gave."""

    field: str
    value: str
    """Text as it is, anything else as JSON."""


@event("sheet.said")
class SheetSaid(Event, frozen=True):
    """A row of a sheet said this. Saying it again changes nothing, whatever people decided since."""

    sheet: str
    """The mapping and its table: roster/people."""
    row: str
    """The command and the id of its thing: worker.register W1."""
    stated: tuple[Stated, ...]
    """What it said, without personal data."""
    personal: tuple[Stated, ...] = ()
    """Keyed hashes of the personal data, under the key of its subject."""
